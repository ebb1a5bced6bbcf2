"""Edits of a draft: pure functions that return a new draft.

A node keeps its id wherever it moves. New ids are random, since a draft does not know which nodes it once had: an id is
not used again within a draft's life, not even after its node is gone.
"""

from collections.abc import Callable, Collection, Iterator
from secrets import token_hex
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.parameters import equal
from explorer.augment.pipeline import (
    GROUP_KINDS,
    GROUP_PARAMS,
    MAX_DEPTH,
    MAX_DRAWS,
    MAX_NODES,
    Draft,
    Group,
    GroupKind,
    Node,
    Nodes,
    Step,
    default_p,
    rebuilt,
    walk,
)
from explorer.augment.targets import TargetRules


class MissingNodeError(KeyError):
    """An edit of a node that the draft does not have."""


class TooLargeError(ValueError):
    """An edit that would make more nodes, or nest them deeper, than a pipeline may have."""


def find(draft: Draft, node_id: str) -> Node | None:
    """The node with this id at any depth, or None."""
    return next((node for node, _ in walk(draft.nodes) if node.id == node_id), None)


def place(draft: Draft, node_id: str) -> tuple[str | None, int]:
    """The id of the group around a node (None at the top) and the node's index there. Raises MissingNodeError."""
    _need(draft, node_id)
    return dict(_places(draft.nodes))[node_id]


def level(draft: Draft, parent: str | None) -> Nodes:
    """The children of a group, or the nodes at the top for None. Raises KeyError if it is no group."""
    if parent is None:
        return draft.nodes
    node = _need(draft, parent)
    if isinstance(node, Step):
        raise KeyError(f"{parent} is a step, not a group.")
    return node.children


def add(draft: Draft, name: str, after: str | None) -> tuple[Draft, str]:
    """Add a new step or an empty group, and also return its id. Raises KeyError for an unknown name, TooLargeError.

    Args:
        draft: The draft to add to.
        name: Name of a transform, or a kind of group.
        after: A group gets the node at its end, a step right behind itself. None, or the id of a node that is gone,
            adds it at the end of the pipeline.
    """
    node = _new(draft, name)
    beside = None if after is None else find(draft, after)
    parent, at = (None, len(draft.nodes)) if beside is None else _behind(draft, beside.id)
    if isinstance(beside, Group):
        parent, at = beside.id, len(beside.children)
    return _fits(draft, _insert(draft, parent, at, (node,))), node.id


def wrap(draft: Draft, node_ids: Collection[str], kind: GroupKind) -> tuple[Draft, str]:
    """Put siblings, in their order, into a new group at the place of the first one; also return the group's id.

    Raises ValueError for nodes of different levels or none, MissingNodeError for unknown ones, and TooLargeError.
    """
    parent, first, inside = _siblings(draft, node_ids)
    # RandomOrder draws all of them: that is the order that its name promises.
    params = _with_param(Group(id="new", kind=kind), "n", min(len(inside), MAX_DRAWS)) if kind == "RandomOrder" else {}
    group = Group(id=_new_id(_ids(draft)), kind=kind, children=inside, p=_wrapped_p(kind), params=params)
    return _fits(draft, _insert(remove(draft, node_ids), parent, first, (group,))), group.id


def unwrap(draft: Draft, node_id: str) -> Draft:
    """Replace a group by its children; a step stays as it is. Raises MissingNodeError."""
    node = _need(draft, node_id)
    if isinstance(node, Step):
        return draft
    return _rebuilt(draft, lambda found: node.children if found.id == node_id else (found,))


def remove(draft: Draft, node_ids: Collection[str]) -> Draft:
    """Remove nodes with all that is in them; one that is gone already changes nothing."""
    return _rebuilt(draft, lambda node: () if node.id in node_ids else (node,))


def duplicate(draft: Draft, node_ids: Collection[str]) -> tuple[Draft, tuple[str, ...]]:
    """Copy siblings right behind the last of them; also return the copies' ids. Raises as `wrap` does."""
    parent, _, originals = _siblings(draft, node_ids)
    taken = _ids(draft)
    copies = rebuilt(originals, lambda node: (node.model_copy(update={"id": _new_id(taken)}),))
    behind = place(draft, originals[-1].id)[1] + 1
    return _fits(draft, _insert(draft, parent, behind, copies)), tuple(copy.id for copy in copies)


def set_enabled(draft: Draft, node_ids: Collection[str], enabled: bool) -> Draft:
    """Switch nodes on or off. Raises MissingNodeError."""
    return _update(draft, node_ids, {"enabled": enabled})


def move(draft: Draft, node_ids: Collection[str], delta: int) -> Draft:
    """Move siblings `delta` places later (earlier if negative), as far as it goes. Raises as `wrap` does.

    They move as one: those that were apart are together then.
    """
    parent, first, _ = _siblings(draft, node_ids)
    return move_to(draft, node_ids, parent, first + delta)


def move_out(draft: Draft, node_ids: Collection[str]) -> Draft:
    """Move siblings right behind the group that they are in; at the top nothing changes. Raises as `wrap` does."""
    parent, _, _ = _siblings(draft, node_ids)
    return draft if parent is None else move_to(draft, node_ids, *_behind(draft, parent))


def move_in(draft: Draft, node_ids: Collection[str]) -> Draft:
    """Move siblings to the end of the group right above them, else to the start of the one right below.

    Nothing changes if neither neighbor is a group. Raises as `wrap` does.
    """
    parent, first, moved = _siblings(draft, node_ids)
    siblings = level(draft, parent)
    for above in siblings[:first][-1:]:
        if isinstance(above, Group):
            return move_to(draft, node_ids, above.id, len(above.children))
    for below in siblings[place(draft, moved[-1].id)[1] + 1 :][:1]:
        if isinstance(below, Group):
            return move_to(draft, node_ids, below.id, 0)
    return draft


def move_to(draft: Draft, node_ids: Collection[str], parent: str | None, index: int) -> Draft:
    """Move siblings to `index` of a group, or of the top if `parent` is None; a group does not move into itself.

    The index counts without them and is limited to the places that there are. Raises KeyError for a parent that is no
    group, and as `wrap` does.
    """
    _, _, moved = _siblings(draft, node_ids)
    level(draft, parent)
    if any(inner.id == parent for inner, _ in walk(moved)):
        return draft
    rest = remove(draft, node_ids)
    at = min(max(index, 0), len(level(rest, parent)))
    return _fits(draft, _insert(rest, parent, at, moved))


def set_param(draft: Draft, node_id: str, name: str, value: Any) -> Draft:
    """Set a parameter of a step or a group; a default is left out, unless the parameter is required."""
    return _update(draft, (node_id,), {"params": _with_param(_need(draft, node_id), name, value)})


def unset_param(draft: Draft, node_id: str, name: str) -> Draft:
    """Set a parameter to albumentations' default, or a required one to its starting value."""
    node = _need(draft, node_id)
    kept = {key: value for key, value in node.params.items() if key != name}
    if isinstance(node, Step) and _is_required(node, name):
        kept[name] = catalog()[node.transform].starts[name]
    return _update(draft, (node_id,), {"params": kept})


def set_p(draft: Draft, node_id: str, p: float) -> Draft:
    """Set the probability of a node."""
    return _update(draft, (node_id,), {"p": float(p)})


def set_targets(draft: Draft, rules: TargetRules) -> Draft:
    """Set the rules for masks, boxes and keypoints."""
    return draft.model_copy(update={"targets": rules})


def _wrapped_p(kind: GroupKind) -> float:
    # Sequential: a frame alone changes nothing. OneOf: people wrap to get the choice; with albumentations' 0.5 half of
    # the samples would get none of the steps, which looks like a mistake.
    return 1.0 if kind in ("Sequential", "OneOf") else default_p(kind)


def _new(draft: Draft, name: str) -> Node:
    node_id = _new_id(_ids(draft))
    if name in GROUP_KINDS:
        return Group(id=node_id, kind=name, p=default_p(name))
    offered = catalog()[name]
    return Step(id=node_id, transform=name, params={**offered.starts, **offered.gentle}, p=offered.default_p)


def _is_required(step: Step, name: str) -> bool:
    parameter = catalog()[step.transform].parameters.get(name)
    return parameter is not None and parameter.required


def _with_param(node: Node, name: str, value: Any) -> dict[str, Any]:
    """The parameters of a node with one of them set."""
    if isinstance(node, Step):
        known = {key: one.default for key, one in catalog()[node.transform].parameters.items() if not one.required}
    else:
        known = dict(GROUP_PARAMS.get(node.kind, {}))
    params = {**node.params, name: value}
    if name in known and equal(value, known[name]):
        del params[name]
    return params


def _fits(before: Draft, after: Draft) -> Draft:
    """`after`, if it is within the limits; a draft from elsewhere that is beyond them may still shrink."""
    (count, depth), (old_count, old_depth) = _extent(after), _extent(before)
    if count > max(MAX_NODES, old_count):
        raise TooLargeError(f"A pipeline has at most {MAX_NODES} nodes; this would make {count}.")
    if depth > max(MAX_DEPTH, old_depth):
        raise TooLargeError(f"Groups are nested at most {MAX_DEPTH} deep; this would make {depth}.")
    return after


def _ids(draft: Draft) -> set[str]:
    return {node.id for node, _ in walk(draft.nodes)}


def _extent(draft: Draft) -> tuple[int, int]:
    depths = [depth for _, depth in walk(draft.nodes)]
    return len(depths), max(depths, default=0)


def _need(draft: Draft, *node_ids: str) -> Node:
    """The first of some nodes, all of which the draft has to have."""
    found = {node.id: node for node, _ in walk(draft.nodes)}
    if missing := set(node_ids) - set(found):
        raise MissingNodeError(f"The draft has no node {', '.join(sorted(missing))}.")
    return found[node_ids[0]]


def _places(nodes: Nodes, parent: str | None = None) -> Iterator[tuple[str, tuple[str | None, int]]]:
    for at, node in enumerate(nodes):
        yield node.id, (parent, at)
        if isinstance(node, Group):
            yield from _places(node.children, node.id)


def _behind(draft: Draft, node_id: str) -> tuple[str | None, int]:
    parent, at = place(draft, node_id)
    return parent, at + 1


def _siblings(draft: Draft, node_ids: Collection[str]) -> tuple[str | None, int, Nodes]:
    """The group around siblings, the index of the first of them, and the nodes in their order."""
    if not node_ids:
        raise ValueError("Choose at least one node.")
    _need(draft, *node_ids)
    places = [found for node_id, found in _places(draft.nodes) if node_id in node_ids]
    parent, first = places[0]
    if any(other != parent for other, _ in places):
        raise ValueError(f"Choose nodes of one level. You gave {', '.join(node_ids)}.")
    return parent, first, tuple(node for node in level(draft, parent) if node.id in node_ids)


def _new_id(taken: set[str]) -> str:
    """An id that is not among `taken`, which is added to them."""
    while (drawn := f"n{token_hex(4)}") in taken:
        pass
    taken.add(drawn)
    return drawn


def _rebuilt(draft: Draft, change: Callable[[Node], Nodes]) -> Draft:
    return draft.model_copy(update={"nodes": rebuilt(draft.nodes, change)})


def _insert(draft: Draft, parent: str | None, at: int, nodes: Nodes) -> Draft:
    there = level(draft, parent)
    longer = (*there[:at], *nodes, *there[at:])
    if parent is None:
        return draft.model_copy(update={"nodes": longer})
    return _update(draft, (parent,), {"children": longer})


def _update(draft: Draft, node_ids: Collection[str], change: dict[str, Any]) -> Draft:
    _need(draft, *node_ids)
    return _rebuilt(draft, lambda node: (node.model_copy(update=change) if node.id in node_ids else node,))
