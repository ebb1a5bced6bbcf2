"""What one repeat says about a study beforehand: the smallest effect that it will be able to see.

One repeat gives the scatter over images, which is the sum s_i² + e² of `planning.py`, and not its parts. If all of it
comes from the images, more repeats do not help; if none does, the rest e² falls with R, and is counted twice. The truth
lies between. How repeats differ as a whole, s_r², one repeat cannot say at all; in a cross-validation of all images,
where both variants have the same folds, it is small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.metrics.resampling import DRAWS, LEVEL
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.planning import smallest_seen
from explorer.metrics.verdicts.two_way import drawn, reached, standard_error
from explorer.metrics.verdicts.units import Paired, paired, strata_of


@dataclass(frozen=True)
class Foreseen:
    """The smallest effect that 80 of 100 studies like the planned one would see.

    Attributes:
        plus, minus: The variants.
        least: Where images scatter only by chance of training, which more repeats even out.
        most: Where what is seen in one repeat is seen in all, so that more repeats do not help.
        why: Why the effect is undefined, as the end of a sentence.
    """

    plus: str
    minus: str
    least: float | None = None
    most: float | None = None
    why: str = ""


def foresee(
    scores: OutOfFold, contrasts: Sequence[Contrast], metric: str, planned: int, *, count: int = DRAWS
) -> tuple[Foreseen, ...]:
    """Say between which values the smallest visible effect of each contrast will lie, from the first repeat.

    Args:
        scores: Answers of all variants. Of several repeats only the first one is used.
        contrasts: The family whose intervals are to hold at once.
        metric: As in `effects`.
        planned: Repeats of the study.
        count: Draws of the bootstrap.
    """
    key = judged(metric)
    first = OutOfFold(scores.labels, {name: found[:1] for name, found in scores.logits.items()}, scores.groups)
    found = list(paired(first, contrasts, key))
    reach = _reach(first, key, [one for one in found if one.cells is not None], count)
    return tuple(_foreseen(contrast, one, reach, planned) for contrast, one in zip(contrasts, found, strict=True))


def _reach(scores: OutOfFold, metric: str, found: Sequence[Paired], count: int) -> float:
    """Return how many standard errors the intervals of the family reach."""
    cells = [one.cells for one in found if one.cells is not None]
    if not cells:
        return 0.0
    effects = np.array([one.effect for one in found])
    return reached(drawn(cells, strata_of(scores, metric), count).effects, effects, LEVEL)


def _foreseen(contrast: Contrast, found: Paired, reach: float, planned: int) -> Foreseen:
    if found.cells is None:
        return Foreseen(*contrast, why=found.why)
    most = standard_error(found.cells)
    shared = min(2 / planned, 1.0) ** 0.5
    least, most = (smallest_seen(max(error, found.least), reach) for error in (most * shared, most))
    return Foreseen(*contrast, least, most)
