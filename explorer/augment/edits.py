"""Edits of a draft: pure functions that return a new draft. Ids are never used again within a draft's life."""

from collections.abc import Callable
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Draft, Group, Node, Step, walk

Nodes = tuple[Node, ...]


def find(draft: Draft, node_id: str) -> Node | None:
    """The node with this id at any depth, or None."""
    return next((node for node, _ in walk(draft.nodes) if node.id == node_id), None)


def add(draft: Draft, transform: str, after: str | None) -> tuple[Draft, str]:
    """The draft with a new step behind the node `after` (at the end where it is None or gone), and the step's id.

    Raises KeyError for a name that the catalog does not have.
    """
    offered = catalog()[transform]
    step = Step(id=_new_id(draft), transform=transform, params=dict(offered.starts), p=offered.default_p)
    if after is None or find(draft, after) is None:
        return _with(draft, (*draft.nodes, step)), step.id
    return _with(draft, _insert(draft.nodes, after, step)), step.id


def remove(draft: Draft, node_id: str) -> Draft:
    """The draft without this node and all that is in it."""
    return _with(draft, _replace(draft.nodes, node_id, lambda node: ()))


def duplicate(draft: Draft, node_id: str) -> tuple[Draft, str]:
    """The draft with a copy of the node right behind it, and the copy's id. Raises KeyError."""
    node = _need(draft, node_id)
    copy = _renamed(node, _numbers(draft))
    return _with(draft, _insert(draft.nodes, node_id, copy)), copy.id


def move(draft: Draft, node_id: str, delta: int) -> Draft:
    """The draft with the node `delta` places later (earlier where negative) among its neighbours, as far as it goes."""
    return _with(draft, _shift(draft.nodes, node_id, delta))


def set_param(draft: Draft, node_id: str, name: str, value: Any) -> Draft:
    """The draft with a parameter set; one that comes back to its default is left out, if it may be."""
    node = _need(draft, node_id)
    parameter = catalog()[node.transform].parameters.get(name) if isinstance(node, Step) else None
    if parameter is not None and not parameter.required and _same(value, parameter.default):
        return unset_param(draft, node_id, name)
    return _update(draft, node_id, lambda found: {"params": {**found.params, name: value}})


def _same(value: Any, default: Any) -> bool:
    return value == default and isinstance(value, bool) == isinstance(default, bool)


def unset_param(draft: Draft, node_id: str, name: str) -> Draft:
    """The draft with a parameter at albumentations' default, or at the starting value of a required one."""
    node = _need(draft, node_id)
    starts = catalog()[node.transform].starts if isinstance(node, Step) and node.transform in catalog() else {}
    parameter = catalog()[node.transform].parameters.get(name) if isinstance(node, Step) else None
    kept = {key: value for key, value in node.params.items() if key != name}
    if parameter is not None and parameter.required:
        kept[name] = starts[name]
    return _update(draft, node_id, lambda _: {"params": kept})


def set_p(draft: Draft, node_id: str, p: float) -> Draft:
    """The draft with the probability of a node set."""
    return _update(draft, node_id, lambda _: {"p": p})


def set_enabled(draft: Draft, node_id: str, enabled: bool) -> Draft:
    """The draft with a node switched on or off."""
    return _update(draft, node_id, lambda _: {"enabled": enabled})


def _with(draft: Draft, nodes: Nodes) -> Draft:
    return draft.model_copy(update={"nodes": nodes})


def _need(draft: Draft, node_id: str) -> Node:
    node = find(draft, node_id)
    if node is None:
        raise KeyError(f"The draft has no node {node_id}.")
    return node


def _numbers(draft: Draft) -> list[int]:
    """The numbers of all ids `n<number>`; the list is extended by `_next`."""
    found = [int(node.id[1:]) for node, _ in walk(draft.nodes) if node.id[:1] == "n" and node.id[1:].isdigit()]
    return [max(found, default=0)]


def _new_id(draft: Draft) -> str:
    return _next(_numbers(draft))


def _next(numbers: list[int]) -> str:
    numbers.append(numbers[-1] + 1)
    return f"n{numbers[-1]}"


def _renamed(node: Node, numbers: list[int]) -> Node:
    update: dict[str, Any] = {"id": _next(numbers)}
    if isinstance(node, Group):
        update["children"] = tuple(_renamed(child, numbers) for child in node.children)
    return node.model_copy(update=update)


def _replace(nodes: Nodes, node_id: str, change: Callable[[Node], Nodes]) -> Nodes:
    """The nodes with the one of this id, at any depth, replaced by what `change` makes of it."""
    found: list[Node] = []
    for node in nodes:
        if node.id == node_id:
            found.extend(change(node))
        elif isinstance(node, Group):
            children = _replace(node.children, node_id, change)
            found.append(node if children == node.children else node.model_copy(update={"children": children}))
        else:
            found.append(node)
    return tuple(found)


def _insert(nodes: Nodes, after: str, new: Node) -> Nodes:
    return _replace(nodes, after, lambda node: (node, new))


def _update(draft: Draft, node_id: str, change: Callable[[Node], dict[str, Any]]) -> Draft:
    _need(draft, node_id)
    return _with(draft, _replace(draft.nodes, node_id, lambda node: (node.model_copy(update=change(node)),)))


def _shift(nodes: Nodes, node_id: str, delta: int) -> Nodes:
    ids = [node.id for node in nodes]
    if node_id in ids:
        at = ids.index(node_id)
        rest = [*nodes[:at], *nodes[at + 1 :]]
        rest.insert(min(max(at + delta, 0), len(rest)), nodes[at])
        return tuple(rest)
    return tuple(
        node.model_copy(update={"children": _shift(node.children, node_id, delta)}) if isinstance(node, Group) else node
        for node in nodes
    )
