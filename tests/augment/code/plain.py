"""What was found in code as plain values, without ids, as the expectations beside the cases write it."""

from collections.abc import Iterable
from typing import Any

from explorer.augment.code import FoundPipeline, Generation
from explorer.augment.pipeline import Group, Node
from explorer.augment.targets import TargetRules


def plain(found: Iterable[FoundPipeline]) -> list[dict[str, Any]]:
    """One entry for each pipeline; rules of targets only where they are not the usual ones."""
    return [_one(one) for one in found]


def _one(found: FoundPipeline) -> dict[str, Any]:
    return {
        "title": found.title,
        "line": found.line,
        "nodes": nodes(found.draft.nodes),
        "targets": _changed(found.draft.targets),
        "notes": [f"{note.line} {note.kind}: {note.text}" for note in found.notes],
        "unknowns": [f"{one.line} {one.name} ({one.where})" for one in found.unknowns],
        **_open(found.generation),
    }


def _open(generation: Generation | None) -> dict[str, Any]:
    """For which generation it was read and which steps the other one would change, where nothing decides it."""
    if generation is None or not generation.is_open:
        return {}
    differ = [f"{one.line} {one.step}: {one.old} / {one.new}" for one in generation.steps]
    return {"read as": generation.version, "why": generation.why, "differ": differ}


def nodes(level: Iterable[Node]) -> list[list[Any]]:
    """[name, p, params] for each step; a fourth part for what is in a group."""
    return [_node(node) for node in level]


def _node(node: Node) -> list[Any]:
    if isinstance(node, Group):
        return [node.kind, node.p, node.params, nodes(node.children)]
    return [node.transform, node.p, node.params]


def _changed(rules: TargetRules) -> dict[str, Any]:
    own, usual = rules.model_dump(), TargetRules().model_dump()
    return {name: value for name, value in own.items() if value != usual[name]}
