"""Effects of a study: what each step adds, with intervals that hold for all of them at once, and a word for each.

What is varied is all at once: the folds or training runs (repeats) and the images. See
`docs/decisions/041-how-a-verdict-is-reached.md` for how often the intervals contain the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.resampling import DRAWS, LEVEL
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.decision import Word, relevant, smallest_that_matters, word
from explorer.metrics.verdicts.measured import is_mean, judged
from explorer.metrics.verdicts.planning import (
    Components,
    Needed,
    Shape,
    components,
    needed,
    smallest_seen,
    telling_error,
)
from explorer.metrics.verdicts.two_way import drawn, reached, standard_error
from explorer.metrics.verdicts.units import Paired, paired, strata_of

Values = NDArray[np.float64]

SAME_LEVEL = 0.9  # of the interval that has to lie within what matters
FEWEST_REPEATS = 3  # with fewer the scatter between repeats is not known well enough for any word


def speaks(repeats: int, planned: int) -> bool:
    """Return whether a study gives words, alarms and marks: the planned repeats are done, and they are enough."""
    return repeats >= max(planned, FEWEST_REPEATS)


@dataclass(frozen=True)
class Effect:
    """How much better a variant is than another in a metric; numbers are None where they are undefined.

    Attributes:
        plus, minus: The variants.
        value_plus, value_minus: Their metric, in its own direction, as the mean over the repeats.
        effect: By how much `plus` is better, in units of the metric, as the mean over the repeats.
        error: Its standard error.
        low, high: The 95 % interval that holds for all effects of the family at once.
        low_90, high_90: The 90 % interval of this effect by itself.
        better: The probability that one training with `plus` is better than one with `minus` on as many other images,
            0..1 (Bouthillier et al. 2021, https://arxiv.org/abs/2103.03098, who call 0.75 meaningful).
        word: What is said of it; None before the planned repeats are done, with fewer than 3 repeats, or where the
            effect is undefined.
        matters: Whether it surely matters (True), surely does not (False), or that is not known.
        visible: The smallest effect that 80 of 100 such experiments would see.
        more_images, more_repeats: About how many more would tell where the word is "unknown": of images with as many
            repeats, and of repeats with the same images. None where no number would.
        components: Where the scatter comes from; None with one repeat.
        why: Why the effect is undefined, as the end of a sentence.
    """

    plus: str
    minus: str
    value_plus: float | None
    value_minus: float | None
    effect: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    better: float | None = None
    word: Word | None = None
    matters: bool | None = None
    visible: float | None = None
    more_images: int | None = None
    more_repeats: int | None = None
    components: Components | None = None
    why: str = ""


@dataclass(frozen=True)
class Effects:
    """The effects of a study in one metric.

    Attributes:
        metric: Its key.
        smallest: The smallest effect that matters.
        images, units: Images, and what is drawn: groups, or the images where there are none.
        repeats, planned: Repeats that are done, and that were planned.
        gate: The effect that is looked at first, by itself.
        main: The family of effects, in the order in which they were asked for.
        linear: Whether draws take the metric as linear in the weights of the images, as for F1 and AUROC; of means
            over images, such as accuracy, this is exact.
    """

    metric: str
    smallest: float
    images: int
    units: int
    repeats: int
    planned: int
    gate: Effect | None
    main: tuple[Effect, ...]
    linear: bool

    @property
    def complete(self) -> bool:
        """Whether the planned repeats are done, before which nothing has a word."""
        return self.repeats >= self.planned

    @property
    def speaks(self) -> bool:
        """Whether there are words yet."""
        return speaks(self.repeats, self.planned)


class Judge(NamedTuple):
    """What is the same for all effects of a study.

    Attributes:
        scores: The answers.
        metric: One of `JUDGED`.
        smallest: The smallest effect that matters.
        planned: Repeats.
        draws: Of the bootstrap.
    """

    scores: OutOfFold
    metric: str
    smallest: float
    planned: int
    draws: int

    @property
    def speaks(self) -> bool:
        """Whether there are words yet."""
        return speaks(self.scores.repeats, self.planned)

    @property
    def strata(self) -> Counts:
        """(G,) within which units are drawn."""
        return strata_of(self.scores, self.metric)


def effects(
    scores: OutOfFold,
    contrasts: Sequence[Contrast],
    metric: str,
    *,
    gate: Contrast | None = None,
    smallest: float | None = None,
    planned: int | None = None,
    count: int = DRAWS,
) -> Effects:
    """Estimate the effect of each contrast. The same answers give the same numbers.

    Args:
        scores: Answers of all variants.
        contrasts: Variants to compare, the better one expected first. Their intervals hold at once.
        metric: A key of `measured.JUDGED`, or the validation loss, for which the log loss stands.
        gate: A contrast that is judged by itself, such as the whole pipeline against nothing.
        smallest: The smallest effect that matters; None for that of `decision.py`.
        planned: Repeats before which nothing has a word; None for those that there are.
        count: Draws of the bootstrap.

    Raises:
        ValueError: For another metric or a variant that is not there.
    """
    judge = judge_of(scores, metric, smallest, planned, count)
    asked = list(contrasts) + ([gate] if gate else [])
    found = list(paired(scores, asked, judge.metric))
    judged_ones = judged_effects(judge, asked, found, main=len(contrasts))
    first = judged_ones.pop() if gate else None
    return Effects(
        judge.metric,
        judge.smallest,
        scores.images,
        scores.units,
        scores.repeats,
        judge.planned,
        first,
        tuple(judged_ones),
        linear=not is_mean(judge.metric),
    )


def judge_of(
    scores: OutOfFold, metric: str, smallest: float | None, planned: int | None = None, count: int = DRAWS
) -> Judge:
    """Return what is the same for all effects; raises ValueError for a metric that cannot be judged."""
    key = judged(metric)
    least = smallest_that_matters(key) if smallest is None else smallest
    return Judge(scores, key, least, planned or scores.repeats, count)


def judged_effects(judge: Judge, contrasts: Sequence[Contrast], found: Sequence[Paired], main: int) -> list[Effect]:
    """Return the effect of each contrast; all of them share their draws. Undefined ones take no part.

    Args:
        judge: What is the same for all.
        contrasts: Of the effects.
        found: Their differences.
        main: How many of the first ones are a family whose intervals hold at once. Each other one is by itself.
    """
    places = [place for place, one in enumerate(found) if one.cells is not None]
    defined, together = [found[place] for place in places], sum(place < main for place in places)
    reach = dict(zip(places, _reach(judge, defined, together), strict=True))
    return [
        _effect(judge, contrast, one, reach[place]) if place in reach else _undefined(contrast, one)
        for place, (contrast, one) in enumerate(zip(contrasts, found, strict=True))
    ]


class _Reach(NamedTuple):
    """The standard error of an effect, what its intervals reach in standard errors, and how often it is above 0."""

    error: float
    family: float
    single: float
    better: float


def _reach(judge: Judge, found: Sequence[Paired], main: int) -> list[_Reach]:
    """Return the reach of defined effects, of which the first ones are a family."""
    cells = [one.cells for one in found if one.cells is not None]
    if not cells:
        return []
    sampled = drawn(cells, judge.strata, judge.draws)
    effects = np.array([one.effect for one in found])
    alone = [slice(at, at + 1) for at in range(len(found))]
    families = [slice(0, main)] * main + alone[main:]
    return [
        _Reach(
            max(standard_error(cells[at]), found[at].least),
            reached(sampled.effects[:, together], effects[together], LEVEL),
            reached(sampled.effects[:, one], effects[one], SAME_LEVEL),
            float(sampled.better[at]),
        )
        for at, (together, one) in enumerate(zip(families, alone, strict=True))
    ]


def _undefined(contrast: Contrast, found: Paired) -> Effect:
    plus, minus = (_mean(values) for values in (found.plus, found.minus))
    return Effect(*contrast, plus, minus, why=found.why)


def _mean(values: Values) -> float | None:
    return float(values.mean()) if np.isfinite(values).all() else None


def _effect(judge: Judge, contrast: Contrast, found: Paired, reach: _Reach) -> Effect:
    effect, error = found.effect, reach.error
    low, high = effect - reach.family * error, effect + reach.family * error
    low_90, high_90 = effect - reach.single * error, effect + reach.single * error
    said = word(low, high, low_90, high_90, judge.smallest) if judge.speaks else None
    parts = None if found.cells is None else components(found.cells)
    more = _needed(judge, effect, parts, reach.family) if said == "unknown" and parts else Needed(None, None)
    return Effect(
        *contrast,
        _mean(found.plus),
        _mean(found.minus),
        effect,
        error,
        low,
        high,
        low_90,
        high_90,
        better=reach.better,
        word=said,
        matters=relevant(low, high, judge.smallest),
        visible=smallest_seen(error, reach.family),
        more_images=more.images,
        more_repeats=more.repeats,
        components=parts,
    )


def _needed(judge: Judge, effect: float, parts: Components, reach: float) -> Needed:
    scores = judge.scores
    shape = Shape(scores.repeats, scores.units, scores.images / scores.units)
    return needed(parts, telling_error(effect, judge.smallest, reach), shape)
