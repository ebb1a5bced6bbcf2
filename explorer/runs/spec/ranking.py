"""Which epoch of a run is its best, and whether the run still learns.

One rule for the checkpoint, the outcome, the lists, early stopping and the exported file, which takes `score`,
`best_epoch` and `learned_epoch` as they stand here.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.metrics.table import LOSS, METRICS


def score(value: float | None, better: str) -> float:
    """An epoch's value of a metric as a number that is higher where it is better; -inf where it is undefined."""
    if value is None or math.isnan(value):
        return -math.inf
    # What differs in the last bits only, such as the mean of the same numbers in another order, is equal.
    return round(-value if better == "lower" else value, 9)


def best_epoch(scores: list[float], losses: list[float]) -> int:
    """The place of the highest score. Of equal ones the lower validation loss decides, then the later epoch."""
    return max(range(len(scores)), key=lambda place: (scores[place], -losses[place], place))


def learned_epoch(scores: list[float], losses: list[float]) -> int:
    """The latest place with a higher score, or with a lower validation loss, than all places before it."""
    found, highest, lowest = 0, scores[0], losses[0]
    for place in range(1, len(scores)):
        if scores[place] > highest or losses[place] < lowest:
            found = place
        highest, lowest = max(highest, scores[place]), min(lowest, losses[place])
    return found


def first_best(scores: list[float]) -> int:
    """The place of the best by rules 1, of runs of before: the first of equal scores, losses aside."""
    return scores.index(max(scores))


def best_of(epochs: Sequence[Mapping[str, Any]], monitor: str, rules: int = 2) -> int:
    """The place of the best of some validated epochs, at least one.

    Args:
        epochs: in their order; each with `val_loss` and the value of the monitor, None or nan where it is undefined.
        monitor: of the run's recipe.
        rules: of the run's config.
    """
    scores, losses = _ranked(epochs, monitor)
    return first_best(scores) if rules == 1 else best_epoch(scores, losses)


def learned_last(epochs: Sequence[Mapping[str, Any]], monitor: str) -> int:
    """The place of the latest of some validated epochs, at least one, that was still better than those before it."""
    return learned_epoch(*_ranked(epochs, monitor))


def _ranked(epochs: Sequence[Mapping[str, Any]], monitor: str) -> tuple[list[float], list[float]]:
    better = METRICS[monitor].better
    losses = [-score(values[LOSS], "lower") for values in epochs]
    return [score(values[monitor], better) for values in epochs], losses
