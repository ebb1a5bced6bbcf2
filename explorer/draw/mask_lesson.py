"""One generated shape, turned, with its mask by the nearest pixel and by linear interpolation of class numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import augment
from explorer.augment.pipeline import Pipeline
from explorer.data.color_masks import Color
from explorer.data.dataset import Split
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_png
from explorer.runs.spec.config import RunConfig

Interpolation = Literal["INTER_NEAREST", "INTER_LINEAR"]
_SIDE = 384  # px
_DIMMED = 0.35  # of the colors of pixels that are right, beside those that were invented


@dataclass(frozen=True)
class Turned:
    """A mask after the pipeline.

    Attributes:
        picture: PNG: classes in their colors, those that the mask did not have before at full strength.
        invented: The number of pixels of each class that the mask did not have before.
        pixels: The number of all pixels.
    """

    picture: bytes
    invented: Mapping[str, int]
    pixels: int

    @property
    def share(self) -> float:
        """The share of pixels with a class that the mask did not have before, 0 to 1."""
        return sum(self.invented.values()) / self.pixels


def with_masks_by(pipeline: Pipeline, interpolation: Interpolation) -> Pipeline:
    """Return the pipeline in which each step interpolates masks in one way."""
    targets = pipeline.targets.model_copy(update={"mask_interpolation": interpolation})
    return pipeline.model_copy(update={"targets": targets})


@dataclass(frozen=True)
class TurnedMask(Request[Turned]):
    """A training image of a run, augmented with a seed, of which only the mask is shown."""

    config: RunConfig
    interpolation: Interpolation
    index: int
    seed: int
    colors: tuple[Color, ...]

    @property
    def draft_key(self) -> object:
        return ("turned mask", self.config.pipeline.key, self.interpolation)

    def draw(self) -> Iterator[Turned]:
        split = training.opened(self.config.dataset).train
        sample = split.load(self.index % len(split))
        result = augment(sample, with_masks_by(self.config.pipeline, self.interpolation), self.seed, 0, self.index)
        assert sample.mask is not None
        assert result.mask is not None
        yield turned(np.ascontiguousarray(result.mask), sample.mask, split, self.colors)


def turned(mask: NDArray[np.uint8], before: NDArray[np.uint8], split: Split, colors: tuple[Color, ...]) -> Turned:
    """Draw a mask and count the pixels of classes that it did not have before."""
    assert split.masks is not None
    new = ~np.isin(mask, np.unique(before))
    values, counts = np.unique(mask[new], return_counts=True)
    table = np.full((256, 3), 40, np.float32)
    for value, place in enumerate(split.masks.color_places):
        if place is not None:
            table[value] = colors[place % len(colors)]
    painted = table[mask]
    painted[~new] *= _DIMMED
    picture = cv2.resize(np.rint(painted).astype(np.uint8), (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST_EXACT)
    names = split.masks.names
    invented = {names[value]: int(count) for value, count in zip(values, counts, strict=True)}
    return Turned(as_png(np.asarray(picture, np.uint8)), invented, mask.size)
