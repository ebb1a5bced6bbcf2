"""What a search for a learning rate has found: the rates of its steps, the smoothed loss, and what follows from both.

Smith, https://arxiv.org/abs/1506.01186. The rate rises by the same factor in each step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.reasons import Why, reason

STEPS = 100
LOWEST, HIGHEST = 1e-6, 10.0
BEGUN = 10  # steps before the running mean says anything
FAR = 10.0  # times a bound of the range: from there on a rate of the form is worth a caution

_INERTIA = 0.95  # of the running mean of the loss
_BESIDE = 2  # steps on each side, among which a single one that leaps does not count
_AS_STEEP = 0.8  # of the steepest fall: where the loss falls so fast is the range
_CLEAR = 3.0  # times what the loss moves by from step to step, which it has to fall by to say where it fell
_ANY = 1.0  # as often: a fall that is less than that is none


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
    """The rate in a step from 0, from LOWEST to HIGHEST."""
    return float(LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1)))


def in_words(rate: float) -> str:
    """As people would type it: 0.0032."""
    return f"{rate:.2g}"


def smoothed(losses: Sequence[float]) -> list[float]:
    """A running mean with exponential weights; its bias to 0 at the beginning is taken out, as Adam does.

    A loss that leaps for a step or two is replaced by the median of the steps around it before.
    """
    mean, found = 0.0, []
    for count, loss in enumerate(_without_leaps(losses), 1):
        mean = _INERTIA * mean + (1 - _INERTIA) * loss
        found.append(mean / (1 - _INERTIA**count))
    return found


def _without_leaps(losses: Sequence[float]) -> list[float]:
    around = (losses[max(0, place - _BESIDE) : place + _BESIDE + 1] for place in range(len(losses)))
    return [float(np.median(part)) for part in around]


def suggestion(rates: NDArray[np.float64], smooth: NDArray[np.float64]) -> float | None:
    """Where the smoothed loss falls most steeply over the logarithm of the rate, before its minimum.

    After the minimum a loss may fall too, and more steeply: back from a leap. None where it falls nowhere.
    """
    found = _steepest(rates, smooth)
    return None if found is None else float(rates[found[0]])


def _steepest(rates: NDArray[np.float64], smooth: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]] | None:
    """The place of the steepest fall, and the slopes up to the minimum."""
    if len(rates) <= BEGUN:
        return None
    lowest = BEGUN + int(smooth[BEGUN:].argmin())
    if lowest - BEGUN < 2:
        return None
    slopes = np.gradient(smooth[: lowest + 1], np.log(rates[: lowest + 1]))
    place = BEGUN + int(slopes[BEGUN:].argmin())
    return (place, slopes) if slopes[place] < 0 else None


def judge(rates: Sequence[float], losses: Sequence[float]) -> Judgment:
    """What a search says, from the rate and the loss of each of its steps; all of them numbers."""
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
    """Standard deviation of a step's loss around its course, from the median of the differences of neighbors."""
    # 0.6745: of a normal distribution's deviation, the median of its absolute values. The square root: a difference
    # holds the noise of two steps.
    return float(np.median(np.abs(np.diff(losses)))) / 0.6745 / float(np.sqrt(2))


def _as_steep(place: int, slopes: NDArray[np.float64]) -> tuple[int, int]:
    """The first and the last place of the stretch around one in which the loss falls nearly as fast as there."""
    low = high = place
    enough = _AS_STEEP * slopes[place]
    while low > BEGUN and slopes[low - 1] <= enough:
        low -= 1
    while high < len(slopes) - 1 and slopes[high + 1] <= enough:
        high += 1
    return low, high


_NOTHING = Judgment(None, None, None, reason("rate_not_found"))
