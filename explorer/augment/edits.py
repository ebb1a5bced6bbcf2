"""Edits of a draft: pure functions that return a new draft.

A node keeps its id wherever it moves. New ids are drawn at random, for a draft does not know what it once held: an id
is not used again within a draft's life, not even after its node is gone.
"""

import secrets
from collections.abc import Callable, Collection, Iterator
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
    Step,
    default_p,
    walk,
)
from explorer.augment.targets import TargetRules

Nodes = tuple[Node, ...]


class MissingNodeError(KeyError):
    """An edit of a node that the draft does not have."""


class TooLargeError(ValueError):
    """An edit that would make more nodes, or nest them deeper, than a pipeline may have."""


def find(draft: Draft, node_id: str) -> Node | None:
    """The node with this id at any depth, or None."""
    return next((node for node, _ in walk(draft.nodes) if node.id == node_id), None)


def place(draft: Draft, node_id: str) -> tuple[str | None, int]:
    """Where a node is: the id of the group around it (None at the top), and its index there. Raises KeyError."""
    _need(draft, node_id)
    return next(found for inner, found in _places(draft.nodes) if inner == node_id)


def level(draft: Draft, parent: str | None) -> Nodes:
    """The children of a group, or the nodes at the top where `parent` is None. Raises KeyError where it is no group."""
    return draft.nodes if parent is None else _need_group(draft, parent).children


def add(draft: Draft, name: str, after: str | None) -> tuple[Draft, str]:
    """The draft with a new step or an empty group, and its id. name: of a transform, or a kind of group.

    Where the node `after` is a group it goes into it, at its end; else right behind it at the same level; at the end of
    the pipeline where `after` is None or gone. Raises KeyError for an unknown name, TooLargeError.
    """
    node = _new(draft, name)
    beside = None if after is None else find(draft, after)
    parent, at = (None, len(draft.nodes)) if beside is None else _behind(draft, beside.id)
    if isinstance(beside, Group):
        parent, at = beside.id, len(beside.children)
    return _fits(draft, _insert(draft, parent, at, (node,))), node.id


def wrap(draft: Draft, node_ids: Collection[str], kind: GroupKind) -> tuple[Draft, str]:
    """The draft with these siblings in a new group, in their order, at the first one's place; and the group's id.

    Raises ValueError for nodes of different levels or none, KeyError for an unknown one, TooLargeError.
    """
    parent, first, inside = _siblings(draft, node_ids)
    group = Group(id=_new_id(_ids(draft)), kind=kind, children=inside, p=_wrapped_p(kind))
    if kind == "RandomOrder":  # all of them, in another order: what its name promises
        group = _with_param(group, "n", min(len(inside), MAX_DRAWS))
    rest = level(remove(draft, node_ids), parent)
    return _fits(draft, _set_level(draft, parent, (*rest[:first], group, *rest[first:]))), group.id


def unwrap(draft: Draft, node_id: str) -> Draft:
    """The draft with a group replaced by its children; unchanged for a step. Raises KeyError."""
    node = _need(draft, node_id)
    if isinstance(node, Step):
        return draft
    return _each(draft, lambda found: node.children if found.id == node_id else (found,))


def remove(draft: Draft, node_ids: Collection[str]) -> Draft:
    """The draft without these nodes and all that is in them; one that is gone already changes nothing."""
    gone = frozenset(node_ids)
    return _each(draft, lambda node: () if node.id in gone else (node,))


def duplicate(draft: Draft, node_ids: Collection[str]) -> tuple[Draft, tuple[str, ...]]:
    """The draft with copies of these siblings right behind the last of them, and the copies' ids. Raises as `wrap`."""
    parent, _, originals = _siblings(draft, node_ids)
    taken = _ids(draft)
    copies = tuple(_renamed(node, taken) for node in originals)
    behind = place(draft, originals[-1].id)[1] + 1
    return _fits(draft, _insert(draft, parent, behind, copies)), tuple(copy.id for copy in copies)


def set_enabled(draft: Draft, node_ids: Collection[str], enabled: bool) -> Draft:
    """The draft with nodes switched on or off. Raises KeyError."""
    wanted = frozenset(node_ids)
    _need(draft, *wanted)
    return _each(draft, lambda node: (node.model_copy(update={"enabled": enabled}) if node.id in wanted else node,))


def move(draft: Draft, node_ids: Collection[str], delta: int) -> Draft:
    """The draft with these siblings `delta` places later (earlier where negative), as far as it goes. Raises as `wrap`.

    They move as one: those that were apart are together then.
    """
    parent, first, _ = _siblings(draft, node_ids)
    return move_to(draft, node_ids, parent, first + delta)


def move_out(draft: Draft, node_ids: Collection[str]) -> Draft:
    """The draft with these siblings right behind the group they were in; unchanged at the top. Raises as `wrap`."""
    parent, _, _ = _siblings(draft, node_ids)
    return draft if parent is None else move_to(draft, node_ids, *_behind(draft, parent))


def move_in(draft: Draft, node_ids: Collection[str]) -> Draft:
    """The draft with these siblings at the end of the group right above them, else at the start of the one right below.

    Unchanged where neither neighbour is a group. Raises as `wrap`.
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
    """The draft with these siblings at `index` of a group (of the top where `parent` is None), as far as it has places.

    The index counts without them. A group does not go into itself: the draft is unchanged. Raises KeyError for a parent
    that is no group, and as `wrap`.
    """
    _, _, moved = _siblings(draft, node_ids)
    level(draft, parent)
    if any(inner.id == parent for inner, _ in walk(moved)):
        return draft
    rest = remove(draft, node_ids)
    at = min(max(index, 0), len(level(rest, parent)))
    return _fits(draft, _insert(rest, parent, at, moved))


def set_param(draft: Draft, node_id: str, name: str, value: Any) -> Draft:
    """The draft with a parameter set; one that comes back to its default is left out, if it may be."""
    node = _need(draft, node_id)
    parameter = catalog()[node.transform].parameters.get(name) if isinstance(node, Step) else None
    if parameter is not None and not parameter.required and equal(value, parameter.default):
        return unset_param(draft, node_id, name)
    return _update(draft, node_id, {"params": {**node.params, name: value}})


def unset_param(draft: Draft, node_id: str, name: str) -> Draft:
    """The draft with a parameter at albumentations' default, or at the starting value of a required one."""
    node = _need(draft, node_id)
    parameter = catalog()[node.transform].parameters.get(name) if isinstance(node, Step) else None
    kept = {key: value for key, value in node.params.items() if key != name}
    if isinstance(node, Step) and parameter is not None and parameter.required:
        kept[name] = catalog()[node.transform].starts[name]
    return _update(draft, node_id, {"params": kept})


def set_group_param(draft: Draft, node_id: str, name: str, value: Any) -> Draft:
    """The draft with `n`, `replace` or `channels` of a group set; albumentations' default is left out.

    Raises KeyError where the node is no group.
    """
    changed = _with_param(_need_group(draft, node_id), name, value)
    return _update(draft, node_id, {"params": changed.params})


def set_p(draft: Draft, node_id: str, p: float) -> Draft:
    return _update(draft, node_id, {"p": float(p)})


def set_targets(draft: Draft, rules: TargetRules) -> Draft:
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


def _with_param(group: Group, name: str, value: Any) -> Group:
    kept = {key: old for key, old in group.params.items() if key != name}
    default = GROUP_PARAMS.get(group.kind, {}).get(name)
    return group.model_copy(update={"params": kept if equal(value, default) else {**kept, name: value}})


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


def _need_group(draft: Draft, node_id: str) -> Group:
    node = _need(draft, node_id)
    if isinstance(node, Step):
        raise KeyError(f"{node_id} is a step, not a group.")
    return node


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
    wanted = frozenset(node_ids)
    if not wanted:
        raise ValueError("Choose at least one node.")
    _need(draft, *wanted)
    places = [found for node_id, found in _places(draft.nodes) if node_id in wanted]
    parent, first = places[0]
    if any(other != parent for other, _ in places):
        raise ValueError(f"Choose nodes of one level. You gave {', '.join(node_ids)}.")
    return parent, first, tuple(node for node in level(draft, parent) if node.id in wanted)


def _new_id(taken: set[str]) -> str:
    """An id that is not among `taken`, and is from now on."""
    while (drawn := f"n{secrets.token_hex(4)}") in taken:
        pass
    taken.add(drawn)
    return drawn


def _renamed(node: Node, taken: set[str]) -> Node:
    update: dict[str, Any] = {"id": _new_id(taken)}
    if isinstance(node, Group):
        update["children"] = tuple(_renamed(child, taken) for child in node.children)
    return node.model_copy(update=update)


def _each(draft: Draft, change: Callable[[Node], Nodes]) -> Draft:
    """The draft with each node, at any depth, replaced by what `change` makes of it; children before their parents."""

    def changed(nodes: Nodes) -> Nodes:
        return tuple(new for node in nodes for new in change(inner(node)))

    def inner(node: Node) -> Node:
        return node.model_copy(update={"children": changed(node.children)}) if isinstance(node, Group) else node

    return draft.model_copy(update={"nodes": changed(draft.nodes)})


def _set_level(draft: Draft, parent: str | None, nodes: Nodes) -> Draft:
    if parent is None:
        return draft.model_copy(update={"nodes": nodes})
    return _update(draft, parent, {"children": nodes})


def _insert(draft: Draft, parent: str | None, at: int, nodes: Nodes) -> Draft:
    there = level(draft, parent)
    return _set_level(draft, parent, (*there[:at], *nodes, *there[at:]))


def _update(draft: Draft, node_id: str, change: dict[str, Any]) -> Draft:
    _need(draft, node_id)
    return _each(draft, lambda node: (node.model_copy(update=change) if node.id == node_id else node,))
