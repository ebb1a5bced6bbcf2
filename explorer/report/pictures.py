"""The validation images that a run gets most wrong, as small JPEG images within a budget of bytes.

This decodes images, so a page never calls it: it has a process of its own make the report.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from explorer.base.names import ShownError
from explorer.data.cache.contents import content_of
from explorer.data.dataset import Dataset, Split
from explorer.data.inspection import Looking
from explorer.data.prepare import load, shrink
from explorer.data.roots import resolve_inside
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.metrics.mistakes import Judged, by_loss, judge
from explorer.report.reported import Reported
from explorer.runs.record.depths import recorded_depth
from explorer.texts import Report as T

SIDE = 160  # px of the long side
QUALITY = 80
MOST = 48  # mistakes of a run that a report lists


@dataclass(frozen=True)
class Mistake:
    """A validation image that the best epoch classifies wrongly.

    Attributes:
        index: The row of its scores.
        id: As in the data set; "" where it is not known.
        loss: Cross entropy: minus the logarithm of the probability of the true class.
        scores: Softmax probability of the true and of the predicted class.
        jpeg: The small image; None where there is none.
        why_not: Why there is none.
    """

    index: int
    id: str
    true: int
    predicted: int
    loss: float
    scores: tuple[float, float]
    jpeg: bytes | None = field(default=None, repr=False)
    why_not: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what a report's JSON says of it."""
        return {
            "index": self.index,
            "id": self.id,
            "true": self.true,
            "predicted": self.predicted,
            "loss": self.loss,
            "score_true": self.scores[0],
            "score_predicted": self.scores[1],
        }


@dataclass(frozen=True)
class Mistakes:
    """The worst mistakes of a run.

    Attributes:
        total: All mistakes of the best epoch; None where its scores are not stored.
        listed: The worst ones, highest loss first.
        why_not: Why none can be listed, or why no images are shown; "" where there is nothing to say.
    """

    total: int | None
    listed: tuple[Mistake, ...] = ()
    why_not: str = ""

    @property
    def shown(self) -> int:
        """The number of images."""
        return sum(mistake.jpeg is not None for mistake in self.listed)


def worst(run: Reported, budget: int, *, inside: bool, most: int = MOST) -> Mistakes:
    """Return the worst mistakes of the best epoch with small images.

    Args:
        run: The run.
        budget: Bytes that the images may take together.
        inside: Whether images are read only inside the folders that pages may read.
        most: How many mistakes are listed.
    """
    record = run.record
    if record is None or record.logits is None or record.labels is None:
        return Mistakes(None, (), T.NO_SCORES)
    try:
        judged = judge(record.logits, record.labels)
    except ValueError as error:
        return Mistakes(None, (), T.SCORES_WRONG.format(why=error))
    wrong = [index for index in by_loss(judged) if not judged.right[index]]
    found = [_mistake(run, judged, int(index)) for index in wrong[:most]]
    listed, why_not = found, ""
    try:
        opened = _opened(run, inside) if listed else None
    except (ShownError, OSError, ValueError) as error:
        opened, why_not = None, T.NO_IMAGES.format(why=error)
    if opened is not None:
        listed = list(_with_images(listed, opened, run, budget, inside))
    return Mistakes(len(wrong), tuple(listed), why_not)


def _mistake(run: Reported, judged: Judged, index: int) -> Mistake:
    return Mistake(
        index=index,
        id=run.images.ids[index] if run.images else "",
        true=int(judged.labels[index]),
        predicted=int(judged.predicted[index]),
        loss=float(judged.loss[index]),
        scores=(float(judged.own[index]), float(judged.confidence[index])),
    )


def _opened(run: Reported, inside: bool) -> Dataset:
    """The data set of the run. Raises DatasetError, OSError."""
    config = run.snapshot.config
    if config is None:
        raise ValueError(run.snapshot.problem)
    if run.images is None:
        raise ValueError(T.IMAGES_NOT_NAMED)
    spec = config.dataset.with_range(recorded_depth(run.identity))
    if inside and (path := getattr(spec, "path", None)) is not None:
        resolve_inside(str(path))
    return spec.open(Looking(seconds=0.0))


def _with_images(
    listed: list[Mistake], dataset: Dataset, run: Reported, budget: int, inside: bool
) -> Iterator[Mistake]:
    assert run.images is not None
    places = {name: index for index, name in enumerate(dataset.val.ids)}
    left = budget
    for mistake in listed:
        if left <= 0:
            yield _without(mistake, T.NO_ROOM)
            continue
        try:
            place = _place(mistake, dataset.val, places)
            _check_same(run.images.hashes[mistake.index], dataset.val, place, inside)
            jpeg = _small(dataset.val, place)
        except (ShownError, OSError, ValueError, cv2.error) as error:
            yield _without(mistake, str(error))
            continue
        left -= len(jpeg)
        yield Mistake(**{**vars(mistake), "jpeg": jpeg}) if left >= 0 else _without(mistake, T.NO_ROOM)


def _without(mistake: Mistake, why_not: str) -> Mistake:
    return Mistake(**{**vars(mistake), "why_not": why_not})


def _place(mistake: Mistake, split: Split, places: dict[str, int]) -> int:
    """The index of the image in the data set of now. Raises ValueError."""
    if mistake.index < len(split) and split.ids[mistake.index] == mistake.id:
        return mistake.index  # also where ids repeat
    if mistake.id in places:
        return places[mistake.id]
    raise ValueError(T.IMAGE_GONE)


def _check_same(known: str, split: Split, place: int, inside: bool) -> None:
    """Refuse an image that has changed since the run, and a link that leads out of the folders. Raises ValueError."""
    source = split.source(place)
    if isinstance(source, Path) and inside:
        resolve_inside(str(source))
    if known and content_of(source).hex() != known:
        raise ValueError(T.IMAGE_CHANGED)


def _small(split: Split, index: int) -> bytes:
    return as_jpeg(as_shown(shrink(load(split, index, None), SIDE).image), QUALITY)
