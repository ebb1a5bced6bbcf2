"""How an effect and its interval are written: in figures, on pages and in reports.

Shares of images are differences of points, so that +0.012 of accuracy is "+1.2 points"; other metrics keep their unit.
A positive effect is better, also for a loss.
"""

from dataclasses import dataclass

from explorer.base.words import number, signed
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import Effect, Effects
from explorer.texts import Study as T

_SHARES = (
    "accuracy", "balanced_accuracy", "f1_macro", "f1_micro", "f1_weighted", "precision", "recall", "specificity",
    "top_k",
)  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """How differences of a metric are written: multiplied by `scale`, with so many digits."""

    scale: float = 1.0
    digits: int = 3

    @property
    def points(self) -> bool:
        """Whether it is points, hundredths of a share."""
        return self.scale != 1


def unit_of(metric: str) -> Unit:
    """Return the unit of a metric's effects, by its key in `metrics.table.EVERY`."""
    return Unit(100.0, 1) if metric in _SHARES else Unit()


def amount(value: float, metric: str) -> str:
    """Write an effect with its sign, as "+1.2 points" or "−0.012"."""
    unit = unit_of(metric)
    return _in_points(signed(value * unit.scale, unit.digits), unit)


def size(value: float, metric: str) -> str:
    """Write the size of an effect, as "1 point" or "0.005"."""
    unit = unit_of(metric)
    return _in_points(f"{round(value * unit.scale, unit.digits + 1):g}", unit)


def _in_points(text: str, unit: Unit) -> str:
    return (T.ONE_POINT if text == "1" else T.POINTS).format(value=text) if unit.points else text


def ends(low: float, high: float, metric: str) -> str:
    """Write the ends of an interval, as "−0.3 to +1.2"."""
    unit = unit_of(metric)
    return T.ENDS.format(low=_end(low * unit.scale, unit.digits), high=_end(high * unit.scale, unit.digits))


def _end(found: float, digits: int) -> str:
    """Write an end with more digits where it would be rounded to 0: on which side of 0 it lies decides the word."""
    more = next((more for more in range(3) if abs(found) >= 0.5 * 10 ** -(digits + more)), 0)
    return signed(found, digits + more)


def value(found: float | None) -> str:
    """Write the value of a metric with three digits; "undefined" where there is none."""
    return T.UNDEFINED_SHORT if found is None else number(found)


def chance(share: float) -> str:
    """Write a probability that was estimated: neither 0 % nor 100 % is ever known."""
    if share < 0.01:
        return T.CHANCE_LOW
    return T.CHANCE_HIGH if share > 0.99 else f"{share:.0%}"


def with_interval(effect: Effect, metric: str) -> str:
    """Write a defined effect as "+1.2 points of accuracy (95% interval −0.3 to +2.7)"."""
    assert effect.effect is not None
    assert effect.low is not None
    assert effect.high is not None
    return T.EFFECT.format(
        amount=amount(effect.effect, metric),
        metric=EVERY[metric].in_sentence,
        ends=ends(effect.low, effect.high, metric),
    )


def sentence(effect: Effect, step: str, family: Effects) -> str:
    """Return what is said of an effect, in one or two sentences of Markdown.

    Args:
        effect: The effect.
        step: What was added, as it is written within a sentence; escaped for Markdown.
        family: The effects that it belongs to.
    """
    metric = family.metric
    if effect.effect is None:
        return T.SENTENCE_UNDEFINED.format(step=step, metric=EVERY[metric].in_sentence, why=effect.why)
    said = with_interval(effect, metric)
    if effect.word is None and family.complete:
        return T.SENTENCE_PILOT.format(repeats=repeats(family.repeats), step=step, effect=said)
    if effect.word is None:
        return T.SENTENCE_SO_FAR.format(done=family.repeats, planned=family.planned, step=step, effect=said)
    parts = [T.SENTENCES[effect.word].format(step=step, effect=said)]
    if effect.word == "unknown":
        parts.append(more(effect))
    elif effect.word != "same" and effect.matters is False:
        parts.append(surely_small(family))
    return " ".join(parts)


def repeats(count: int) -> str:
    """Return how many repeats there are, in words."""
    return T.REPEATS_ONE if count == 1 else T.REPEATS.format(count=count)


def surely_small(family: Effects) -> str:
    """Return the sentence about an effect that is there and surely smaller than what matters."""
    return T.SURELY_SMALL.format(smallest=size(family.smallest, family.metric))


def more(effect: Effect) -> str:
    """Return what it would take to tell."""
    if effect.more_images is None and effect.more_repeats is None:
        return T.MORE_NEVER
    if effect.more_repeats is None:
        return T.MORE_IMAGES.format(images=f"{rounded_up(effect.more_images or 0):,}")
    if effect.more_images is None:
        return T.MORE_REPEATS.format(repeats=f"{effect.more_repeats:,}")
    return T.MORE.format(images=f"{rounded_up(effect.more_images):,}", repeats=f"{effect.more_repeats:,}")


def rounded_up(count: int) -> int:
    """Round an estimate to two digits, upwards."""
    unit: int = 10 ** max(len(str(count)) - 2, 0)
    return -(-count // unit) * unit
