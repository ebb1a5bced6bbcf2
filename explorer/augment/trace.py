"""What each node of a pipeline did to one sample: one pass, and the result is that of `augment`."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import albumentations as A
import numpy as np
from albumentations.core.bbox_utils import denormalize_bboxes
from numpy.typing import NDArray

from explorer.augment import outline
from explorer.augment.apply import AugmentedSample, Watched, apply_watched
from explorer.augment.observe import Visit
from explorer.augment.outline import Matrix, Size, homography, of_pixels
from explorer.augment.pipeline import Group, GroupKind, Node, Nodes, Pipeline, is_on
from explorer.augment.targets import with_extent
from explorer.data.sample import Sample

_SOME_CHANNELS: GroupKind = "SelectiveChannelTransform"


class Status(StrEnum):
    """What happened to a node."""

    APPLIED = "applied"
    SKIPPED = "skipped"  # it was called, and its probability said no
    NOT_CHOSEN = "not chosen"  # a composer around it chose others
    NOT_REACHED = "not reached"  # a composer around it did not fire
    OFF = "off"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A sample between two steps, as in `AugmentedSample`; inside SelectiveChannelTransform only the chosen channels.

    Boxes and keypoints are converted from albumentations' inner formats on demand. Those that the pipeline's rules drop
    between two steps are dropped here too.
    """

    image: NDArray[Any]
    mask: NDArray[Any] | None
    _data: dict[str, Any] = field(repr=False)
    _compose: A.Compose = field(repr=False)

    @cached_property
    def _kept(self) -> dict[str, Any]:
        # Twice: a box that leaves the picture is cut to no size by the first check, and dropped only by the next one.
        once: dict[str, Any] = self._compose.check_data_post_transform(dict(self._data))
        twice: dict[str, Any] = self._compose.check_data_post_transform(once)
        return twice

    @cached_property
    def bboxes(self) -> NDArray[np.float32] | None:
        """(N, 5) float32 as in `Sample`, or None."""
        boxes = self._kept.get("bboxes")
        shape = {"height": self.image.shape[0], "width": self.image.shape[1]}
        return None if boxes is None else with_extent(_columns(denormalize_bboxes(boxes, shape), (0, 1, 2, 3, 4)))

    @cached_property
    def keypoints(self) -> NDArray[np.float32] | None:
        """(K, 3) float32 as in `Sample`, or None."""
        points = self._kept.get("keypoints")
        return None if points is None else _columns(points, (0, 1, -1))


@dataclass(frozen=True, eq=False)
class Entry:
    """A node on the way from input to output; a node that was called twice has two entries.

    Attributes:
        depth: Number of groups around it, 0 at the top.
        params: What a step drew.
        milliseconds: Duration, of a group with all in it; 0 if it was not called.
        cpu_milliseconds: Processor time in it.
        before: The sample before a step that was called, else None; `after` likewise.
    """

    node_id: str
    title: str
    depth: int
    is_group: bool
    status: Status
    params: dict[str, Any]
    milliseconds: float
    cpu_milliseconds: float = 0.0
    before: Snapshot | None = None
    after: Snapshot | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """The result, and an entry for each node in the order of application, groups before what is in them."""

    result: AugmentedSample
    entries: tuple[Entry, ...]
    _compose: A.Compose = field(repr=False)

    def outline(self, entry: Entry | None = None) -> NDArray[np.float64] | None:
        """The part of the image before that is visible after a step, or after the whole pipeline if it is None.

        Returns:
            The corners as `outline.corners` gives them; None if no step has moved a pixel.

        Raises:
            BentError: A step bends the image, so that there are no four corners.
        """
        if entry is not None and entry.status is not Status.APPLIED:
            return None
        moved = self._moved(_applied(self.entries) if entry is None else [(entry, False)])
        return outline.corners([matrix for matrix, _ in moved], moved[-1][1]) if moved else None

    def moves(self) -> list[tuple[Matrix, Size]]:
        """What the steps that move pixels have done, in their order.

        Returns:
            For each the (3, 3) matrix from the centers of pixels before it to those after it, and the height and width
            after it.

        Raises:
            BentError: A step bends the image, so that there is no matrix.
        """
        return self._moved(_applied(self.entries), pixels=True)

    def _moved(self, steps: Iterable[tuple["Entry", bool]], *, pixels: bool = False) -> list[tuple[Matrix, Size]]:
        made = outline.steps(self._compose)
        moved = []
        for step, partly in steps:
            if step.before is None or step.after is None or not outline.moves(made[step.node_id]):
                continue
            if partly:
                raise outline.BentError(step.title)
            node, before, after = made[step.node_id], step.before.image.shape[:2], step.after.image.shape[:2]
            matrix = of_pixels(node, step.params, before, after) if pixels else homography(node, step.params, before)
            moved.append((matrix, after))
        return moved


def _applied(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, bool]]:
    """The steps that were applied, each with whether it saw only some of the channels."""
    around: int | None = None  # the depth of the SelectiveChannelTransform that the entry is in
    for entry in entries:
        if around is not None and entry.depth <= around:
            around = None
        if entry.is_group and entry.title == _SOME_CHANNELS and around is None:
            around = entry.depth
        if entry.status is Status.APPLIED and not entry.is_group:
            yield entry, around is not None


def trace(sample: Sample, pipeline: Pipeline, seed: int, epoch: int = 0, index: int = 0) -> Trace:
    """Apply the pipeline as `augment` does, and record what each node did. Raises AugmentError."""
    watched = apply_watched(sample, pipeline, (seed, epoch, index), keep=True)
    around = dict(_snapshots(watched))
    top = [visit for visit in watched.visits if not visit.depth]
    return Trace(watched.result, tuple(_level(pipeline.nodes, top, Status.NOT_REACHED, around)), watched.compose)


_Around = tuple[Snapshot | None, Snapshot | None]


def _snapshots(watched: Watched) -> Iterator[tuple[Visit, _Around]]:
    """Each visit of a step with the snapshots before and after it; equal ones are made once."""
    last: Snapshot | None = None

    def take(data: dict[str, Any]) -> Snapshot:
        image, mask = data["image"], data.get("mask")
        if last is not None and image is last.image and mask is last.mask:
            return last
        return Snapshot(image, mask, data, watched.compose)

    for visit in watched.visits:
        if visit.before is not None and visit.after is not None:
            before = take(visit.before)
            last = take(visit.after) if visit.fired else before
            yield visit, (before, last)


def _level(
    nodes: Nodes, visits: list[Visit], uncalled: Status, around: Mapping[Visit, _Around], depth: int = 0
) -> Iterator[Entry]:
    """The entries of one level: nodes that were called in the order of their calls, the others in their place."""
    by_id = {node.id: node for node in nodes}
    calls = iter(visits)
    for node in nodes:
        count = sum(visit.node_id == node.id for visit in visits)
        if not count:
            yield from _uncalled(node, uncalled if is_on(node) else Status.OFF, depth)
        # RandomOrder calls in an order of its own: as many calls as this node had take its place.
        for visit in itertools.islice(calls, count):
            called = by_id[visit.node_id]
            yield _entry(called, Status.APPLIED if visit.fired else Status.SKIPPED, depth, visit, around)
            if isinstance(called, Group):
                left = Status.NOT_CHOSEN if visit.fired else Status.NOT_REACHED
                yield from _level(called.children, visit.inside, left, around, depth + 1)


def _uncalled(node: Node, status: Status, depth: int) -> Iterator[Entry]:
    yield _entry(node, status, depth, Visit(node.id, "", depth), {})
    for child in node.children if isinstance(node, Group) else ():
        yield from _uncalled(child, Status.NOT_REACHED if is_on(child) else Status.OFF, depth + 1)


def _entry(node: Node, status: Status, depth: int, visit: Visit, around: Mapping[Visit, _Around]) -> Entry:
    before, after = around.get(visit, (None, None))
    is_group = isinstance(node, Group)
    times = visit.milliseconds, visit.cpu_milliseconds
    return Entry(node.id, node.title, depth, is_group, status, visit.params, *times, before, after)


def _columns(table: NDArray[Any], columns: tuple[int, ...]) -> NDArray[np.float32]:
    if not len(table):
        return np.zeros((0, len(columns)), np.float32)
    return np.asarray(table, np.float32)[:, list(columns)]


# The values that a step drew


# These describe the image, are set by the person, or follow from other values.
NOISE = frozenset({
    "shape", "cols", "rows", "output_shape", "orig_shape", "interpolation", "mask_interpolation", "border_mode", "fill",
    "fill_mask", "matrix", "bbox_matrix", "pad_left", "pad_right", "pad_top", "pad_bottom",
})  # fmt: skip
_MAX_ITEMS = 4


def describe(params: Mapping[str, Any]) -> dict[str, str]:
    """Name -> short text: numbers have three digits, arrays their size and range; `NOISE` is left out."""
    return {name: text for name, value in params.items() if name not in NOISE and (text := _text(value))}


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return f"{float(value):.3g}"
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} {_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        shown = ", ".join(_text(part) for part in value[:_MAX_ITEMS])
        return f"({shown}, … {len(value)} in all)" if len(value) > _MAX_ITEMS else f"({shown})"
    return value if isinstance(value, str) else ""


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.size == 0:
        return ""
    if value.size <= _MAX_ITEMS:
        return _text(value.ravel().tolist())
    size = " × ".join(map(str, value.shape))
    if not np.issubdtype(value.dtype, np.number):
        return f"array {size}"
    return f"array {size}, {value.min():.3g} to {value.max():.3g}"
