"""Values of images with more than 8 bits as pixels. The functions here are also part of exported code."""

import numpy as np
from numpy.typing import NDArray


def to_pixels(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    """Values of any type and shape as uint8: `low` becomes 0, `high` becomes 255, others are cut, NaN becomes 0."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values.astype(np.float64) - low) * (255.0 / (high - low))
    pixels = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255)
    return np.asarray(np.rint(pixels), np.uint8)


def on_white(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of grey values (H, W) or of colors (H, W, 3); of colors with alpha (H, W, 4) laid on white."""
    if values.ndim == 2:
        return np.repeat(to_pixels(values, low, high)[:, :, None], 3, axis=2)
    pixels = to_pixels(values[:, :, :3], low, high)
    if values.shape[2] == 4:
        alpha = values[:, :, 3:].astype(np.float64) / full_alpha(values)
        pixels = np.rint(pixels * alpha + 255.0 * (1.0 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(pixels)


def full_alpha(values: NDArray[np.generic]) -> float:
    """The alpha (in channel 3) of an opaque pixel: 1 of fractions, else the largest number of as many bits as it has.

    A file that holds 12 bits in 16 holds its alpha so, too.
    """
    if values.dtype.kind == "f":
        return 1.0
    largest = int(values[:, :, 3].max())
    return float(next(2**bits - 1 for bits in (10, 12, 14, 16, 64) if largest < 2**bits))


def by_image(values: NDArray[np.generic], is_float: bool) -> NDArray[np.uint8]:
    """Grey values (H, W) as runs of format 1 read them: 16 bits by 257, all others from darkest to brightest.

    Returns:
        (H, W, 3) uint8.
    """
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if not is_float and low >= 0 and high <= 65535:
        grey = numbers / 257.0
    else:
        grey = (numbers - low) * (255.0 / (high - low)) if high > low else np.zeros_like(numbers)
    return np.repeat(np.rint(grey).astype(np.uint8)[:, :, None], 3, axis=2)


def extremes(values: NDArray[np.generic]) -> tuple[float, float]:
    """The smallest and the largest value of (H, W) or of the first 3 channels; 0 and 0 where none is a number."""
    if values.ndim == 3:
        values = values[:, :, :3]
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
