"""How two pipelines differ, step by step: a tree of what both have, what was added, removed and changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from explorer.augment.parameters import equal
from explorer.augment.pipeline import Group, Node, Nodes, Pipeline, Step, group_params, is_on
from explorer.augment.values import known

Status = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """A parameter with another value."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Row:
    """A node of either pipeline.

    Attributes:
        depth: Of the node in its tree, from 0.
        title: The transform, or the kind of the group.
        p: Its probability, in the second pipeline if it is in both.
        status: What became of it from the first pipeline to the second.
        changes: Its parameters with other values, p among them.
    """

    depth: int
    title: str
    p: float
    status: Status
    changes: tuple[Change, ...] = field(default=())


def difference(first: Pipeline, second: Pipeline) -> tuple[Row, ...]:
    """Return the nodes of both pipelines in order, parents before children. Nodes that are off are left out.

    A node that has moved counts as removed at one place and added at another one, because order has an effect.
    """
    return tuple(_of_level(first.nodes, second.nodes, 0))


def differ(first: Pipeline, second: Pipeline) -> bool:
    """Whether the pipelines do something else."""
    return any(row.status != "same" for row in difference(first, second))


def _of_level(first: Nodes, second: Nodes, depth: int) -> Iterator[Row]:
    before, after = (tuple(filter(is_on, nodes)) for nodes in (first, second))
    matcher = SequenceMatcher(None, [_kind(node) for node in before], [_kind(node) for node in after], autojunk=False)
    for tag, begin, end, begin_now, end_now in matcher.get_opcodes():
        if tag == "equal":
            for was, now in zip(before[begin:end], after[begin_now:end_now], strict=True):
                yield from _of_both(was, now, depth)
        else:
            for node in before[begin:end]:
                yield from _all(node, depth, "removed")
            for node in after[begin_now:end_now]:
                yield from _all(node, depth, "added")


def _kind(node: Node) -> tuple[str, str]:
    return node.kind, node.title


def _of_both(was: Node, now: Node, depth: int) -> Iterator[Row]:
    values = [_values(node) for node in (was, now)]
    names = dict.fromkeys([*values[0], *values[1]])
    changes = tuple(
        Change(name, *(each.get(name) for each in values))
        for name in names
        if not equal(*(each.get(name) for each in values))
    )
    yield Row(depth, now.title, now.p, "changed" if changes else "same", changes)
    if isinstance(was, Group) and isinstance(now, Group):
        yield from _of_level(was.children, now.children, depth + 1)


def _all(node: Node, depth: int, status: Status) -> Iterator[Row]:
    yield Row(depth, node.title, node.p, status)
    for child in node.children if isinstance(node, Group) else ():
        if is_on(child):
            yield from _all(child, depth + 1, status)


def _values(node: Node) -> dict[str, Any]:
    """All parameters with p, those with defaults too, since a default that is written out changes nothing."""
    params = known(node.transform, node.params) if isinstance(node, Step) else group_params(node)
    return {**params, "p": node.p}
