"""The validation images that a run gets most wrong, as small JPEG images within a budget of bytes.

This decodes images, so a page never calls it: it has a process of its own make the report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.base.names import ShownError
from explorer.data.cache.contents import content_of
from explorer.data.dataset import Dataset, Split
from explorer.data.fit import square
from explorer.data.inspection import Looking
from explorer.data.prepare import load, shrink
from explorer.data.roots import resolve_inside
from explorer.data.specs import DatasetSpec
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.metrics.cells import predicted_classes
from explorer.metrics.mistakes import Judged, by_loss, judge
from explorer.report.reported import Reported
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import threshold_of
from explorer.texts import Evidence
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


def worst(
    run: Reported, dataset: Dataset | None, budget: int, *, inside: bool, why_not: str = "", most: int = MOST
) -> Mistakes:
    """Return the worst mistakes of the best epoch with small images.

    Args:
        run: The run.
        dataset: See `opened`; None where it cannot be opened, and `why_not` says why.
        budget: Bytes that the images may take together.
        inside: Whether images are read only inside the folders that pages may read.
        most: How many mistakes are listed.
    """
    record = run.record
    if run.task == "segmentation":
        return Mistakes(None)  # no image is right or wrong as a whole
    if run.task == "labels":
        return Mistakes(None, (), T.NO_LABELS)
    if record is None or record.logits is None or record.labels is None:
        return Mistakes(None, (), _no_scores(run))
    try:
        judged = judge(record.logits, record.labels)
    except ValueError as error:
        return Mistakes(None, (), T.SCORES_WRONG.format(why=error))
    # With the loss bce the run predicts by a threshold, which may lie elsewhere than in the middle.
    predicted = predicted_classes(record.logits, threshold_of(run.snapshot.config))
    wrong = [index for index in by_loss(judged) if predicted[index] != judged.labels[index]]
    listed = [_mistake(run, judged, predicted, int(index)) for index in wrong[:most]]
    if dataset is not None and run.images is not None:
        listed = list(_with_images(listed, dataset, run, budget, inside))
    return Mistakes(len(wrong), tuple(listed), why_not if listed else "")


def _no_scores(run: Reported) -> str:
    absent = None if run.best is None else run.evidence.why_not(run.best.epoch)
    why = "" if absent is None else Evidence.WHY_NOT[absent.code].format(**absent.values)
    return " ".join(filter(None, [T.NO_SCORES, why]))


def _mistake(run: Reported, judged: Judged, predicted: NDArray[np.int64], index: int) -> Mistake:
    own = float(judged.own[index])
    return Mistake(
        index=index,
        id=run.images.ids[index] if run.images else "",
        true=int(judged.labels[index]),
        predicted=int(predicted[index]),
        loss=float(judged.loss[index]),
        scores=(own, float(judged.confidence[index]) if predicted[index] == judged.predicted[index] else 1 - own),
    )


def opened(run: Reported, *, inside: bool) -> Dataset:
    """Return the data set of the run, and make its validation images known where the run has not listed them.

    Raises:
        DatasetError, OSError: It cannot be opened.
        ValueError: It is not known which images the run has validated on.
    """
    config = run.snapshot.config
    if config is None:
        raise ValueError(run.snapshot.problem)
    lost = run.evidence.lost_images()
    if run.images is None and lost is None:
        raise ValueError(T.IMAGES_NOT_NAMED)
    spec: DatasetSpec = lost.spec if lost else config.dataset.with_range(recorded_depth(run.identity))
    dataset = (spec.for_page() if inside else spec).open(Looking(seconds=0.0))
    if run.images is None and lost is not None:
        split = dataset.val
        known = ValidationImages(tuple(map(str, split.ids)), split.labels, ("",) * len(split), split.reading)
        if not run.evidence.restore(known, split.listing(square(lost.image_size))):
            raise ValueError(T.OTHER_IMAGES)
    return dataset


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
            place = place_of(mistake.index, mistake.id, dataset.val, places)
            check_same(run.images.hashes[mistake.index], dataset.val, place, inside)
            jpeg = _small(dataset.val, place)
        except (ShownError, OSError, ValueError, cv2.error) as error:
            yield _without(mistake, str(error))
            continue
        left -= len(jpeg)
        yield Mistake(**{**vars(mistake), "jpeg": jpeg}) if left >= 0 else _without(mistake, T.NO_ROOM)


def _without(mistake: Mistake, why_not: str) -> Mistake:
    return Mistake(**{**vars(mistake), "why_not": why_not})


def place_of(index: int, name: str, split: Split, places: Mapping[str, int]) -> int:
    """Return the index of an image in the data set of now. Raises ValueError."""
    if index < len(split) and split.ids[index] == name:
        return index  # also where ids repeat
    if name in places:
        return places[name]
    raise ValueError(T.IMAGE_GONE)


def check_same(known: str, split: Split, place: int, inside: bool) -> None:
    """Refuse an image that has changed since the run, and a link that leads out of the folders. Raises ValueError."""
    source = split.source(place)
    if isinstance(source, Path) and inside:
        resolve_inside(str(source.absolute()))
    if known and content_of(split, place).hex() != known:
        raise ValueError(T.IMAGE_CHANGED)


def _small(split: Split, index: int) -> bytes:
    return as_jpeg(as_shown(shrink(load(split, index, None), SIDE).image), QUALITY)
