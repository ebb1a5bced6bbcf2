"""The small pictures of the laboratory: a result as a thumbnail, with mask, boxes and keypoints laid over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.augment.apply import AugmentedSample, AugmentError, apply_watched
from explorer.augment.network_input import augmenting
from explorer.augment.pipeline import Pipeline
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.draw import sources, training
from explorer.draw.drawing import Request
from explorer.draw.encoding import Classes, thumbnail
from explorer.draw.pictures import Subject
from explorer.texts import Lab as T

SIDE = 288  # px of a cell
LARGE = 1024  # px of a cell that is shown large


@dataclass(frozen=True)
class Drawn:
    """A JPEG, or None and a message if a step failed, and the width and height of the result in px."""

    picture: bytes | None
    size: tuple[int, int] = (0, 0)
    message: str = ""


@dataclass(frozen=True)
class Cell(Request[Drawn]):
    """A pipeline on a picture with a seed, `side` px large. Raises NoPicture; the result says if a step failed.

    Attributes:
        targets: Whether mask, boxes and keypoints are laid over.
        copy: Size in px of a smaller copy to draw on, without the square that training makes at the end; None: the
            picture itself.
        without: Targets that the pipeline does not get.
    """

    subject: Subject
    pipeline: Pipeline
    seed: int
    classes: Classes
    side: int = SIDE
    targets: bool = True
    copy: int | None = None
    without: frozenset[str] = frozenset()

    @property
    def draft_key(self) -> object:
        return ("draft", self.pipeline.key, self.subject.source, self.copy)

    def draw(self) -> Iterator[Drawn]:
        yield self.drawn(self.result())

    def result(self) -> AugmentedSample | str:
        """The result, or why a step failed. Raises AugmentError only if a step ran out of memory."""
        loaded = sources.load(self.subject)
        place = (self.seed, 0, loaded.picture.index)
        square = loaded.picture.square if self.copy is None else None
        sample = _without(loaded.sample if self.copy is None else shrink(loaded.sample, self.copy), self.without)
        try:
            if square is None:
                return apply_watched(sample, self.pipeline, place).result
            result = apply_watched(sample, augmenting(self.pipeline), place).result
            return training.of_result(result, self.pipeline, square, whole=loaded.picture.whole)
        except AugmentError as error:
            if error.out_of_memory:
                raise
            # The gallery already shows the name of the step below the picture.
            return error.reason if self.copy is not None else str(error)

    def drawn(self, result: AugmentedSample | str) -> Drawn:
        """The small picture of a result."""
        if isinstance(result, str):
            return Drawn(None, message=result)
        height, width = result.image.shape[:2]
        shown = result if self.targets else replace(result, mask=None, bboxes=None, keypoints=None)
        return Drawn(thumbnail(shown, self.classes, self.side), (width, height))


def _without(sample: Sample, targets: frozenset[str]) -> Sample:
    none: dict[str, Any] = dict.fromkeys(targets)
    return replace(sample, **none)


@dataclass(frozen=True)
class Pair:
    """Both results of a row, and their difference in words."""

    a: Drawn
    b: Drawn
    difference: str = ""


@dataclass(frozen=True)
class Both(Request[Pair]):
    """Two pipelines on the same picture with the same seed; None for one that cannot be drawn. Raises NoPicture."""

    a: Cell | None
    b: Cell | None

    @property
    def draft_key(self) -> object:
        return tuple(None if cell is None else cell.draft_key for cell in (self.a, self.b))

    def draw(self) -> Iterator[Pair]:
        first, second = ("" if cell is None else cell.result() for cell in (self.a, self.b))
        yield Pair(
            Drawn(None) if self.a is None else self.a.drawn(first),
            Drawn(None) if self.b is None else self.b.drawn(second),
            "" if isinstance(first, str) or isinstance(second, str) else difference(first, second),
        )


def difference(a: AugmentedSample, b: AugmentedSample) -> str:
    """The mean absolute difference over all pixels and channels in words, "" for images of different sizes or types."""
    if a.image.shape != b.image.shape or a.image.dtype != b.image.dtype:
        return ""
    mean = float(np.abs(a.image.astype(np.float64) - b.image.astype(np.float64)).mean())
    if mean == 0.0:
        return T.EQUAL
    return (T.DIFFERS if a.image.dtype == np.uint8 else T.DIFFERS_FLOAT).format(mean=mean)
