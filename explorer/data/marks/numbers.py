"""Numbers from files that anybody may have written, and boxes that are cut at the border of their image."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_VALUE = 1_000_000.0  # px
_NUMBERS = frozenset({int, float})
SLACK = 0.01  # px; coordinates in files are rounded, so that so little outside is not worth a note


def number(value: object) -> float | None:
    """A number of at most MAX_VALUE; None for anything else, such as NaN, a text or a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MAX_VALUE <= value <= MAX_VALUE:
        return None
    return float(value)


def numbers(values: object, count: int | None = None) -> list[float] | None:
    """A list of numbers, of this length if one is given; None for anything else."""
    if not isinstance(values, list) or (count is not None and len(values) != count):
        return None
    # As a whole, because a file may have millions. A truth value has a type of its own.
    if not values or not _NUMBERS.issuperset(map(type, values)):
        return None if values else []
    if not (min(values) >= -MAX_VALUE and max(values) <= MAX_VALUE) or math.isnan(sum(values)):
        return None
    return list(map(float, values))


def parsed(text: str) -> float | None:
    """The number that a text is, as `number` understands it."""
    try:
        return None if "_" in text else number(float(text))  # float() would read 1_0 as 10
    except ValueError:
        return None


def whole(value: object, most: int) -> int | None:
    """A whole number from 0 to `most`, also one that is written as 3.0; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() and 0 <= found <= most else None


def cut(
    boxes: NDArray[Any], height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Cut boxes at the border of an image.

    Args:
        boxes: (B, 5), x_min, y_min, x_max, y_max in px, and the class.
        height, width: of the image in px.

    Returns:
        The boxes with an area inside of the image, (K, 5) float32; which of the given ones these are, (B,); and which
        of the given ones reached over the border, (B,).
    """
    # In the precision in which boxes are kept: in a finer one, a box may have an area that is lost later.
    inside = np.array(boxes, np.float32).reshape(-1, 5)
    limits = np.array([width, height] * 2, np.float32)
    beyond = (inside[:, :4] < -SLACK) | (inside[:, :4] > limits + SLACK)
    over: NDArray[np.bool_] = np.asarray(beyond.any(axis=1))
    inside[:, :4] = np.clip(inside[:, :4], 0, limits)
    kept = (inside[:, 2] > inside[:, 0]) & (inside[:, 3] > inside[:, 1])
    return inside[kept], kept, over
