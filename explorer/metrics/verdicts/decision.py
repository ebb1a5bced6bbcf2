"""Which of four words an effect with its intervals gets, and the smallest effect that matters by default."""

from typing import Literal

from explorer.metrics.verdicts.measured import RANKED

Word = Literal["helps", "harms", "same", "unknown"]

_POINT = 0.01
_POINT_OF_AREA = 0.005


def smallest_that_matters(metric: str) -> float:
    """Return the default of the smallest effect that matters: one point, or half a point for areas under curves.

    A log loss has no upper end: 0.01 is about 1 % of a probability in the geometric mean.
    """
    return _POINT_OF_AREA if metric in RANKED else _POINT


def word(low: float, high: float, low_90: float, high_90: float, matters: float) -> Word:
    """Return what is said of an effect: that it helps, harms, makes no difference that matters, or is not known.

    Args:
        low, high: The simultaneous 95 % interval; it leaves out 0 where the effect helps or harms.
        low_90, high_90: The 90 % interval of the effect by itself. Where it lies within what matters, both one-sided
            tests at 5 % reject that the effect matters (Schuirmann 1987, https://doi.org/10.1007/BF01068419).
        matters: The smallest effect that matters.
    """
    if low > 0:
        return "helps"
    if high < 0:
        return "harms"
    return "same" if -matters < low_90 and high_90 < matters else "unknown"


def relevant(low: float, high: float, matters: float) -> bool | None:
    """Return whether an effect surely matters; False where it surely does not, None where that is not known."""
    if low >= matters or high <= -matters:
        return True
    return False if -matters < low and high < matters else None
