"""What a run of kind "predict" has found, as its folder stores it: what it predicts with, and parts of the images.

A part holds the probabilities of a bounded number of images, and is written in one step, so that a kill loses at most
the part in progress. What is stored never changes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.runs.record import color_places
from explorer.runs.record.color_places import Places
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, from_json, to_json
from explorer.runs.record.studies.part_names import part_numbers

NO_LABEL = -1
PREDICTING = "predicting"  # the phase of its trainer
_ABOUT = "about.json"
_PART = re.compile(r"part-([0-9]+)\.npz")

Scores = NDArray[np.float32]


class PredictionsError(ValueError):
    """A file of predictions that is missing, damaged or holds something else; the message names it."""


@dataclass(frozen=True)
class Judge:
    """One of the networks that predict.

    Attributes:
        run: The id of its run, or of the study that has trained it.
        title: The name of that run, and which one of a study it is.
        member: Which run of a study it is, from 0; None for a training run.
        which: "best" or "last".
        epoch: The epoch of its weights, from 0.
        weights: A hash of its weights.
    """

    run: str
    title: str
    member: int | None
    which: str
    epoch: int
    weights: str


@dataclass(frozen=True)
class About:
    """What a prediction was begun with; it never changes.

    Attributes:
        classes: The names of the classes.
        judges: The networks that predict.
        total: How many images there are, with those that turn out to be unusable.
        part: The images of a part.
        views: Views of test-time augmentation of each image, besides the image itself.
        listing: A hash of the ids of all images in their order.
        root: The folder that the names of files are relative to; empty where the images are in no files.
        thresholds: Class -> the probability from which on it is predicted; empty where the likeliest class is.
        left_out: Name -> why it was left out before an image was opened.
        mask_values: The mask value of each class, where masks are predicted; empty where classes of images are.
        color_places: Where each of these classes stands among the colors, see `explorer.runs.record.color_places`.
        notes: What a reader has to know, as codes.
        between: What is written between several labels of an image; empty where each image has one class. Each label
            then has a threshold.
    """

    classes: tuple[str, ...]
    judges: tuple[Judge, ...]
    total: int
    part: int
    views: int
    listing: str
    root: str = ""
    thresholds: Mapping[int, float] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Why, ...] = ()
    mask_values: tuple[int, ...] = ()
    between: str = ""
    color_places: Places = ()

    @property
    def several(self) -> bool:
        """Whether an image can have several labels."""
        return bool(self.between)

    @property
    def parts(self) -> int:
        """How many parts there are when all is done."""
        return -(-self.total // self.part)

    def images_of(self, number: int) -> range:
        """The places of the images of a part."""
        return range(number * self.part, min((number + 1) * self.part, self.total))


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of N images by all K networks of a plan together, for C classes.

    Attributes:
        classes: the names of the classes.
        ids: N names of images, as a table or a sample submission names them.
        scores: (N, C) float32, probabilities, averaged over networks and views.
        plain: (N, C) float32, the same averaged over networks only, of the image without test-time augmentation; equal
            to `scores` without it.
        each: (K, N, C) float32, of each of K networks, averaged over views.
        labels: (N,) int64, the right classes; NO_LABEL where they are unknown.
        left_out: name -> why an image has no prediction.
        predicted: (N,) int64, the predicted classes, by the thresholds of `about`; the likeliest label where an image
            can have several.
        plain_predicted: (N,) int64, the same without test-time augmentation.
        files: N names of files relative to `about.root`, or of generated images.
        places: (N,) int64, the places in the list of all images.
        about: what it was begun with.
        complete: whether each image is predicted or left out.
    """

    classes: tuple[str, ...]
    ids: tuple[str, ...]
    scores: Scores
    plain: Scores
    each: Scores
    labels: NDArray[np.int64]
    left_out: Mapping[str, str]
    predicted: NDArray[np.int64]
    plain_predicted: NDArray[np.int64]
    files: tuple[str, ...]
    places: NDArray[np.int64]
    about: About
    complete: bool

    def __len__(self) -> int:
        return len(self.ids)

    def holds(self, scores: Scores) -> NDArray[np.bool_]:
        """(..., C) whether each label is predicted, where an image can have several: by the thresholds of `about`."""
        limits = np.array([self.about.thresholds[index] for index in range(len(self.classes))])
        return np.asarray(scores >= limits)

    def answers(self, without_views: bool = False) -> NDArray[np.bool_]:
        """(N, C) whether each class, or each of several labels, is predicted."""
        if self.about.several:
            return self.holds(self.plain if without_views else self.scores)
        predicted = self.plain_predicted if without_views else self.predicted
        return np.asarray(predicted[:, None] == np.arange(len(self.classes)))

    def words(self, row: int) -> str:
        """The predicted class of an image, or its predicted labels; "" where none is predicted."""
        if not self.about.several:
            return self.classes[int(self.predicted[row])]
        return self.words_of(self.scores[row])

    def words_of(self, scores: NDArray[np.floating[Any]]) -> str:
        """The labels that (C,) scores predict, where an image can have several."""
        held = self.holds(np.asarray(scores, np.float32))
        return self.about.between.join(self.classes[place] for place in np.flatnonzero(held).tolist())

    @property
    def labeled(self) -> bool:
        """Whether the right class of each image is known."""
        return len(self.labels) > 0 and bool((self.labels != NO_LABEL).all())


@dataclass(frozen=True, eq=False)
class Part:
    """The images of one part.

    Attributes:
        ids, files, labels, places: As in `Predictions`.
        each, plain: (K, n, C) float32, of each network, with views and of the image alone.
        left_out: As in `Predictions`.
    """

    ids: tuple[str, ...]
    files: tuple[str, ...]
    labels: NDArray[np.int64]
    places: NDArray[np.int64]
    each: Scores
    plain: Scores
    left_out: Mapping[str, str]


def mean(each: NDArray[np.floating[Any]]) -> Scores:
    """The mean of (K, N, C) probabilities over K, in double precision."""
    return np.asarray(each.mean(axis=0, dtype=np.float64), np.float32)


def predicted_by(scores: Scores, thresholds: Mapping[int, float]) -> NDArray[np.int64]:
    """The predicted classes of (N, C) probabilities.

    Without thresholds it is the likeliest class. A class with a threshold is predicted where its probability reaches
    it: where several do, the one that exceeds its own by the largest factor. Elsewhere it is the likeliest of the
    classes without one; if each class has one, the one that comes nearest to it.
    """
    if not thresholds:
        return np.asarray(scores.argmax(axis=1), np.int64)
    limits = np.full(scores.shape[1], np.inf)
    limits[list(thresholds)] = list(thresholds.values())
    factors = scores.astype(np.float64) / limits
    bounded = np.isfinite(limits)
    others = factors if bounded.all() else np.where(bounded, -1.0, scores)
    reached = np.where(factors >= 1, factors, -1.0)
    chosen = np.where((factors >= 1).any(axis=1), reached.argmax(axis=1), others.argmax(axis=1))
    return np.asarray(chosen, np.int64)


def begin(paths: RunPaths, about: About) -> None:
    """Write what a prediction is begun with. Raises OSError."""
    paths.predictions.mkdir(exist_ok=True)
    values = vars(about) | {
        "judges": [vars(one) for one in about.judges],
        "thresholds": {str(index): value for index, value in about.thresholds.items()},
        "left_out": dict(about.left_out),
        "notes": [to_json(one) for one in about.notes],
    }
    write_json_atomic(paths.predictions / _ABOUT, values)


def read_about(paths: RunPaths) -> About | None:
    """Read what a prediction was begun with; None before it was. Raises PredictionsError for a damaged file."""
    file = paths.predictions / _ABOUT
    if not file.exists():
        return None
    try:
        found = read_json_object(file) or {}
        classes = tuple(map(str, found["classes"]))
        about = About(
            classes,
            tuple(Judge(**one) for one in found["judges"]),
            int(found["total"]),
            max(1, int(found["part"])),
            int(found["views"]),
            str(found["listing"]),
            str(found["root"]),
            {int(index): float(value) for index, value in found["thresholds"].items()},
            {str(name): str(why) for name, why in found["left_out"].items()},
            tuple(map(from_json, found["notes"])),
            tuple(map(int, found.get("mask_values", ()))),
            str(found.get("between", "")),
            color_places.stored(found.get(color_places.KEY), classes) if found.get("mask_values") else (),
        )
        _check_about(about)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise PredictionsError(f"{file} cannot be read as what a prediction was begun with: {error!r}") from error
    return about


def _check_about(about: About) -> None:
    if not about.classes or not about.judges:
        raise ValueError("there must be classes and networks")
    if not all(0 <= index < len(about.classes) and value >= 0 for index, value in about.thresholds.items()):
        raise ValueError("thresholds must be probabilities of its classes")
    if about.mask_values and len(about.mask_values) != len(about.classes):
        raise ValueError("there must be a mask value for each class")
    if about.several and len(about.thresholds) != len(about.classes):
        raise ValueError("each label must have a threshold")
    if about.total < 0 or about.views < 0:
        raise ValueError("numbers of images and views must not be negative")


def part_path(paths: RunPaths, number: int) -> Path:
    """The file of a part."""
    return paths.predictions / f"part-{number}.npz"


def finished(paths: RunPaths) -> tuple[int, ...]:
    """The numbers of the parts that are there, ascending."""
    return part_numbers(paths.predictions, _PART)


def write_part(paths: RunPaths, number: int, part: Part) -> None:
    """Write a part in one step. Raises OSError."""
    words = {"ids": part.ids, "files": None if part.files == part.ids else part.files, "left_out": dict(part.left_out)}
    arrays: dict[str, NDArray[Any]] = {
        "text": npz.from_json(words),
        "labels": part.labels,
        "places": part.places,
        "each": part.each,
    }
    if part.plain is not part.each:
        arrays["plain"] = part.plain
    npz.write(part_path(paths, number), arrays)


def read_part(paths: RunPaths, number: int) -> Part:
    """Read a part. Never unpickles. Raises PredictionsError where it is missing or damaged."""
    with npz.reading(part_path(paths, number), PredictionsError, "a part of predictions") as found:
        words = npz.as_json(found["text"])
        each = found["each"].astype(np.float32, copy=False)
        plain = found["plain"].astype(np.float32, copy=False) if "plain" in found.files else each
        part = Part(
            tuple(map(str, words["ids"])),
            tuple(map(str, words["ids"] if words["files"] is None else words["files"])),
            found["labels"].astype(np.int64),
            found["places"].astype(np.int64),
            each,
            plain,
            {str(name): str(why) for name, why in words["left_out"].items()},
        )
        _check(part)
        return part


def _check(part: Part) -> None:
    count = len(part.ids)
    if part.each.ndim != 3 or part.each.shape != part.plain.shape:
        raise ValueError(f"scores must be (K, N, C); got {part.each.shape} and {part.plain.shape}")
    if {len(part.files), len(part.labels), len(part.places), part.each.shape[1]} != {count}:
        raise ValueError("ids, files, labels, places and scores must be as many")
    if part.labels.ndim != 1 or part.places.ndim != 1:
        raise ValueError("labels and places must have one dimension")
    if not ((part.labels >= NO_LABEL) & (part.labels < part.each.shape[2])).all():
        raise ValueError(f"labels must be {NO_LABEL} to {part.each.shape[2] - 1}")
    if not (np.isfinite(part.each).all() and np.isfinite(part.plain).all()):
        raise ValueError("some scores are not finite")


def read(paths: RunPaths) -> Predictions | None:
    """Read all parts that are there; None before the first one. Raises PredictionsError for damaged files."""
    about = read_about(paths)
    numbers = finished(paths)
    if about is None or not numbers:
        return None
    found = [read_part(paths, number) for number in numbers]
    shape = (len(about.judges), len(about.classes))
    if any((part.each.shape[0], part.each.shape[2]) != shape for part in found):
        raise PredictionsError(f"The parts of {paths.predictions} do not belong to what it was begun with.")
    scores, plain = (_joined([mean(getattr(part, name)) for part in found]) for name in ("each", "plain"))
    left_out = dict(about.left_out)
    for part in found:
        left_out |= part.left_out
    return Predictions(
        about.classes,
        tuple(name for part in found for name in part.ids),
        scores,
        plain,
        np.concatenate([part.each for part in found], axis=1),
        _joined([part.labels for part in found]),
        left_out,
        predicted_by(scores, {} if about.several else about.thresholds),
        predicted_by(plain, {} if about.several else about.thresholds),
        tuple(name for part in found for name in part.files),
        _joined([part.places for part in found]),
        about,
        len(numbers) == about.parts,
    )


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(arrays)
