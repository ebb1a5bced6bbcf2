"""Boxes and keypoints as text, one on each line, in the formats of albumentations and of label files.

Numbers are separated by spaces, tabs or commas. Empty lines and lines that start with # are skipped.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BoxFormat = Literal["pascal_voc", "coco", "albumentations", "yolo"]
PointFormat = Literal["xy", "yx", "xya", "xys", "xyas", "xysa"]
Table = NDArray[np.float32]
Numbers = NDArray[np.float64]

MAX_LINES = 500
MAX_VALUE = 1_000_000.0
MAX_CLASS = 65_535
SLACK = 0.01  # px; numbers in label files are rounded, so that a box with so little outside is cut at the border
_PX_DIGITS, _FRACTION_DIGITS = 3, 7  # 7: 0.01 px in a picture of 65,536 px


class AnnotationError(ValueError):
    """A line that is no box or keypoint. line: its number, from 1. problem: what is wrong with it."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line = line
        self.problem = problem

    def __str__(self) -> str:
        """The message for people."""
        return f"Line {self.line}: {self.problem}"


@dataclass(frozen=True, eq=False)
class _Layout:
    """What the four numbers of a box mean, and how its edges x_min, y_min, x_max, y_max follow from them.

    Attributes:
        columns: the names of the numbers.
        edges: what each edge is made of, for messages.
        matrix: (4, 4), which gives the edges when it is multiplied by the numbers.
        fractions: whether they are fractions of the image's width and height instead of px.
        class_first: whether the class comes before the numbers.
    """

    columns: tuple[str, str, str, str]
    edges: tuple[str, str, str, str]
    matrix: Numbers
    fractions: bool
    class_first: bool = False

    def scale(self, width: int, height: int) -> Numbers:
        """The px of one unit of each edge: (4,)."""
        return np.array([width, height] * 2, np.float64) if self.fractions else np.ones(4)


_CORNERS = ("x_min", "y_min", "x_max", "y_max")
_LAYOUTS: dict[BoxFormat, _Layout] = {
    "pascal_voc": _Layout(_CORNERS, _CORNERS, np.eye(4), fractions=False),
    "albumentations": _Layout(_CORNERS, _CORNERS, np.eye(4), fractions=True),
    "coco": _Layout(
        ("x_min", "y_min", "width", "height"),
        ("x_min", "y_min", "x_min + width", "y_min + height"),
        np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]], np.float64),
        fractions=False,
    ),
    "yolo": _Layout(
        ("x_center", "y_center", "width", "height"),
        ("x_center - width / 2", "y_center - height / 2", "x_center + width / 2", "y_center + height / 2"),
        np.array([[1, 0, -0.5, 0], [0, 1, 0, -0.5], [1, 0, 0.5, 0], [0, 1, 0, 0.5]], np.float64),
        fractions=True,
        class_first=True,
    ),
}
_POINT_COLUMNS = {"x": "x", "y": "y", "a": "angle", "s": "scale"}
_UNKNOWN = {"a": 0.0, "s": 1.0}  # what is written for angle and scale, which are not kept


# Boxes


def parse_boxes(text: str, format: BoxFormat, width: int, height: int, *, clip: bool = False) -> Table:
    """Read boxes.

    Args:
        text: a box on each line. The class is the fifth number, or in yolo the first of five; without one it is 0.
        format: what the numbers mean.
        width, height: of the picture in px.
        clip: accept boxes that are partly outside, for a pipeline that cuts them.

    Returns:
        (N, 5) float32: x_min, y_min, x_max, y_max in px, and the class.

    Raises:
        AnnotationError: a line is no box in the picture.
    """
    layout = _LAYOUTS[format]
    rows = [_box(line, fields, layout, (width, height), clip) for line, fields in _lines(text)]
    return np.array(rows, np.float32).reshape(-1, 5)


def format_boxes(table: Table, format: BoxFormat, width: int, height: int) -> str:
    """The text of boxes that `parse_boxes` has read, with classes and rounded to less than 0.01 px."""
    layout = _LAYOUTS[format]
    digits = _FRACTION_DIGITS if layout.fractions else _PX_DIGITS
    edges = np.asarray(table[:, :4], np.float64) / layout.scale(width, height)
    numbers = np.linalg.solve(layout.matrix, edges.T).T
    return "\n".join(
        _joined([_shown(value, digits) for value in row], int(label), layout.class_first)
        for row, label in zip(numbers, table[:, 4], strict=True)
    )


def _box(line: int, fields: list[str], layout: _Layout, size: tuple[int, int], clip: bool) -> list[float]:
    numbers, label = _read(line, fields, layout.columns, layout.class_first)
    scale = layout.scale(*size)
    # In the precision in which boxes are kept: in a finer one, a box may have an area that is lost later.
    edges = ((layout.matrix @ np.array(numbers)) * scale).astype(np.float32)
    limits = np.array([*size, *size], np.float32)
    _check_area(line, layout, numbers, edges)
    edges = np.where((edges < 0) & (edges >= -SLACK), np.float32(0), edges)
    edges = np.where((edges > limits) & (edges <= limits + SLACK), limits, edges)
    if (edges[2:] <= 0).any() or (edges[:2] >= limits[:2]).any():
        raise AnnotationError(line, f"The box lies wholly outside the image, which is {size[0]} × {size[1]} px.")
    if not clip:
        _check_inside(line, layout, edges / scale, limits / scale)
    return [*edges.tolist(), label]


def _check_area(line: int, layout: _Layout, numbers: list[float], edges: Table) -> None:
    for axis in np.flatnonzero(edges[2:] <= edges[:2])[:1]:
        name, value = layout.columns[axis + 2], numbers[axis + 2]
        corners = layout.columns == _CORNERS
        least = f"{layout.columns[axis]} {numbers[axis]:.7g}" if corners else "0"
        raise AnnotationError(line, f"{name} {value:.7g} must be larger than {least}.")


def _check_inside(line: int, layout: _Layout, edges: Numbers, limits: Numbers) -> None:
    """Refuse edges outside of the limits, which are in the unit of the layout as the edges are."""
    for at, name in enumerate(layout.edges):
        if edges[at] < 0:
            raise AnnotationError(line, f"{name} {edges[at]:.7g} lies outside the image: it must be at least 0.")
        if edges[at] > limits[at]:
            side = "the image: it must be at most 1" if layout.fractions else _extent(at, limits[at])
            raise AnnotationError(line, f"{name} {edges[at]:.7g} lies outside {side}.")


def _extent(axis: int, size: float) -> str:
    return f"the image, which is {size:.0f} px {'high' if axis % 2 else 'wide'}"


# Keypoints


def parse_keypoints(text: str, format: PointFormat, width: int, height: int, *, keep_outside: bool = False) -> Table:
    """Read keypoints, as `parse_boxes` reads boxes: (K, 3) float32, x, y in px, and the class, which comes last.

    Angles and scales are not kept. keep_outside: accept points outside of the picture. Raises AnnotationError.
    """
    rows = [_point(line, fields, format, (width, height), keep_outside) for line, fields in _lines(text)]
    return np.array(rows, np.float32).reshape(-1, 3)


def format_keypoints(table: Table, format: PointFormat, width: int, height: int) -> str:
    """The text of keypoints that `parse_keypoints` has read, with classes, angle 0 and scale 1."""
    return "\n".join(
        _joined([_shown_inside(letter, x, y, width, height) for letter in format], int(label), first=False)
        for x, y, label in table.tolist()
    )


def _point(line: int, fields: list[str], format: str, size: tuple[int, int], keep_outside: bool) -> list[float]:
    numbers, label = _read(line, fields, tuple(_POINT_COLUMNS[letter] for letter in format), class_first=False)
    place = [numbers[format.index(letter)] for letter in "xy"]
    for axis, value in enumerate(place):
        # In the precision in which points are kept: 511.99999999 becomes 512.
        if not keep_outside and not 0 <= np.float32(value) < size[axis]:
            limit = f"{_extent(axis, size[axis])}: it must be at least 0 and below {size[axis]}"
            raise AnnotationError(line, f"{'xy'[axis]} {value:.7g} lies outside {limit}.")
    return [*place, label]


def _shown_inside(letter: str, x: float, y: float, width: int, height: int) -> str:
    if letter not in "xy":
        return _shown(_UNKNOWN[letter], 0)
    value, size = (x, width) if letter == "x" else (y, height)
    # Rounded up to the border, a point would lie outside.
    return _shown(min(value, size - 10**-_PX_DIGITS) if value < size else value, _PX_DIGITS)


# Both


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number from 1 and the fields of each line that is not empty or a comment."""
    for number, line in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            raise AnnotationError(number, f"At most {MAX_LINES} lines are read. Remove what comes after.")
        fields = [field for field in re.split(r"[\s,]+", line) if field]
        if fields and not fields[0].startswith("#"):
            yield number, fields


def _read(line: int, fields: list[str], columns: tuple[str, ...], class_first: bool) -> tuple[list[float], int]:
    """Read the numbers of the columns, and the class."""
    if len(fields) not in (len(columns), len(columns) + 1):
        place = "before" if class_first else "after"
        raise AnnotationError(
            line,
            f"Expected {len(columns)} numbers, {' '.join(columns)}, or {len(columns) + 1} with the class {place} them. "
            f"You gave {len(fields)}.",
        )
    numbers = [_number(line, field) for field in fields]
    if len(numbers) == len(columns):
        return numbers, 0
    label = numbers.pop(0 if class_first else -1)
    if not label.is_integer() or not 0 <= label <= MAX_CLASS:
        place = "first" if class_first else "last"
        raise AnnotationError(
            line, f"The class, which comes {place}, must be a whole number from 0 to {MAX_CLASS}. You gave {label:.7g}."
        )
    return numbers, int(label)


def _number(line: int, field: str) -> float:
    try:
        value = float(field.replace("_", "?"))  # float() would read 1_0 as 10
    except ValueError as error:
        raise AnnotationError(line, f"{field[:40]!r} is not a number.") from error
    if not math.isfinite(value) or abs(value) > MAX_VALUE:
        raise AnnotationError(line, f"{field[:40]} is not an ordinary number: give one of at most {MAX_VALUE:,.0f}.")
    return value


def _shown(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short == "-0" else short


def _joined(numbers: list[str], label: int, first: bool) -> str:
    return " ".join([str(label), *numbers] if first else [*numbers, str(label)])
