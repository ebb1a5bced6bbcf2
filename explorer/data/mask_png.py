"""Masks as PNG files of 8 bits whose pixels are values, with a palette so that they can be looked at."""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@cache
def palette() -> bytes:
    """The colors of Pascal VOC, by value: the bits of a value become the upper bits of red, green and blue in turn."""
    colors = np.zeros((256, 3), np.uint8)
    for value in range(256):
        for bit in range(8):
            colors[value, bit % 3] |= (value >> bit & 1) << 7 - bit // 3
    return colors.tobytes()


def indexed_png(mask: NDArray[np.uint8]) -> bytes:
    """The PNG file of an (H, W) mask."""
    image = Image.fromarray(mask, "P")
    image.putpalette(palette())
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
