"""Conversion of values of more than 8 bits to pixels. Exported code contains some of these functions."""

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

_BAND = 500_000  # pixels that are converted at once


class ValueRange(BaseModel):
    """How values of images with more than 8 bits become pixels: `low` becomes 0, `high` becomes 255, others are cut."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    low: float
    high: float

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.high <= self.low:
            raise ValueError(f"The range needs a high value above its low value {self.low:g}, but got {self.high:g}.")
        return self


# "auto": one range for the whole data set, found in its files when a run starts, and recorded with the run.
# "by_image": the rule of runs of format 1: 16 bits by 257, all others from the darkest to the brightest of each image.
Depth = Literal["auto", "by_image"] | ValueRange
Decided = Literal["by_image"] | ValueRange


def bands(height: int, width: int) -> Iterator[slice]:
    """Slices of the rows of an image: computing one after the other takes little memory."""
    rows = max(1, _BAND // max(1, width))
    return (slice(top, min(top + rows, height)) for top in range(0, height, rows))


def to_pixels(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    """Values of any type and shape as uint8: `low` becomes 0, `high` becomes 255, others are cut, NaN becomes 0."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values.astype(np.float64) - low) * (255.0 / (high - low))
    pixels = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255)
    return np.asarray(np.rint(pixels), np.uint8)


def on_white(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 from gray values (H, W), colors (H, W, 3), or colors with alpha (H, W, 4), laid on white."""
    has_alpha = values.ndim == 3 and values.shape[2] == 4
    full = full_alpha(values) if has_alpha else 1.0
    result = np.empty((*values.shape[:2], 3), np.uint8)
    rows = max(1, 500_000 // values.shape[1])
    for top in range(0, values.shape[0], rows):  # in parts: decimal numbers take eight times as much memory
        part = values[top : top + rows]
        pixels = to_pixels(part[:, :, None] if part.ndim == 2 else part[:, :, :3], low, high)
        if has_alpha:
            alpha = part[:, :, 3:].astype(np.float64) / full
            pixels = np.rint(pixels * alpha + 255.0 * (1.0 - alpha)).astype(np.uint8)
        result[top : top + rows] = pixels
    return result


def full_alpha(values: NDArray[np.generic]) -> float:
    """The alpha (in channel 3) of an opaque pixel: 1 of fractions, else the largest number of as many bits as it has.

    A file that holds 12 bits in 16 holds its alpha so, too.
    """
    if values.dtype.kind == "f":
        return 1.0
    largest = int(values[:, :, 3].max())
    return float(next(2**bits - 1 for bits in (10, 12, 14, 16, 64) if largest < 2**bits))


def by_image(values: NDArray[np.generic], is_float: bool) -> NDArray[np.uint8]:
    """Gray values (H, W) as runs of format 1 read them: 16 bits by 257, all others from darkest to brightest.

    Returns:
        (H, W, 3) uint8.
    """
    ends = [(float(part.min()), float(part.max())) for part in map(_numbers, _parts(values))]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    pixels = np.zeros((*values.shape, 3), np.uint8)
    for rows in bands(*values.shape):
        numbers = _numbers(values[rows])
        if not is_float and low >= 0 and high <= 65535:
            grey = numbers / 257.0
        else:
            grey = (numbers - low) * (255.0 / (high - low)) if high > low else np.zeros_like(numbers)
        pixels[rows] = np.rint(grey).astype(np.uint8)[:, :, None]
    return pixels


def _parts(values: NDArray[np.generic]) -> Iterator[NDArray[np.generic]]:
    return (values[rows] for rows in bands(*values.shape[:2]))


def _numbers(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)


def extremes(values: NDArray[np.generic]) -> tuple[float, float]:
    """The smallest and the largest value of (H, W) or of the first 3 channels; 0 and 0 where none is a number."""
    if values.ndim == 3:
        values = values[:, :, :3]
    if values.dtype.kind != "f":
        return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    finite = (part[np.isfinite(part)] for part in _parts(values))
    ends = [(float(part.min()), float(part.max())) for part in finite if part.size]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0.0, 0.0)
