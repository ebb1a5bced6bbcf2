"""One row of an immunity map: the difference of two variants on the same images under each distortion."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from explorer.metrics.counts import Counts
from explorer.metrics.verdicts.answers import Logits, OutOfFold
from explorer.metrics.verdicts.effects import Effect, judge_of, judged_effects
from explorer.metrics.verdicts.units import paired

Cell = TypeVar("Cell", bound=Hashable)

_PAIR = ("plus", "minus")


def cell_effects(
    labels: Counts,
    cells: Mapping[Cell, tuple[Logits, Logits]],
    metric: str,
    *,
    groups: Counts | None = None,
    smallest: float | None = None,
) -> dict[Cell, Effect]:
    """Estimate the difference at each cell. The intervals hold for all cells at once, which share their draws.

    Args:
        labels: (N,) classes of the images, which are the same at all cells.
        cells: By cell, such as a distortion and its strength, the (R, N, C) logits of the two variants. With one
            repeat the interval is about these two models and other images, and no cell has a word.
        metric: As in `effects`.
        groups: (N,) images of one group are drawn together.
        smallest: The smallest effect that matters.

    Raises:
        ValueError: As `OutOfFold` and `effects`.
    """
    found = []
    for plus, minus in cells.values():
        scores = OutOfFold(labels, dict(zip(_PAIR, (plus, minus), strict=True)), groups)
        judge = judge_of(scores, metric, smallest)
        found += list(paired(scores, [_PAIR], judge.metric))
    if not found:
        return {}
    return dict(zip(cells, judged_effects(judge, [_PAIR] * len(found), found, main=len(found)), strict=True))
