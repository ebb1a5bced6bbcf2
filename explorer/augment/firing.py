"""Which seed makes steps fire: what a person sees first, and "show a seed where it fires"."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from explorer.augment.apply import AugmentError, apply_watched
from explorer.augment.pipeline import Node, Pipeline, Step, active, draws, walk
from explorer.augment.probability import effective
from explorer.data.sample import Sample


@dataclass(frozen=True)
class Search:
    """seed: None where none was found. tried: how many seeds were looked at."""

    seed: int | None
    tried: int


def fullest(sample: Sample, pipeline: Pipeline, seeds: Iterable[int], index: int = 0, seconds: float = 1.0) -> Search:
    """The first seed with which every step that can fire together fires, else the one with which the most do.

    Args:
        sample: What the pipeline is applied to; what fires can depend on its size.
        seeds: Where to look, in this order.
        index: The sample's place in its data set.
        seconds: After this time no further seed is looked at.
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
    """The first of some seeds with which one node fires. Arguments as in `fullest`."""
    tried = 0
    for seed, fired in _fired(sample, pipeline, seeds, index, seconds):
        tried += 1
        if node_id in fired:
            return Search(seed, tried)
    return Search(None, tried)


def _fired(
    sample: Sample, pipeline: Pipeline, seeds: Iterable[int], index: int, seconds: float
) -> Iterator[tuple[int, frozenset[str]]]:
    """Each seed, as long as there is time, with the ids of the nodes that fire with it."""
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
    chances = effective(pipeline.nodes)
    return sum(_can_fire(node, chances) for node in pipeline.nodes)


def _can_fire(node: Node, chances: Mapping[str, float]) -> int:
    if isinstance(node, Step):
        return int(chances[node.id] > 0)
    inside = sorted((_can_fire(child, chances) for child in active(node)), reverse=True)
    if node.kind in ("OneOf", "OneOrOther"):
        return sum(inside[:1])
    return sum(inside[: draws(node)] if node.kind in ("SomeOf", "RandomOrder") else inside)
