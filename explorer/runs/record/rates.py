"""The rates of a search for a learning rate, the smoothed loss, and the rate that both suggest.

Smith, https://arxiv.org/abs/1506.01186. The rate rises by the same factor in each step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.reasons import Why, reason

STEPS = 100
LOWEST, HIGHEST = 1e-6, 10.0
BEGUN = 10  # steps after which the running mean is meaningful
FAR = 10.0  # a learning rate so many times outside of the range gets a caution in the form

_INERTIA = 0.95  # of the running mean of the loss
_BESIDE = 2  # steps on each side in the median that removes leaps
_AS_STEEP = 0.8  # the range is where the loss falls with this share of the steepest slope
_CLEAR = 3.0  # a fall of fewer times the noise gets a caution
_ANY = 1.0  # a fall of fewer times the noise counts as none


@dataclass(frozen=True)
class Judgment:
    """What a search says.

    Attributes:
        suggestion: A learning rate; None where the loss fell at no rate.
        low: The lower end of the range around it, or None.
        high: The upper end of that range, or None.
        reason: What was found.
        caution: Why not to rely on it; "" where nothing speaks against it.
    """

    suggestion: float | None
    low: float | None
    high: float | None
    reason: Why
    caution: Why = ""


def rate_of(step: int) -> float:
    """Return the rate of a step. Steps count from 0; rates go from LOWEST to HIGHEST."""
    return float(LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1)))


def in_words(rate: float) -> str:
    """Write a rate with two digits, such as 0.0032."""
    return f"{rate:.2g}"


def smoothed(losses: Sequence[float]) -> list[float]:
    """Smooth losses by a running mean with exponential weights, whose bias to 0 is corrected as in Adam.

    Before, each loss is replaced by the median of the steps around it, which removes single leaps.
    """
    mean, found = 0.0, []
    for count, loss in enumerate(_without_leaps(losses), 1):
        mean = _INERTIA * mean + (1 - _INERTIA) * loss
        found.append(mean / (1 - _INERTIA**count))
    return found


def _without_leaps(losses: Sequence[float]) -> list[float]:
    around = (losses[max(0, place - _BESIDE) : place + _BESIDE + 1] for place in range(len(losses)))
    return [float(np.median(part)) for part in around]


def _steepest(rates: NDArray[np.float64], smooth: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]] | None:
    """Return where the smoothed loss falls most steeply over log(rate), and the slopes up to its minimum.

    After the minimum a loss may fall more steeply, back from a leap. None where the loss falls nowhere.
    """
    if len(rates) <= BEGUN:
        return None
    lowest = BEGUN + int(smooth[BEGUN:].argmin())
    if lowest - BEGUN < 2:
        return None
    slopes = np.gradient(smooth[: lowest + 1], np.log(rates[: lowest + 1]))
    place = BEGUN + int(slopes[BEGUN:].argmin())
    return (place, slopes) if slopes[place] < 0 else None


def judge(rates: Sequence[float], losses: Sequence[float]) -> Judgment:
    """Suggest a rate from the rate and the loss of each step, which are all finite."""
    lr, smooth = np.array(rates), np.array(smoothed(losses))
    found = _steepest(lr, smooth)
    if found is None:
        return _NOTHING
    place, slopes = found
    fall = float(smooth[BEGUN : len(slopes)].max() - smooth[len(slopes) - 1])
    noise = _noise(losses[: len(slopes)])
    if fall < _ANY * noise:
        return _NOTHING
    low, high = _as_steep(place, slopes)
    return Judgment(
        suggestion=float(lr[place]),
        low=float(lr[low]),
        high=float(lr[high]),
        reason=reason("rate_found", rate=float(lr[place]), low=float(lr[low]), high=float(lr[high])),
        caution=reason("rate_noisy", fall=fall, noise=noise) if fall < _CLEAR * noise else "",
    )


def _noise(losses: Sequence[float]) -> float:
    """Estimate the standard deviation of the loss around its course from the median difference of neighbors."""
    # The median absolute value of a normal distribution is 0.6745 standard deviations, and a difference holds the
    # noise of two steps.
    return float(np.median(np.abs(np.diff(losses)))) / 0.6745 / float(np.sqrt(2))


def _as_steep(place: int, slopes: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and last place around `place` between which the loss falls nearly as fast as there."""
    low = high = place
    enough = _AS_STEEP * slopes[place]
    while low > BEGUN and slopes[low - 1] <= enough:
        low -= 1
    while high < len(slopes) - 1 and slopes[high + 1] <= enough:
        high += 1
    return low, high


_NOTHING = Judgment(None, None, None, reason("rate_not_found"))
