"""An image in the square that a network for masks sees, with its true mask, and how masks are drawn onto it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.masked_input import letterboxed, letterboxed_mask, place, sliding_pair
from explorer.augment.pipeline import Pipeline
from explorer.base.names import ShownError
from explorer.data.color_masks import Color
from explorer.data.dataset import Split
from explorer.data.fit import Fit, longest
from explorer.data.mask_classes import UNCOUNTED
from explorer.data.prepare import load

_OPACITY = 0.55  # of colors on small pictures
_DARK = 0.45  # what is left of the brightness of right pixels where wrong ones are shown

Pixels = NDArray[np.uint8]


class NoTrueMask(ShownError):
    """The image has no true mask."""


class DamagedMask(ShownError):
    """A predicted mask cannot be decoded, or has another size."""


@dataclass(frozen=True, eq=False)
class SeenMask:
    """What a network for masks sees of an image.

    Attributes:
        image: (S, S, 3).
        truth: (S, S) classes, `UNCOUNTED` where pixels do not count.
        part: Top, left, height and width of the image in the square; the rest is padding.
        size: Height and width in px of the image itself.
    """

    image: Pixels
    truth: Pixels
    part: tuple[int, int, int, int]
    size: tuple[int, int]

    def small(self, pixels: Pixels, side: int) -> Pixels:
        """Cut the padding away from (S, S, 3) pixels, and scale the long side to `side` px."""
        top, left, height, width = self.part
        inner = pixels[top : top + height, left : left + width]
        scale = side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST_EXACT
        return np.asarray(cv2.resize(inner, size, interpolation=method), np.uint8)

    def painted(self, classes: Pixels, colors: Sequence[Color], hidden: Sequence[bool]) -> Pixels:
        """Paint (S, S) classes in their colors over the image; hidden classes and `UNCOUNTED` leave it as it is."""
        table = np.resize(np.array(colors, np.uint8), (256, 3))
        painted = cv2.addWeighted(table[classes], _OPACITY, self.image, 1 - _OPACITY, 0)
        bare = np.resize(np.array(hidden), 256)
        bare[UNCOUNTED] = True
        return np.where(bare[classes][..., None], self.image, painted)

    def marked(self, pixels: NDArray[np.bool_], color: Color) -> Pixels:
        """Color (S, S) pixels on the darkened image."""
        gray = cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY)
        dark = cv2.cvtColor((gray * _DARK).astype(np.uint8), cv2.COLOR_GRAY2RGB)
        dark[pixels] = (0.25 * dark[pixels] + 0.75 * np.array(color)).astype(np.uint8)
        return np.asarray(dark, np.uint8)

    def decoded(self, picture: bytes) -> Pixels:
        """Decode a PNG of (S, S) predicted classes. Raises DamagedMask."""
        found = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        if found is None or found.shape != self.truth.shape:
            raise DamagedMask("The stored mask is damaged.")
        return np.asarray(found, np.uint8)

    def wrong(self, predicted: Pixels) -> NDArray[np.bool_]:
        """Which of the (S, S) pixels count and are predicted as another class."""
        return np.asarray((self.truth != UNCOUNTED) & (self.truth != predicted))


def seen(split: Split, index: int, side: int, kept: Fit | Literal[""] | None = "") -> SeenMask:
    """Read what the network sees of an image of a part.

    Args:
        split: The part.
        index: Of the image in it.
        side: Width and height in px of the network's input.
        kept: Whether and at which size windows slide over the image in validation, see `RunConfig.kept`; "" where the
            whole image goes into the network.

    Raises:
        NoTrueMask: It has none.
        ImageError, SampleError: It cannot be read.
    """
    sample = load(split, index, longest(side) if kept == "" else kept)
    if split.masks is None or sample.mask is None:
        raise NoTrueMask("Its true mask is no longer in the data set.")
    pixels, mask, part = sample.image, sample.mask, place(*sample.size, side)
    if kept != "":
        pixels, mask = sliding_pair(sample, Pipeline(), side)
        part = _inside(sample.size, mask.shape, side)
    truth = split.masks.target(letterboxed_mask(mask, side))
    return SeenMask(letterboxed(pixels, side), truth, part, sample.size)


def _inside(size: tuple[int, int], padded: tuple[int, ...], side: int) -> tuple[int, int, int, int]:
    """Where an image that was padded to `padded` height and width is in the square."""
    top, left, height, width = place(padded[0], padded[1], side)
    scale = height / padded[0]
    inner = min(height, round(size[0] * scale)), min(width, round(size[1] * scale))
    return top + (height - inner[0]) // 2, left + (width - inner[1]) // 2, *inner
