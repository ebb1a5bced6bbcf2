"""How often each node is really applied: its own p, times what the composers around it leave of it.

Worked out exactly, from how albumentations 2.0.8 draws (`albumentations/core/composition.py`): OneOf takes its
children's p as weights and then forces the chosen one; SomeOf and RandomOrder choose evenly, and each chosen child
still fires with its own p; OneOrOther's p is that of its first child, and it always forces one of the two. Force
reaches a step, OneOf, Sequential and SelectiveChannelTransform; SomeOf, RandomOrder and OneOrOther ignore it.
"""

from collections.abc import Iterator, Mapping

from explorer.augment.pipeline import Group, Node, Step, active, draws, group_params, is_on, walk


def effective(nodes: tuple[Node, ...]) -> Mapping[str, float]:
    """Node id -> the probability, 0 to 1, that it is applied at least once to a sample; 0 for what is off.

    For a group: that it fires and so calls its children. The nodes must be valid.
    """
    found = {node.id: 0.0 for node, _ in walk(nodes)}
    for node in nodes:
        if is_on(node):
            found.update(_visit(node, forced=False))
    return found


def _visit(node: Node, forced: bool) -> Iterator[tuple[str, float]]:
    """(id, probability) of the node and all below it, given that it is called once."""
    fires = _fires(node, forced)
    yield node.id, fires
    if isinstance(node, Group):
        for child, share, visits, force in _calls(node):
            # Each visit is a draw of its own: at least one of `visits` independent ones.
            yield from ((key, fires * (1 - (1 - share * p) ** visits)) for key, p in _visit(child, force))


def _fires(node: Node, forced: bool) -> float:
    if isinstance(node, Step):
        return 1.0 if forced and node.p > 0 else node.p
    if node.kind == "OneOrOther":
        return 1.0
    return 1.0 if forced and node.kind not in ("SomeOf", "RandomOrder") else node.p


def _calls(group: Group) -> Iterator[tuple[Node, float, int, bool]]:
    """Each child that is on: the chance that a visit is its own, how many visits there are, whether it is forced."""
    on = active(group)
    if group.kind == "OneOf":
        total = sum(child.p for child in on)
        yield from ((child, child.p / total, 1, True) for child in on)
    elif group.kind == "OneOrOther":
        yield from ((child, p, 1, True) for child, p in zip(on, (group.p, 1 - group.p), strict=True))
    elif group.kind in ("SomeOf", "RandomOrder"):
        count = draws(group)
        with_replacement = bool(group_params(group)["replace"])
        share, visits = (1 / len(on), count) if with_replacement else (count / len(on), 1)
        yield from ((child, share, visits, False) for child in on)
    else:
        yield from ((child, 1.0, 1, False) for child in on)
