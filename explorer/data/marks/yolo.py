"""YOLO: the lines of a label file, which are boxes, polygons or boxes with keypoints, in fractions of the image."""

from dataclasses import dataclass, field

import numpy as np

from explorer.data.marks.numbers import parsed

MAX_CLASS = 65_535
MAX_LINES = 10_000  # of a label file, whose image would have as many objects
_BEYOND = 0.01  # rounding; ultralytics allows as much

Rejections = list[tuple[int, str]]  # line from 1, reason


@dataclass(frozen=True)
class Shape:
    """What the lines may hold. keypoints: how many and with how many numbers each (2 or 3), where data.yaml says so."""

    class_count: int | None = None
    keypoints: tuple[int, int] | None = None


@dataclass
class Label:
    """The lines of a file, in fractions of width and height.

    Attributes:
        boxes: x_min, y_min, x_max, y_max and class.
        polygons: class, and x, y, x, y, ... of its corners.
        points: x, y and number of the keypoint, from 0.
        rejected: lines that are not used.
        hidden: keypoints that are labeled and hidden.
    """

    boxes: list[tuple[float, float, float, float, int]] = field(default_factory=list)
    polygons: list[tuple[int, np.ndarray]] = field(default_factory=list)
    points: list[tuple[float, float, int]] = field(default_factory=list)
    rejected: Rejections = field(default_factory=list)
    hidden: int = 0


def read(text: str, shape: Shape) -> Label:
    """Read the lines of a label file. Lines that cannot be used are rejected with a reason."""
    found = Label()
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            found.rejected.append((number, f"It and what follows are not read: of a file {MAX_LINES:,} lines are."))
            break
        fields = line.split()
        if not fields:
            continue
        reason = "It repeats an earlier line." if (key := " ".join(fields)) in seen else _line(found, fields, shape)
        seen.add(key)
        if reason:
            found.rejected.append((number, reason))
    return found


def _line(found: Label, fields: list[str], shape: Shape) -> str:
    """Take over a line; the reason where it cannot be used."""
    values = [parsed(each) for each in fields]
    if None in values:
        return "One of its values is not an ordinary number."
    label, *rest = [value for value in values if value is not None]
    if not label.is_integer() or not 0 <= label <= MAX_CLASS:
        return "The class, which comes first, must be a whole number from 0."
    if shape.class_count is not None and label >= shape.class_count:
        return f"Its class has no name: there are {shape.class_count} names, and classes count from 0."
    dims = _pose(rest, shape)
    if len(rest) == 4 or dims:
        return _box(found, int(label), rest, dims)
    if len(rest) < 6 or len(rest) % 2:
        return "It has too many or too few numbers. Expected a class with x y width height, or with a polygon."
    return _polygon(found, int(label), rest)


def _pose(rest: list[float], shape: Shape) -> int:
    """With how many numbers each keypoint comes after a box; 0 where the line is no box with keypoints."""
    count = len(rest) - 4
    if shape.keypoints is not None:
        return shape.keypoints[1] if count == shape.keypoints[0] * shape.keypoints[1] else 0
    visible = rest[6::3]
    is_pose = count > 0 and count % 3 == 0 and set(visible) <= {0.0, 1.0, 2.0} and 2.0 in visible
    return 3 if is_pose else 0


def _outside(values: list[float]) -> bool:
    return min(values) < -_BEYOND or max(values) > 1 + _BEYOND


def _box(found: Label, label: int, rest: list[float], dims: int) -> str:
    x, y, width, height = rest[:4]
    if width <= 0 or height <= 0:
        return "Its width or height is 0 or less."
    if _outside(rest[:4]):
        return "Its numbers are not fractions of the image from 0 to 1."
    found.boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2, label))
    for number, start in enumerate(range(4, len(rest), dims) if dims else ()):
        visible = rest[start + 2] if dims == 3 else 2.0
        # (0, 0) is how keypoints without visibility say that one is not labeled.
        if visible > 0 and (dims == 3 or any(rest[start : start + 2])):
            found.points.append((rest[start], rest[start + 1], number))
            found.hidden += visible == 1
    return ""


def _polygon(found: Label, label: int, rest: list[float]) -> str:
    if _outside(rest):
        return "Its numbers are not fractions of the image from 0 to 1."
    corners = np.array(rest)
    low, high = corners.reshape(-1, 2).min(axis=0), corners.reshape(-1, 2).max(axis=0)
    if (high <= low).any():
        return "Its polygon has no area."
    found.polygons.append((label, corners))
    found.boxes.append((*low.tolist(), *high.tolist(), label))
    return ""
