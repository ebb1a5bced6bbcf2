"""Pipelines in which a certain step fires with every seed."""

from explorer.augment.pipeline import Draft, Group, Node, Pipeline, Step, active, draws, validate, walk


def alone(draft: Draft, node_id: str) -> Pipeline:
    """Return the step by itself, always applied, with the draft's target rules. Raises KeyError, DraftErrors."""
    return validate(draft.model_copy(update={"nodes": (_on(_step(draft, node_id)),)}))


def within(draft: Draft, node_id: str) -> Pipeline:
    """Return the whole pipeline, in which the step and all composers around it always fire, and each chooses it.

    The other steps of a composer that chooses are off. Raises KeyError, DraftErrors.
    """
    _step(draft, node_id)
    return validate(draft.model_copy(update={"nodes": tuple(_forced(node, node_id) for node in draft.nodes)}))


def _step(draft: Draft, node_id: str) -> Step:
    for node, _ in walk(draft.nodes):
        if isinstance(node, Step) and node.id == node_id:
            return node
    raise KeyError(f"The draft has no step {node_id}.")


def _on(node: Step) -> Step:
    return node.model_copy(update={"p": 1.0, "enabled": True})


def _forced(node: Node, node_id: str) -> Node:
    """Return the node with the step always firing; a node that does not contain the step is unchanged."""
    if isinstance(node, Step):
        return _on(node) if node.id == node_id else node
    if all(inner.id != node_id for inner, _ in walk(node.children)):
        return node
    children = tuple(_forced(child, node_id) for child in node.children)
    group = node.model_copy(update={"children": children, "p": 1.0, "enabled": True})
    return _choosing(group, node_id)


def _choosing(group: Group, node_id: str) -> Group:
    """Return the composer changed so that it chooses the child that contains the step."""
    at = next(i for i, child in enumerate(group.children) if any(inner.id == node_id for inner, _ in walk((child,))))
    if group.kind == "OneOrOther":
        on = [child.id for child in active(group)]
        return group.model_copy(update={"p": 1.0 if on.index(group.children[at].id) == 0 else 0.0})
    # RandomOrder and SomeOf apply each chosen step with its own p, which is already 1 here.
    chooses = group.kind == "OneOf" or (group.kind in ("SomeOf", "RandomOrder") and draws(group) < len(active(group)))
    repeats = group.kind in ("SomeOf", "RandomOrder") and bool(group.params.get("replace"))
    if not chooses and not repeats:
        return group
    children = tuple(
        child if index == at else child.model_copy(update={"enabled": False})
        for index, child in enumerate(group.children)
    )
    params = {name: value for name, value in group.params.items() if name not in ("n", "replace")}
    return group.model_copy(update={"children": children, "params": params})
