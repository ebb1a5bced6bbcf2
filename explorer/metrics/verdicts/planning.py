"""How many images and repeats an effect takes to be seen: from the scatter over repeats, over images and the rest."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

POWER = 0.8
POWER_ERRORS = NormalDist().inv_cdf(POWER)  # standard errors by which an effect has to be beyond an interval's reach
SAME_ERRORS = NormalDist().inv_cdf(0.95)  # that the 90 % interval of one effect reaches
_MOST = 10**7  # images or repeats beyond which a number says no more than "none"


@dataclass(frozen=True)
class Components:
    """The variance of the difference of two variants for one image in one repeat, by where it comes from.

    They are those of a two-way analysis of variance with one number for each repeat and image (or group of images).

    Attributes:
        repeats: Between repeats, s_r²: what another training changes for all images alike.
        images: Between images, s_i²: what other images change in all repeats alike.
        rest: What is left, e².
    """

    repeats: float
    images: float
    rest: float

    def error(self, images: int, repeats: int) -> float:
        """Return the standard error to be expected with so many images (or groups) and repeats, of which there are two.

        The rest is counted twice, as in `two_way.standard_error`.
        """
        return math.sqrt(self.repeats / repeats + self.images / images + 2 * self.rest / (images * repeats))


def components(cells: Values) -> Components | None:
    """Return the components of (R, G) numbers, none of them below 0; None with one repeat or one unit."""
    repeats, units = cells.shape
    if repeats < 2 or units < 2:
        return None
    of_repeats, of_units = cells.mean(axis=1), cells.mean(axis=0)
    left = cells - of_repeats[:, None] - of_units + cells.mean()
    rest = float((left**2).sum()) / ((repeats - 1) * (units - 1))
    return Components(
        repeats=max(float(of_repeats.var(ddof=1)) - rest / units, 0.0),
        images=max(float(of_units.var(ddof=1)) - rest / repeats, 0.0),
        rest=rest,
    )


@dataclass(frozen=True)
class Needed:
    """How many more images or, with the same images, repeats would tell; None where no number would.

    Attributes:
        images: About so many more, with as many repeats as there are.
        repeats: About so many more, with the images that there are.
    """

    images: int | None
    repeats: int | None


def smallest_seen(error: float, reach: float) -> float:
    """Return the smallest effect of which 80 of 100 experiments of this kind would say that it helps or harms.

    Args:
        error: The standard error.
        reach: How many standard errors the interval reaches to both sides: 1.96 for one effect, more for a family.
    """
    return (reach + POWER_ERRORS) * error


@dataclass(frozen=True)
class Shape:
    """What an effect was estimated from: R repeats of G units, and the images of one unit in the mean."""

    repeats: int
    units: int
    per_unit: float = 1.0


def needed(found: Components, wanted: float, shape: Shape) -> Needed:
    """Return about how much more would bring the standard error down to what is wanted.

    Repeats are few, so chance alone makes some scatter between them; it counts only where it is larger than that.

    Args:
        found: The components.
        wanted: See `telling_error`.
        shape: What there is.
    """
    square, rest = wanted**2, 2 * found.rest
    between = found.repeats if _beyond_chance(found, shape) else 0.0
    units = _more(found.images + rest / shape.repeats, square - between / shape.repeats, shape.units)
    repeats = _more(between + rest / shape.units, square - found.images / shape.units, shape.repeats)
    return Needed(None if units is None else math.ceil(units * shape.per_unit), repeats)


def telling_error(effect: float, smallest: float, reach: float) -> float:
    """Return the standard error with which a study would give a verdict on an effect of the estimated size.

    It is the larger of two, with 80 % power in both cases: that at which the interval leaves out 0, and that at which
    the 90 % interval lies within what matters, which are two one-sided tests.

    Args:
        effect: The estimate.
        smallest: The smallest effect that matters.
        reach: As in `smallest_seen`.
    """
    size = abs(effect)
    return max(size / (reach + POWER_ERRORS), _same_error(size, smallest) if size < smallest else 0.0)


def _same_error(size: float, smallest: float) -> float:
    """Return the standard error at which 80 % of the 90 % intervals around an effect lie within what matters."""
    # Imported here: it takes half a second.
    from scipy.optimize import brentq

    cumulative = NormalDist().cdf

    def beyond(error: float) -> float:
        both = (cumulative(end / error - SAME_ERRORS) for end in (smallest - size, smallest + size))
        return sum(both) - 1 - POWER

    # At the lower end the power is above 87 %, at the upper end no 90 % interval is short enough.
    return float(brentq(beyond, (smallest - size) / (SAME_ERRORS + 1.5), smallest / SAME_ERRORS, xtol=1e-12))


def _beyond_chance(found: Components, shape: Shape) -> bool:
    """Return whether an F test at 5 % finds scatter between repeats."""
    # Imported here: it takes half a second.
    from scipy.stats import f

    if found.rest <= 0:
        return found.repeats > 0
    free = shape.repeats - 1
    ratio = 1 + found.repeats * shape.units / found.rest
    return bool(ratio > f.ppf(0.95, free, free * (shape.units - 1)))


def _more(variance: float, left: float, there: int) -> int | None:
    """Return how many more there have to be for a variance divided by their number to be what is left for it."""
    if left <= 0 or variance / left > _MOST:
        return None
    return max(math.ceil(variance / left) - there, 1)
