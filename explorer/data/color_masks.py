"""Masks that are drawn in colors, of which each means a class."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.data.depth import bands
from explorer.data.images import decode
from explorer.data.stored import ImageError

Color = tuple[int, int, int]  # red, green, blue from 0 to 255
MOST_COLORS = 64
BACKGROUND: Color = (0, 0, 0)


@dataclass(frozen=True, eq=False)
class ColorMask:
    """The sorted colors of a mask, and `places`: (H, W) uint8, the index in `colors` of the color of each pixel."""

    colors: tuple[Color, ...]
    places: NDArray[np.uint8]

    def classes(self) -> dict[Color, int]:
        """Default classes: black is the background, 0, and the other colors count from 1 in their order."""
        others = [color for color in self.colors if color != BACKGROUND]
        return {BACKGROUND: 0} | {color: number for number, color in enumerate(others, start=1)}

    def shares(self) -> dict[Color, float]:
        """The share of the pixels that each color has, 0 to 1."""
        counts = np.bincount(self.places.ravel(), minlength=len(self.colors))
        return {color: int(count) / self.places.size for color, count in zip(self.colors, counts, strict=True)}

    def to_png(self, classes: Mapping[Color, int]) -> bytes:
        """The mask as a palette PNG of class indices. The palette shows each class in the first color that means it."""
        table = np.array([classes[color] for color in self.colors], np.uint8)
        image = Image.fromarray(table[self.places], "P")
        palette = [0] * (3 * 256)
        for color in reversed(self.colors):
            palette[3 * classes[color] : 3 * classes[color] + 3] = color
        image.putpalette(palette)
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return stream.getvalue()


def read(content: bytes, name: str) -> ColorMask | None:
    """Read the bytes of a mask in colors; None for a mask in shades of gray, whose values are classes already.

    Raises ImageError for a file that cannot be read, or that has more than MOST_COLORS colors, as a photograph or a
    mask with blended borders has. name: what messages call the file.
    """
    pixels = decode(content, name).pixels
    if (pixels == pixels[..., :1]).all():
        return None
    parts = [np.unique(_packed(pixels[rows])) for rows in bands(*pixels.shape[:2])]
    found = np.unique(np.concatenate(parts))
    if len(found) > MOST_COLORS:
        raise ImageError(
            f"{name} has {len(found):,} colors, and a mask has one for each class, at most {MOST_COLORS}. JPEG "
            "and smoothed borders mix colors: save it as PNG, with one plain color for each class."
        )
    places = np.empty(pixels.shape[:2], np.uint8)
    for rows in bands(*pixels.shape[:2]):
        places[rows] = np.searchsorted(found, _packed(pixels[rows]))
    colors = tuple((int(color) >> 16, int(color) >> 8 & 255, int(color) & 255) for color in found)
    return ColorMask(colors, places)


def _packed(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(H, W): each color as one number; numbers have the same order as colors."""
    red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
    return np.asarray(red * 65_536 + green * 256 + blue, np.uint32)
