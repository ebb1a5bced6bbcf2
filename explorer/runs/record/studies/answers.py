"""What an immunity map keeps of the answers to distorted images: a part for the clean images and one a distortion.

A part holds, of each row of the map, the logits of all repeats at each strength. Where those of a whole map are too
many, it holds half-precision logits, or only what accuracy and log loss are computed from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.parts import parts, read_part, write_part

KIND = "answers"
DISTORTING = "distorting images"  # the phase of its trainer
CLEAN = 0  # the number of the part of the images that are not distorted; that of distortion d is d + 1
MOST_BYTES = 256_000_000  # of the answers of a map
_ABOUT = "about"
_LEAST_LOSS = 1e-9  # its log odds are still finite

Logits = NDArray[np.float32]
Keeps = Literal["all", "half", "scores"]


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a map.

    Attributes:
        name: The name of a variant, or the id of a run.
        title: What it is called where that name is not.
        labels: (N,) classes of its images.
        groups: (N,) images of one group are drawn together in intervals; None where each is by itself.
        network: A hash of the trained network that judges; "" where heads of a study do.
    """

    name: str
    title: str
    labels: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    network: str = ""


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a map.

    Attributes:
        rows: Each has images of its own where runs are judged.
        classes: How many.
        keeps: "all": float32 logits. "half": float16 logits. "scores": whether each answer is right, and its log loss.
        notes: What is to be known about them, in sentences.
        repeats: How many heads judge each image.
    """

    rows: tuple[Row, ...]
    classes: int
    keeps: Keeps
    notes: tuple[str, ...] = ()
    repeats: int = 1

    @classmethod
    def choose(cls, rows: Sequence[Row], classes: int, columns: int, repeats: int, notes: Sequence[str] = ()) -> Self:
        """Choose what is kept: as much as MOST_BYTES allow for a map of so many columns, clean ones included."""
        numbers = columns * repeats * classes * sum(len(row.labels) for row in rows)
        keeps: Keeps = "all" if 4 * numbers <= MOST_BYTES else "half" if 2 * numbers <= MOST_BYTES else "scores"
        return cls(tuple(rows), classes, keeps, tuple(notes), repeats)

    def kept(self, row: int, strengths: Sequence[Logits]) -> dict[str, NDArray[Any]]:
        """Return the arrays of a part for one row.

        Args:
            row: Its number.
            strengths: (R, N, C) logits at each strength.
        """
        logits = np.stack(strengths)
        if self.keeps != "scores":
            return {f"{row}.logits": logits.astype(np.float32 if self.keeps == "all" else np.float16)}
        labels = self.rows[row].labels
        return {f"{row}.right": logits.argmax(axis=-1) == labels, f"{row}.loss": _losses(logits, labels)}

    def words(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that say what the rows are, for the part of the clean images."""
        about = {
            "rows": [[row.name, row.title] for row in self.rows],
            "classes": self.classes,
            "keeps": self.keeps,
            "notes": self.notes,
            "networks": [row.network for row in self.rows],
            "repeats": self.repeats,
        }
        arrays: dict[str, NDArray[Any]] = {_ABOUT: npz.from_json(about)}
        for number, row in enumerate(self.rows):
            arrays[f"{number}.labels"] = row.labels
            if row.groups is not None:
                arrays[f"{number}.groups"] = row.groups
        return arrays


def finished(paths: RunPaths) -> tuple[int, ...]:
    """Return the numbers of the parts that are there, ascending."""
    return parts(paths, KIND)


def write(paths: RunPaths, number: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a part in one step. Raises OSError."""
    write_part(paths, KIND, number, arrays)


def read_rows(paths: RunPaths) -> Rows:
    """Read what the rows are. Raises StudyRecordError."""
    found = read_part(paths, KIND, CLEAN)
    try:
        about = npz.as_json(found[_ABOUT])
        networks = about.get("networks") or [""] * len(about["rows"])  # earlier versions did not keep them
        rows = tuple(
            Row(
                str(name),
                str(title),
                found[f"{number}.labels"].astype(np.int64),
                found.get(f"{number}.groups"),
                network,
            )
            for number, ((name, title), network) in enumerate(zip(about["rows"], map(str, networks), strict=True))
        )
        repeats = int(about.get("repeats") or _repeats_of(found))
        return Rows(rows, int(about["classes"]), about["keeps"], tuple(map(str, about["notes"])), repeats)
    except (KeyError, TypeError, ValueError) as error:
        raise StudyRecordError(f"The part of the clean images of {paths.id} cannot be read: {error!r}") from error


def _repeats_of(clean: Mapping[str, NDArray[Any]]) -> int:
    """Return how many heads judge each image, from the (1, R, N, ...) arrays of the clean part."""
    return int(next(clean[name] for name in ("0.logits", "0.right") if name in clean).shape[1])


def read_strengths(paths: RunPaths, number: int, rows: Rows, row: int, metric: str) -> tuple[Logits, ...]:
    """Read one row of a part: the (R, N, C) float32 logits at each strength.

    Where only scores were kept, the logits are two for each image, of a class 0 that is right, and only give the
    right values of accuracy or of log loss; see `labels_of`.

    Raises:
        StudyRecordError: The part is missing or damaged.
        ValueError: The metric needs logits, which were not kept.
    """

    def array(name: str) -> NDArray[Any]:
        return read_part(paths, KIND, number, (f"{row}.{name}",))[f"{row}.{name}"]

    if rows.keeps != "scores":
        return tuple(array("logits").astype(np.float32))
    if metric == "accuracy":
        return tuple(_of_right(array("right")))
    if metric == "log_loss":
        return tuple(_of_loss(array("loss")))
    raise ValueError(f"{metric} needs all answers, and only accuracy and log loss were kept of so many")


def labels_of(rows: Rows, row: int) -> NDArray[np.int64]:
    """Return the labels to which the logits of `read_strengths` belong."""
    labels = rows.rows[row].labels
    return np.zeros_like(labels) if rows.keeps == "scores" else labels


def _losses(logits: NDArray[np.floating[Any]], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return minus the log of the probability of the true class, over the last axis."""
    from scipy.special import log_softmax  # imported here: it takes half a second

    logs = log_softmax(logits.astype(np.float64), axis=-1)
    true = np.take_along_axis(logs, np.broadcast_to(labels[:, None], (*logs.shape[:-1], 1)), axis=-1)[..., 0]
    return np.asarray(-true, np.float32)


def _of_right(right: NDArray[np.bool_]) -> Logits:
    return np.stack([right, ~right], axis=-1).astype(np.float32)


def _of_loss(loss: NDArray[np.float32]) -> Logits:
    least = np.maximum(loss.astype(np.float64), _LEAST_LOSS)
    odds = -least - np.log(-np.expm1(-least))  # of the true class: log(p / (1 - p)) with p = exp(-loss)
    return np.stack([odds, np.zeros_like(odds)], axis=-1).astype(np.float32)
