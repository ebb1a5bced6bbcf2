"""Masks of objects from polygons and from run lengths (RLE), as pycocotools makes them.

The algorithms are those of `maskApi.c` of pycocotools (rleFrPoly, rleFrString), written with numpy.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SCALE = 5.0  # a polygon is walked along in fifths of a pixel
_MOST_STEPS = 4_000_000  # of that walk
MOST_WORK = 1_000_000_000  # pixels and steps for one mask, some seconds; usual ones take a hundredth of that
_MOST_CHARACTERS = 4_000_000  # of run lengths as text
_MOST_RUN = 2**40

Polygon = NDArray[np.float64]  # x, y, x, y, ... in px


class BadOutline(ValueError):
    """An outline that cannot be drawn; the message says why, in a sentence."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Run lengths down the columns, beginning with pixels outside. size: height and width in px."""

    size: tuple[int, int]
    counts: str | NDArray[np.int64]  # the text of compressed ones is read when they are drawn


@dataclass(frozen=True, eq=False)
class Outline:
    """The shape of an object: polygons or run lengths. label: its class from 0. crowd: whether it is many objects."""

    label: int
    shape: tuple[Polygon, ...] | Runs
    crowd: bool = False


def draw(
    outlines: list[Outline], height: int, width: int, most: float = MOST_WORK
) -> tuple[NDArray[np.uint8], list[str]]:
    """Draw a mask with the value 1 for the first class.

    Later objects cover earlier ones, and all cover crowds, whose regions also hold single objects.

    Args:
        outlines: the objects.
        height, width: of the image in px.
        most: how many pixels and steps are gone through; later outlines are left out.

    Returns:
        The mask, (H, W) uint8, and a sentence for each outline that cannot be drawn.
    """
    mask = np.zeros((height, width), np.uint8)
    problems = []
    work = 0.0
    for outline in sorted(outlines, key=lambda each: not each.crowd):
        work += _work(outline, height, width)
        if work > most:
            problems.append("There are more or longer outlines than are drawn: the later ones are left out.")
            break
        try:
            start, block = _columns(outline.shape, height, width)
            mask[:, start : start + block.shape[1]][block] = outline.label + 1
        except BadOutline as error:
            problems.append(str(error))
    return mask, problems


def _work(outline: Outline, height: int, width: int) -> float:
    """The pixels and steps that drawing an outline takes."""
    shape = outline.shape
    if isinstance(shape, Runs):
        return height * width + len(shape.counts)
    return sum(
        height * min(float(np.ptp(polygon[::2])) + 1, width) + _SCALE * float(np.abs(np.diff(polygon[::2])).sum())
        for polygon in shape
    )


def inside(shape: tuple[Polygon, ...] | Runs, height: int, width: int) -> NDArray[np.bool_]:
    """Which pixels are in a shape: (H, W). Raises BadOutline."""
    found = np.zeros((height, width), bool)
    start, block = _columns(shape, height, width)
    found[:, start : start + block.shape[1]] = block
    return found


def _columns(shape: tuple[Polygon, ...] | Runs, height: int, width: int) -> tuple[int, NDArray[np.bool_]]:
    """The first column that a shape is in, and which pixels of the columns from there on are: (H, n)."""
    if isinstance(shape, Runs):
        if shape.size != (height, width):
            raise BadOutline(
                f"Run lengths are for {shape.size[1]:,} × {shape.size[0]:,} px, and the image has {width} × {height}."
            )
        return 0, _from_runs(lengths(shape.counts), height, width)
    found = [_from_polygon(polygon, height, width) for polygon in shape]
    if len(found) == 1:
        return found[0]
    start = min(first for first, _ in found)
    block = np.zeros((height, max(first + part.shape[1] for first, part in found) - start), bool)
    for first, part in found:
        block[:, first - start : first - start + part.shape[1]] |= part
    return start, block


def lengths(counts: str | NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of run lengths; compressed ones are differences to the number before the last. Raises BadOutline."""
    if not isinstance(counts, str):
        return counts
    if len(counts) > _MOST_CHARACTERS:
        raise BadOutline(f"The text of run lengths has {len(counts):,} characters, more than {_MOST_CHARACTERS:,}.")
    codes = np.frombuffer(counts.encode("latin-1", "replace"), np.uint8).astype(np.int64) - 48
    if not len(codes):
        return np.zeros(0, np.int64)
    if codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
        raise BadOutline("The text of run lengths is cut off or damaged.")
    ends = np.flatnonzero((codes & 32) == 0)  # 32: the number goes on
    starts = np.concatenate([[0], ends[:-1] + 1])
    size = ends - starts + 1
    if size.max() > 8:
        raise BadOutline("The text of run lengths is cut off or damaged.")
    shift = 5 * (np.arange(len(codes)) - np.repeat(starts, size))
    numbers = np.add.reduceat((codes & 31) << shift, starts)
    numbers = np.where(codes[ends] & 16, numbers - (np.int64(1) << (5 * size)), numbers)  # 16: it is negative
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return np.asarray(numbers, np.int64)


def _from_runs(counts: NDArray[np.int64], height: int, width: int) -> NDArray[np.bool_]:
    if len(counts) and (counts.min() < 0 or counts.max() > _MOST_RUN):
        raise BadOutline("A run length is negative or too large.")
    if counts.sum() != height * width:
        raise BadOutline(f"Run lengths cover {int(counts.sum()):,} pixels, and the image has {height * width:,}.")
    values = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return np.asarray(values.reshape(width, height).T)


def _from_polygon(polygon: Polygon, height: int, width: int) -> tuple[int, NDArray[np.bool_]]:
    corners = np.trunc(polygon.reshape(-1, 2) * _SCALE + 0.5).astype(np.int64)
    u, v = _walk(np.vstack([corners, corners[:1]]))
    steps = np.flatnonzero(np.diff(u) != 0)
    before, after = u[steps], u[steps + 1]
    column = (np.where(after < before, after, after - 1) + 0.5) / _SCALE - 0.5
    row = np.ceil(np.clip((np.minimum(v[steps + 1], v[steps]) + 0.5) / _SCALE - 0.5, 0, height)).astype(np.int64)
    crosses = (np.floor(column) == column) & (column >= 0) & (column <= width - 1)
    if not crosses.any():
        return 0, np.zeros((height, 0), bool)
    columns = column[crosses].astype(np.int64)
    start, count = int(columns.min()), int(np.ptp(columns)) + 1
    turns = np.bincount((columns - start) * height + row[crosses], minlength=count * height)[: count * height]
    # Of 8 bits, because only whether the sum is odd counts.
    odd = np.cumsum(turns, dtype=np.uint8) & 1
    return start, np.asarray(odd.astype(bool).reshape(count, height).T)


def _walk(corners: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """All points on the edges of a polygon in fifths of a pixel, whose first corner comes again at the end."""
    first, last = corners[:-1], corners[1:]
    distance = np.abs(last - first)
    steps = distance.max(axis=1)
    if steps.sum() + len(steps) > _MOST_STEPS:
        raise BadOutline("A polygon is too long to be drawn: it reaches far out of the image.")
    flat = distance[:, 0] >= distance[:, 1]
    turned = np.where(flat, first[:, 0] > last[:, 0], first[:, 1] > last[:, 1])
    start, end = np.where(turned[:, None], last, first), np.where(turned[:, None], first, last)
    rise = np.where(flat, end[:, 1] - start[:, 1], end[:, 0] - start[:, 0]) / np.maximum(steps, 1)
    edge = np.repeat(np.arange(len(steps)), steps + 1)
    along = np.arange(len(edge)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    along = np.where(turned[edge], steps[edge] - along, along)
    main = np.where(flat[edge], start[edge, 0], start[edge, 1]) + along
    other = np.trunc(np.where(flat[edge], start[edge, 1], start[edge, 0]) + rise[edge] * along + 0.5).astype(np.int64)
    return np.where(flat[edge], main, other), np.where(flat[edge], other, main)
