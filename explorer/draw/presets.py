"""A picture of what a preset does: the sample photo with a few results beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from explorer.augment import presets
from explorer.augment.apply import AugmentedSample, augment
from explorer.augment.pipeline import validate
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg, as_shown

_RESULTS = 3
_TRIED = 6  # seeds, of which those are shown with which most steps fire, and among these those that change most
_SIDE = 160  # px of a result
_PHOTO_SIDE = 384  # px of the photo that the steps are applied to: some of their values are in px
_GAP = 3


@dataclass(frozen=True)
class PresetPicture(Request[bytes]):
    """JPEG of the photo and some results of the preset of this name, side by side."""

    name: str

    def draw(self) -> Iterator[bytes]:
        yield _picture(self.name)


def _picture(name: str) -> bytes:
    pipeline, photo = validate(presets.draft(name)), _photo()
    results = [augment(photo, pipeline, seed) for seed in range(_TRIED)]
    tile, tiles = _tile(photo.image), [_tile(result.image) for result in results]
    changes = [(_fired(result), float(cv2.norm(tile, one))) for result, one in zip(results, tiles, strict=True)]
    telling = sorted(range(_TRIED), key=changes.__getitem__, reverse=True)[:_RESULTS]
    tiles = [tile, *(tiles[seed] for seed in sorted(telling))]
    gap = np.full((_SIDE, _GAP, 3), 128, np.uint8)
    return as_jpeg(np.hstack([part for tile in tiles for part in (gap, tile)][1:]), quality=85)


def _fired(result: AugmentedSample) -> int:
    return len({drawn.node_id for drawn in result.drawn})


@lru_cache(maxsize=1)
def _photo() -> Sample:
    photo = next(iter(photographs().values())).load()
    return Sample(shrink(photo, _PHOTO_SIDE).image)


def _tile(image: np.ndarray) -> np.ndarray:
    """The middle square of an image, at the size of a tile, in three channels."""
    shown = as_shown(image)
    side = min(shown.shape[:2])
    top, left = (shown.shape[0] - side) // 2, (shown.shape[1] - side) // 2
    tile = cv2.resize(shown[top : top + side, left : left + side], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    colored: np.ndarray = cv2.cvtColor(tile, cv2.COLOR_GRAY2RGB) if tile.ndim == 2 else tile
    return colored
