"""How often each node is applied, given its own p and the composers around it, and seeds with which it is applied.

The probabilities are exact and follow how albumentations 2.0.8 draws (`albumentations/core/composition.py`): OneOf
takes its children's p as weights and then forces the chosen one; SomeOf and RandomOrder choose evenly, and each chosen
child still fires with its own p; OneOrOther's p is that of its first child, and it always forces one of the two. Force
reaches a step, OneOf, Sequential and SelectiveChannelTransform; SomeOf, RandomOrder and OneOrOther ignore it.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from explorer.augment.apply import AugmentError, apply_watched
from explorer.augment.pipeline import Group, Node, Nodes, Pipeline, Step, active, draws, group_params, is_on, walk
from explorer.data.sample import Sample


def effective(nodes: Nodes) -> Mapping[str, float]:
    """Node id -> the probability, 0 to 1, that it is applied at least once to a sample; 0 for a node that is off.

    A group is applied if it fires, and so calls its children. The nodes must be valid.
    """
    found = {node.id: 0.0 for node, _ in walk(nodes)}
    for node in nodes:
        if is_on(node):
            found.update(_visit(node, forced=False))
    return found


def _visit(node: Node, forced: bool) -> Iterator[tuple[str, float]]:
    """Id and probability of the node and all below it, given that it is called once."""
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
    """Each child that is on, the probability that a visit is its own, the number of visits, and if it is forced."""
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


@dataclass(frozen=True)
class Search:
    """The seed that was found, or None, and how many seeds were tried."""

    seed: int | None
    tried: int


def fullest(sample: Sample, pipeline: Pipeline, seeds: Iterable[int], index: int = 0, seconds: float = 1.0) -> Search:
    """The first seed with which as many steps fire as can fire together, else the one with which the most do.

    Args:
        sample: The sample that the pipeline is applied to; what fires can depend on its size.
        pipeline: The pipeline.
        seeds: The seeds to try, in this order.
        index: The sample's place in its data set.
        seconds: No further seed is tried after this time.
    """
    possible, best, most, tried = most_at_once(pipeline), None, -1, 0
    steps = {node.id for node, _ in walk(pipeline.nodes) if isinstance(node, Step)}
    for seed, fired in _fired(sample, pipeline, seeds, index, seconds):
        tried += 1
        if len(fired & steps) > most:
            best, most = seed, len(fired & steps)
        if most >= possible:
            break
    return Search(best, tried)


def first(
    sample: Sample, pipeline: Pipeline, node_id: str, seeds: Iterable[int], index: int = 0, seconds: float = 1.0
) -> Search:
    """The first seed with which one node fires. Further arguments are those of `fullest`."""
    tried = 0
    for tried, (seed, fired) in enumerate(_fired(sample, pipeline, seeds, index, seconds), start=1):
        if node_id in fired:
            return Search(seed, tried)
    return Search(None, tried)


def _fired(
    sample: Sample, pipeline: Pipeline, seeds: Iterable[int], index: int, seconds: float
) -> Iterator[tuple[int, frozenset[str]]]:
    """Each seed with the ids of the nodes that fire with it, as long as there is time."""
    ends = time.monotonic() + seconds
    for seed in seeds:
        try:
            visits = apply_watched(sample, pipeline, (seed, 0, index)).visits
        except AugmentError:
            visits = []  # a seed that fails shows nothing firing
        yield seed, frozenset(visit.node_id for visit in visits if visit.fired)
        if time.monotonic() > ends:
            return


def most_at_once(pipeline: Pipeline) -> int:
    """How many steps can fire together at most."""
    chances = effective(pipeline.nodes)
    return sum(_can_fire(node, chances) for node in pipeline.nodes)


def _can_fire(node: Node, chances: Mapping[str, float]) -> int:
    if isinstance(node, Step):
        return int(chances[node.id] > 0)
    inside = sorted((_can_fire(child, chances) for child in active(node)), reverse=True)
    if node.kind in ("OneOf", "OneOrOther"):
        return sum(inside[:1])
    return sum(inside[: draws(node)] if node.kind in ("SomeOf", "RandomOrder") else inside)
