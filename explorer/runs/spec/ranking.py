"""Finding the best epoch of a run, and whether the run still learns.

The checkpoint, the outcome, the lists and early stopping share this rule. An exported file copies the source of
`score`, `best_epoch` and `learned_epoch`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.metrics.table import EVERY, LOSS


def score(value: float | None, better: str) -> float:
    """Turn a value of a metric into a number that is higher if it is better; -inf if it is undefined."""
    if value is None or math.isnan(value):
        return -math.inf
    # Rounded, since the mean of the same numbers in another order differs in the last bits.
    return round(-value if better == "lower" else value, 9)


def best_epoch(scores: list[float], losses: list[float]) -> int:
    """Return the place of the highest score. Among equal ones the lower validation loss wins, then the later epoch."""
    return max(range(len(scores)), key=lambda place: (scores[place], -losses[place], place))


def learned_epoch(scores: list[float], losses: list[float]) -> int:
    """Return the latest place with a higher score, or with a lower validation loss, than all places before it."""
    found, highest, lowest = 0, scores[0], losses[0]
    for place in range(1, len(scores)):
        if scores[place] > highest or losses[place] < lowest:
            found = place
        highest, lowest = max(highest, scores[place]), min(lowest, losses[place])
    return found


def best_of(epochs: Sequence[Mapping[str, Any]], monitor: str, rules: int = 2) -> int:
    """Return the place of the best of some validated epochs.

    Args:
        epochs: At least one, in order. Each has `val_loss` and the value of the monitor, None or nan if undefined.
        monitor: That of the run's recipe.
        rules: Those of the run's config.
    """
    scores, losses = _ranked(epochs, monitor)
    return scores.index(max(scores)) if rules == 1 else best_epoch(scores, losses)


def learned_last(epochs: Sequence[Mapping[str, Any]], monitor: str) -> int:
    """Return the place of the latest of some validated epochs that was better than those before it."""
    return learned_epoch(*_ranked(epochs, monitor))


def _ranked(epochs: Sequence[Mapping[str, Any]], monitor: str) -> tuple[list[float], list[float]]:
    better = EVERY[monitor].better
    losses = [-score(values[LOSS], "lower") for values in epochs]
    return [score(values[monitor], better) for values in epochs], losses
