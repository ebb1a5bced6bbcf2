"""What each node of a pipeline did to one sample: one pass, and the result is that of `augment`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import albumentations as A
import numpy as np
from albumentations.core.bbox_utils import denormalize_bboxes
from numpy.typing import NDArray

from explorer.augment import outline
from explorer.augment.apply import AugmentedSample, apply_watched
from explorer.augment.observe import Visit
from explorer.augment.pipeline import Group, GroupKind, Node, Pipeline, Step, is_on
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
    """A sample between two steps; as in `AugmentedSample`. Inside SelectiveChannelTransform: the chosen channels.

    Boxes and keypoints are worked out when they are asked for, from albumentations' inner formats. What the pipeline's
    rules drop between two steps is dropped here too.
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
    """A node on the way from input to output; a node that was called twice has two.

    depth: 0 at the top. params: what a step drew. milliseconds: 0 where it was not called; a group's with all in it.
    cpu_milliseconds: of them those in which the thread had a processor. before, after: of steps that were called.
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
    """entries: all nodes in the order of application, groups before what is in them."""

    result: AugmentedSample
    entries: tuple[Entry, ...]
    _compose: A.Compose = field(repr=False)

    def outline(self, entry: Entry | None = None) -> NDArray[np.float64] | None:
        """Where on the image before it lies what a step, or by default the whole pipeline, shows.

        Args:
            entry: A step; one that was not applied shows what it was given.

        Returns:
            The corners as `outline.corners` gives them; None where no step has moved a pixel.

        Raises:
            BentError: Where a step bends the image, so that there are no four corners.
        """
        if entry is not None and entry.status is not Status.APPLIED:
            return None
        made = outline.steps(self._compose)
        matrices, size = [], self.result.image.shape[:2]
        for step, partly in _applied(self.entries) if entry is None else [(entry, False)]:
            if step.before is None or step.after is None or not outline.moves(made[step.node_id]):
                continue
            if partly:
                raise outline.BentError(step.title)
            matrices.append(outline.homography(made[step.node_id], step.params, step.before.image.shape[:2]))
            size = step.after.image.shape[:2]
        return outline.corners(matrices, size) if matrices else None


def _applied(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, bool]]:
    """The steps that were applied, and whether to some of the channels only."""
    around: int | None = None  # the depth of the SelectiveChannelTransform that the entry is in
    for entry in entries:
        if around is not None and entry.depth <= around:
            around = None
        if entry.is_group and entry.title == _SOME_CHANNELS and around is None:
            around = entry.depth
        if entry.status is Status.APPLIED and not entry.is_group:
            yield entry, around is not None


def trace(sample: Sample, pipeline: Pipeline, seed: int, epoch: int = 0, index: int = 0) -> Trace:
    """Apply the pipeline as `augment` does, and say what each node did. Raises AugmentError."""
    watched = apply_watched(sample, pipeline, (seed, epoch, index), keep=True)
    calls = _tree(watched.visits, _Snapshots(watched.compose))
    return Trace(watched.result, tuple(_level(pipeline.nodes, calls, Status.NOT_REACHED, 0)), watched.compose)


class _Snapshots:
    """The snapshots of one pass, each made once."""

    def __init__(self, compose: A.Compose) -> None:
        self._compose = compose
        self._last: tuple[dict[str, Any], Snapshot] | None = None

    def around(self, visit: Visit) -> tuple[Snapshot | None, Snapshot | None]:
        """Before and after a step; most often "before" is what was after the step before it."""
        if visit.before is None or visit.after is None:
            return None, None  # a composer
        before = self._take(visit.before)
        after = self._take(visit.after) if visit.fired else before
        self._last = visit.after, after
        return before, after

    def _take(self, data: dict[str, Any]) -> Snapshot:
        if self._last is not None and all(data.get(name) is self._last[0].get(name) for name in ("image", "mask")):
            return self._last[1]
        return Snapshot(data["image"], data.get("mask"), data, self._compose)


@dataclass(frozen=True, eq=False)
class _Call:
    visit: Visit
    before: Snapshot | None
    after: Snapshot | None
    inside: "tuple[_Call, ...]"


def _tree(visits: list[Visit], snapshots: _Snapshots) -> tuple[_Call, ...]:
    """Visits in the order in which they began, each with its depth, as a tree."""
    calls: list[_Call] = []
    at = 0
    while at < len(visits):
        end = next((i for i in range(at + 1, len(visits)) if visits[i].depth <= visits[at].depth), len(visits))
        around = snapshots.around(visits[at])
        calls.append(_Call(visits[at], *around, _tree(visits[at + 1 : end], snapshots)))
        at = end
    return tuple(calls)


def _level(nodes: tuple[Node, ...], calls: tuple[_Call, ...], uncalled: Status, depth: int) -> Iterator[Entry]:
    """The entries of one level: nodes that were called in the order of their calls, the others in their place."""
    by_id = {node.id: node for node in nodes}
    waiting = list(calls)
    for node in nodes:
        mine = [call for call in calls if call.visit.node_id == node.id]
        if not mine:
            yield from _uncalled(node, uncalled if is_on(node) else Status.OFF, depth)
        else:
            # RandomOrder calls in an order of its own: as many as this node had calls take this place.
            for call in waiting[: len(mine)]:
                yield from _called(by_id[call.visit.node_id], call, depth)
            waiting = waiting[len(mine) :]


def _uncalled(node: Node, status: Status, depth: int) -> Iterator[Entry]:
    is_group = isinstance(node, Group)
    yield Entry(node.id, _title(node), depth, is_group, status, {}, 0.0)
    for child in node.children if isinstance(node, Group) else ():
        yield from _uncalled(child, Status.NOT_REACHED if is_on(child) else Status.OFF, depth + 1)


def _called(node: Node, call: _Call, depth: int) -> Iterator[Entry]:
    visit = call.visit
    status = Status.APPLIED if visit.fired else Status.SKIPPED
    yield Entry(
        node_id=node.id,
        title=_title(node),
        depth=depth,
        is_group=isinstance(node, Group),
        status=status,
        params=visit.params,
        milliseconds=visit.milliseconds,
        cpu_milliseconds=visit.cpu_milliseconds,
        before=call.before,
        after=call.after,
    )
    if isinstance(node, Group):
        yield from _level(
            node.children, call.inside, Status.NOT_CHOSEN if visit.fired else Status.NOT_REACHED, depth + 1
        )


def _title(node: Node) -> str:
    return node.transform if isinstance(node, Step) else node.kind


def _columns(table: NDArray[Any], columns: tuple[int, ...]) -> NDArray[np.float32]:
    if not len(table):
        return np.zeros((0, len(columns)), np.float32)
    return np.asarray(table, np.float32)[:, list(columns)]
