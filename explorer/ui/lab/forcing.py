"""Pipelines in which a certain step fires whatever the seed."""

from explorer.augment.pipeline import Draft, Group, Node, Pipeline, Step, active, draws, validate, walk


def alone(draft: Draft, node_id: str) -> Pipeline:
    """The step by itself, always applied, with the draft's rules for targets. Raises KeyError, DraftErrors."""
    for node, _ in walk(draft.nodes):
        if isinstance(node, Step) and node.id == node_id:
            return validate(draft.model_copy(update={"nodes": (_on(node),)}))
    raise KeyError(f"The draft has no step {node_id}.")


def within(draft: Draft, node_id: str) -> Pipeline:
    """The whole pipeline, in which the step and all composers around it always fire, and each chooses it.

    Where a composer chooses among its steps, the ones beside it are off. Raises KeyError, DraftErrors.
    """
    if not any(isinstance(node, Step) and node.id == node_id for node, _ in walk(draft.nodes)):
        raise KeyError(f"The draft has no step {node_id}.")
    return validate(draft.model_copy(update={"nodes": tuple(_forced(node, node_id) for node in draft.nodes)}))


def _on(node: Step) -> Step:
    return node.model_copy(update={"p": 1.0, "enabled": True})


def _forced(node: Node, node_id: str) -> Node:
    """A node in which the step always fires; one that does not hold it stays as it is."""
    if isinstance(node, Step):
        return _on(node) if node.id == node_id else node
    if all(inner.id != node_id for inner, _ in walk(node.children)):
        return node
    children = tuple(_forced(child, node_id) for child in node.children)
    group = node.model_copy(update={"children": children, "p": 1.0, "enabled": True})
    return _choosing(group, node_id)


def _choosing(group: Group, node_id: str) -> Group:
    """The composer, so that what it chooses is the child with the step in it."""
    at = next(i for i, child in enumerate(group.children) if any(inner.id == node_id for inner, _ in walk((child,))))
    if group.kind == "OneOrOther":
        on = [child.id for child in active(group)]
        return group.model_copy(update={"p": 1.0 if on.index(group.children[at].id) == 0 else 0.0})
    # RandomOrder and SomeOf apply each chosen step with its own p, which is 1 by now.
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
