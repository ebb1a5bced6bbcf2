"""Greedy search over sets of candidates: steps are added or exchanged while they help, and dropped where they do not.

The candidates of a round are thinned out by successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943): all
are judged with few views, and the best of them with more. What is compared are the losses of the same images, so that
a step is taken only where its gain is beyond the scatter of the images.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from explorer.runs.spec.plans.search import KEPT, Chosen

Losses = NDArray[np.float64]
Judge = Callable[[Sequence[Chosen], int], Losses]
"""Returns (S, n) losses of n images, each while it is held out, for S sets of candidates and a number of views."""

CHANCE = 0.05  # that any candidate of a round without a true effect gets in


@dataclass(frozen=True)
class Move:
    """A change that the search has made.

    Attributes:
        chosen: The candidates after it.
        gain: By how much the mean loss fell; below 0 where a step was dropped although the loss rose a little.
        error: The standard error of that over the images.
        among: How many changes were compared.
    """

    chosen: Chosen
    gain: float
    error: float
    among: int


def search(judge: Judge, families: Sequence[str], rungs: Sequence[int], most: int) -> tuple[Move, ...]:
    """Search for the candidates that go together best.

    Args:
        judge: Judges sets of candidates.
        families: The family of each candidate; a set has at most one of each.
        rungs: Views at each rung, in rising order.
        most: Candidates in a set at most.

    Returns:
        The changes in their order; none where no candidate helps.
    """
    path: list[Move] = []
    while len(path) < 2 * most:  # exchanges could go on for long
        chosen = path[-1].chosen if path else ()
        made = _best(judge, chosen, _options(chosen, families, most), rungs)
        if made is None:
            break
        path.append(made)
    while (made := _dropped(judge, path[-1].chosen if path else (), rungs[-1])) is not None:
        path.append(made)
    return tuple(path)


def _options(chosen: Chosen, families: Sequence[str], most: int) -> list[Chosen]:
    """Return the sets with one candidate more, or with another strength of one."""
    rest = [place for place in range(len(families)) if place not in chosen]
    present = {families[place]: place for place in chosen}
    added = [(*chosen, place) for place in rest if families[place] not in present and len(chosen) < most]
    exchanged = [
        (*(other for other in chosen if other != present[families[place]]), place)
        for place in rest
        if families[place] in present
    ]
    return [tuple(sorted(one)) for one in (*added, *exchanged)]


def _best(judge: Judge, chosen: Chosen, options: list[Chosen], rungs: Sequence[int]) -> Move | None:
    """Return the change with the largest gain; None where none is beyond chance."""
    among = len(options)
    if not among:
        return None
    for views in rungs[:-1]:
        means = judge(options, views).mean(axis=1)
        kept = np.sort(np.argsort(means, kind="stable")[: -(-len(options) // KEPT)])
        options = [options[place] for place in kept]
    before, *after = judge([chosen, *options], rungs[-1])
    needed = NormalDist().inv_cdf(1 - CHANCE / among)
    made = [
        Move(option, gain, error, among)
        for option, losses in zip(options, after, strict=True)
        for gain, error in [_gain(before, losses)]
        if gain > needed * error
    ]
    return max(made, key=lambda move: move.gain, default=None)


def _dropped(judge: Judge, chosen: Chosen, views: int) -> Move | None:
    """Return the change that drops the step that adds least; None where each surely adds something."""
    if not chosen:
        return None
    fewer = [tuple(other for other in chosen if other != place) for place in chosen]
    before, *after = judge([chosen, *fewer], views)
    gains = [_gain(losses, before) for losses in after]  # of keeping the step
    gain, error = min(gains)
    needed = NormalDist().inv_cdf(1 - CHANCE)
    return None if gain > needed * error else Move(fewer[gains.index((gain, error))], -gain, error, len(fewer))


def _gain(before: Losses, after: Losses) -> tuple[float, float]:
    """Return by how much the mean loss falls, and its standard error over the images."""
    falls = before - after
    return float(falls.mean()), float(falls.std(ddof=1) / np.sqrt(len(falls)))
