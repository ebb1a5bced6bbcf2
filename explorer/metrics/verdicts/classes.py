"""Who pays: the effect on each class, with an alarm where the mean rises and a class falls.

That augmentation may lift the mean and break one class was shown by Balestriero, Bottou and LeCun (2022),
https://arxiv.org/abs/2204.03632.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.values import ABSENT
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.two_way import standard_error
from explorer.metrics.verdicts.units import least_error

Values = NDArray[np.float64]

FALSE_DISCOVERIES = 0.05  # the share of classes that are worth a look for which nothing has changed


@dataclass(frozen=True)
class ClassEffect:
    """How much better a variant is than another at the images of one class.

    Attributes:
        index: Of the class.
        images: Of the class.
        effect: The difference of the share that is found (recall), as the mean over repeats; None without images.
        error: Its standard error; None with fewer than two units.
        low, high: The 95 % interval of this class by itself, by a t distribution.
        p: Two-sided, that the class has not changed.
        adjusted: The same for all classes of all contrasts together, by Benjamini and Hochberg.
        why: Why there is no effect or interval, as the end of a sentence.
    """

    index: int
    images: int
    effect: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    why: str = ""

    @property
    def notable(self) -> bool:
        """Whether the class is worth a look: among such classes at most 5 % have not changed, in the mean."""
        return self.adjusted is not None and self.adjusted <= FALSE_DISCOVERIES


@dataclass(frozen=True)
class ClassEffects:
    """The effects of one contrast on all classes.

    Attributes:
        mean: Its effect on the accuracy over all images.
        classes: The effect on each class.
    """

    mean: float
    classes: tuple[ClassEffect, ...]

    @property
    def alarm(self) -> tuple[int, ...]:
        """The classes that are worth a look and fall while the mean rises."""
        return tuple(one.index for one in self.classes if self.mean > 0 and one.notable and (one.effect or 0) < 0)


ONE_UNIT = "there is only one image or group of this class"


def class_effects(
    scores: OutOfFold, contrasts: Sequence[Contrast], *, marks: bool = True
) -> dict[Contrast, ClassEffects]:
    """Estimate the effect of each contrast on the recall of each class.

    Args:
        scores: Answers of all variants.
        contrasts: All of those that are looked at, since p values are adjusted for all of them.
        marks: Whether classes may be worth a look; otherwise no p value is adjusted.
    """
    right = {
        name: scores.of(name).argmax(axis=2) == scores.labels
        for name in dict.fromkeys(name for contrast in contrasts for name in contrast)
    }
    changes = [_change(scores, contrast, right) for contrast in contrasts]
    rows = [np.flatnonzero(scores.labels == index) for index in range(scores.classes)]
    by_class = [
        [_of_class(change, index, images, _units(scores, images)) for change in changes]
        for index, images in enumerate(rows)
    ]
    found = [one.p for column in by_class for one in column]
    adjusted = iter(_adjusted(found) if marks else [None] * len(found))
    table = [[_with(one, next(adjusted)) for one in column] for column in by_class]
    return {
        contrast: ClassEffects(float(change.right.mean()), tuple(column[place] for column in table))
        for place, (contrast, change) in enumerate(zip(contrasts, changes, strict=True))
    }


class _Change(NamedTuple):
    """What differs between two variants.

    Attributes:
        right: (R, N) 1 where only the first is right, -1 where only the second is.
        differs: (N,) whether any answer about an image differs.
    """

    right: Values
    differs: NDArray[np.bool_]


def _change(scores: OutOfFold, contrast: Contrast, right: Mapping[str, NDArray[np.bool_]]) -> _Change:
    plus, minus = contrast
    differs = (scores.of(plus) != scores.of(minus)).any(axis=(0, 2))
    return _Change(right[plus].astype(np.float64) - right[minus], differs)


def _units(scores: OutOfFold, rows: Counts) -> Counts:
    """Return the number of the group of each image of a class, 0 and up; without groups that of the image."""
    if scores.groups is None:
        return np.arange(len(rows))
    return np.unique(scores.groups[rows], return_inverse=True)[1].astype(np.int64)


def _of_class(change: _Change, index: int, rows: Counts, unit_of: Counts) -> ClassEffect:
    """Return an effect on one class; the accuracy within a class is its recall."""
    if not len(rows):
        return ClassEffect(index, 0, why=ABSENT)
    right, units = change.right[:, rows], int(unit_of.max()) + 1
    effect = float(right.mean())
    if units < 2:
        return ClassEffect(index, len(rows), effect, why=ONE_UNIT)
    least = least_error(np.zeros(len(rows), np.int64), 1, "accuracy") if change.differs[rows].any() else 0.0
    error = max(standard_error(_cells(right, unit_of, units)), least)
    return _tested(ClassEffect(index, len(rows), effect), error, units)


def _cells(right: Values, unit_of: Counts, units: int) -> Values:
    """Return (R, G) numbers whose mean is the effect, as those of `units.paired`."""
    means = right.mean(axis=1, keepdims=True)
    sums = np.stack([np.bincount(unit_of, row, units) for row in right - means])
    return np.asarray(means + sums * (units / right.shape[1]), np.float64)


def _tested(one: ClassEffect, error: float, units: int) -> ClassEffect:
    # Imported here: it takes half a second.
    from scipy.stats import t

    effect = one.effect or 0.0
    reach = float(t.ppf(0.975, units - 1)) * error
    p = float(2 * t.sf(abs(effect) / error, units - 1)) if error else 1.0
    return ClassEffect(one.index, one.images, effect, error, effect - reach, effect + reach, p)


def _adjusted(values: Sequence[float | None]) -> list[float | None]:
    """Return p values adjusted by Benjamini and Hochberg (1995); None stays None."""
    from scipy.stats import false_discovery_control

    known = [value for value in values if value is not None]
    found = iter(false_discovery_control(known).tolist() if known else [])
    return [None if value is None else next(found) for value in values]


def _with(one: ClassEffect, adjusted: float | None) -> ClassEffect:
    return ClassEffect(one.index, one.images, one.effect, one.error, one.low, one.high, one.p, adjusted, one.why)
