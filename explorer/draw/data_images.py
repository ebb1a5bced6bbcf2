"""Images of any data set with their annotations drawn into them, for the Data page."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from explorer.data.contents import Annotations, Contents
from explorer.data.dataset import DatasetError
from explorer.data.depth import Depth
from explorer.data.formats.spec import Spec
from explorer.data.images import decode, decode_mask
from explorer.data.roots import resolve_inside
from explorer.data.stored import ImageError
from explorer.draw.drawing import Request
from explorer.draw.encoding import Classes, Plain, Targets, annotated, as_jpeg, reduced
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import SMALL, Card
from explorer.texts import Data as T

_KEPT_S = 600  # then the files of a data set are listed again
_PX_OF_LINE, _THICKEST = 120, 3  # px of a picture for each px of its lines, which have at most 3
_BEYOND = 10.0  # px
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class DataImage:
    """An image of a data set, with all that a worker needs to find it.

    Attributes:
        id: Its name in the data set.
        file: Its file; "" where it is in no file of its own.
        depth: How values of more than 8 bits become pixels.
        bboxes, keypoints: Rows as in `Annotations`; None for none.
        mask: The file of its mask; "" for none.
        spec: The data set, which makes the image or its mask where that is in no file of its own; else None.
        index: The place in the contents of that data set.
    """

    id: str
    file: str = ""
    depth: Depth = "auto"
    bboxes: Rows | None = None
    keypoints: Rows | None = None
    mask: str = ""
    spec: Spec | None = None
    index: int = 0


@dataclass(frozen=True)
class DataPicture(Request[Card]):
    """An image of a data set, at most `side` px large, with its annotations. Raises NoPicture.

    Attributes:
        image: The image.
        classes: The names and colors of its annotations.
        annotated: Whether annotations are drawn.
    """

    image: DataImage
    classes: Classes
    side: int = SMALL
    annotated: bool = True

    def draw(self) -> Iterator[Card]:
        try:
            targets, note = load(self.image)
        except (ImageError, DatasetError) as error:
            raise NoPicture(str(error)) from error
        small = reduced(targets if self.annotated else Plain(targets.image), self.side)
        line = max(1, min(_THICKEST, round(max(small.image.shape[:2]) / _PX_OF_LINE)))
        height, width = targets.image.shape[:2]
        yield Card(as_jpeg(annotated(small, self.classes, line), quality=85), (height, width), note)


@dataclass(frozen=True)
class MeasureFew(Request[float]):
    """The mean seconds in which one of these images is decoded on one core. Raises NoPicture if none can be."""

    images: tuple[DataImage, ...]

    def draw(self) -> Iterator[float]:
        begun, decoded = time.perf_counter(), 0
        for image in self.images:
            with suppress(ImageError, DatasetError, NoPicture):
                load(image)
                decoded += 1
        if not decoded:
            raise NoPicture(T.NONE_DECODES)
        yield (time.perf_counter() - begun) / decoded


def load(image: DataImage) -> tuple[Targets, str]:
    """The image with its annotations, and what was noted while it was read. Raises ImageError, DatasetError."""
    if not image.file:
        assert image.spec is not None
        return _made(image.spec, image.index, image.id), ""
    decoded = decode(resolve_inside(image.file), image.id, image.depth)
    size = decoded.pixels.shape[:2]
    mask, note = _mask(image, size)
    boxes, points = _within(image.bboxes, 5, size), _within(image.keypoints, 3, size)
    return Plain(decoded.pixels, mask, boxes, points), "\n".join(filter(None, [*decoded.notes, note]))


def _mask(image: DataImage, size: tuple[int, ...]) -> tuple[np.ndarray | None, str]:
    """The mask, or None with the reason where it does not fit the image. Raises ImageError, DatasetError."""
    mask: np.ndarray | None = None
    if image.mask:
        mask = decode_mask(resolve_inside(image.mask), Path(image.mask).name)
    elif image.spec is not None:
        made = _annotations(image.spec, image.index, image.id).mask
        mask = None if made is None else made() if callable(made) else decode_mask(resolve_inside(str(made)))
    else:
        return None, ""
    if mask is not None and mask.shape[:2] != size:
        words = T.MASK_OTHER_SIZE.format(width=mask.shape[1], height=mask.shape[0])
        return None, words
    return mask, ""


def _within(rows: Rows | None, width: int, size: tuple[int, ...]) -> np.ndarray | None:
    """The rows as a table. What lies far outside of the image is drawn at its border, since OpenCV refuses it."""
    if rows is None:
        return None
    table = np.nan_to_num(np.array(rows, np.float32).reshape(-1, width))
    table[:, :-1] = table[:, :-1].clip(-_BEYOND, max(size) + _BEYOND)
    return table


def _made(spec: Spec, index: int, name: str) -> Targets:
    """An image that is in no file of its own."""
    known, pixels = _annotations(spec, index, name), _contents(spec, _period()).pixels
    if pixels is None:
        raise NoPicture(T.IMAGE_GONE)
    mask = known.mask() if callable(known.mask) else None
    return Plain(pixels(index), mask, known.bboxes, known.keypoints)


def _annotations(spec: Spec, index: int, name: str) -> Annotations:
    contents = _contents(spec, _period())
    if index >= len(contents) or contents.ids[index] != name:
        raise NoPicture(T.IMAGE_GONE)
    return contents.annotations(index)


@lru_cache(maxsize=2)
def _contents(spec: Spec, period: int) -> Contents:  # noqa: ARG001 - a new period lists it again
    return spec.contents()


def _period() -> int:
    return int(time.monotonic() // _KEPT_S)
