"""How large an image gets on its way through a pipeline: the largest that chance can make it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.augment.pipeline import Group, Node, Pipeline, Step, draws, group_params, is_on
from explorer.augment.size_rules import Size, Sizes, area, result_sizes

_ROUNDS = 100  # as often as a group draws at most
_MANY = 16  # sizes that an image may have at one place in a pipeline; of more the largest are followed


def output_size(pipeline: Pipeline, size: Size) -> Size:
    """The largest size that an image of `size` can have after all steps."""
    return max(_through(pipeline.nodes, (size,), _Walk({})), key=area)


def step_sizes(pipeline: Pipeline, size: Size) -> Mapping[str, Size]:
    """Step id -> the largest size with which it can be called; nothing for steps that never are.

    Args:
        pipeline: any.
        size: of the image that the pipeline gets.
    """
    met: dict[str, Size] = {}
    _through(pipeline.nodes, (size,), _Walk(met))
    return met


@dataclass(frozen=True)
class _Walk:
    """met: step id -> the largest size so far. rounds: how often a step may be gone through, so that groups in groups
    that draw many times end: what would come later is not followed.
    """

    met: dict[str, Size]
    rounds: int = _ROUNDS

    def each_of(self, times: int) -> "_Walk":
        """A share of the rounds, for what is gone through so often."""
        return replace(self, rounds=max(1, self.rounds // times))


def _through(nodes: Sequence[Node], sizes: Sizes, walk: _Walk) -> Sizes:
    for node in nodes:
        p = 1.0 if node.kind == "OneOrOther" else node.p  # whose p is that of its first child
        if is_on(node) and p > 0:
            fired = _group(node, sizes, walk) if isinstance(node, Group) else _fired(node, sizes, walk)
            sizes = fired if p == 1 or fired == sizes else _distinct((*sizes, *fired))
    return sizes


def _fired(step: Step, sizes: Sizes, walk: _Walk) -> Sizes:
    walk.met[step.id] = max(*sizes, walk.met.get(step.id, (0, 0)), key=area)
    results = result_sizes(step.transform, step.params, sizes)
    return sizes if results == sizes else _distinct(results)


def _group(group: Group, sizes: Sizes, walk: _Walk) -> Sizes:
    if group.kind in ("OneOf", "OneOrOther"):
        return _either(group, sizes, walk)
    if group.kind not in ("SomeOf", "RandomOrder"):
        return _through(group.children, sizes, walk)
    count = draws(group)
    if group_params(group)["replace"] or count == 1:
        return _repeatedly(group, sizes, walk, min(count, walk.rounds))
    there = _skipping(group.children, sizes, walk.each_of(2))
    if walk.rounds == 1 or group.kind == "SomeOf":
        return there
    return _distinct((*there, *_skipping(group.children[::-1], sizes, walk.each_of(2))))


def _repeatedly(group: Group, sizes: Sizes, walk: _Walk, times: int) -> Sizes:
    for _ in range(times):
        further = _either(group, sizes, walk.each_of(times))
        if set(further) <= set(sizes):
            break
        sizes = _distinct((*sizes, *further))
    return sizes


def _either(group: Group, sizes: Sizes, walk: _Walk) -> Sizes:
    found = [_through((child,), sizes, walk) for child in group.children if is_on(child)]
    return sizes if all(one == sizes for one in found) else _distinct(size for one in found for size in one)


def _skipping(nodes: Sequence[Node], sizes: Sizes, walk: _Walk) -> Sizes:
    """Go through all nodes, of which each may be left out."""
    for node in nodes:
        fired = _through((node,), sizes, walk)
        sizes = sizes if fired == sizes else _distinct((*sizes, *fired))
    return sizes


def _distinct(sizes: Iterable[Size]) -> Sizes:
    return tuple(sorted(set(sizes), key=area, reverse=True)[:_MANY])
