"""Differences of two variants as one number for each repeat and each unit that is drawn, an image or a group.

The mean of the (R, G) numbers is the effect; their scatter over repeats, over units and the rest is what its interval
and its planning are made of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.measured import RANKED, Measured, is_mean, measured, oriented

Values = NDArray[np.float64]

_PASSED = 0.25  # of what an image that changes sides moves, for metrics of ranks


@dataclass(frozen=True, eq=False)
class Paired:
    """The difference of two variants in one metric; positive where the first is better.

    Attributes:
        plus, minus: The metric of both in each repeat, (R,), in its own direction.
        cells: (R, G) numbers whose mean is the effect, by repeat and unit; None where the metric is undefined.
        least: The least standard error that is believed: see `least_error`. 0 where both give the same answers.
        why: Why it is undefined, as the end of a sentence.
    """

    plus: Values
    minus: Values
    cells: Values | None
    least: float = 0.0
    why: str = ""

    @property
    def effect(self) -> float:
        """The mean over repeats of the difference."""
        return np.nan if self.cells is None else float(self.cells.mean())


def paired(scores: OutOfFold, contrasts: Sequence[Contrast], metric: str) -> Iterator[Paired]:
    """Yield the difference of each contrast; each variant is measured once.

    Args:
        scores: The answers.
        contrasts: Of variants that there are.
        metric: One of `JUDGED`.
    """
    names = dict.fromkeys(name for contrast in contrasts for name in contrast)
    found = {name: measured(scores.labels, scores.of(name), metric) for name in names}
    strata = strata_of(scores, metric)
    least = _least_counted(scores, metric) if scores.counted else least_error(scores.labels, scores.classes, metric)
    for plus, minus in contrasts:
        same = np.array_equal(scores.of(plus), scores.of(minus))
        yield _difference(scores, (found[plus], found[minus]), metric, strata, 0.0 if same else least)


def single(scores: OutOfFold, variant: str, metric: str) -> tuple[Values | None, str]:
    """Return the (R, G) numbers whose mean is a metric of one variant, higher is better, or None and why not."""
    found = measured(scores.labels, scores.of(variant), metric)
    if found.why:
        return None, found.why
    influence = _centered(_by_unit(oriented(metric, found.influence), scores), strata_of(scores, metric))
    return oriented(metric, found.values)[:, None] + influence, ""


def strata_of(scores: OutOfFold, metric: str) -> Counts:
    """Return the (G,) stratum of each unit: units are drawn within strata, so that each draw has as many of each.

    A mean over images has one stratum. All other metrics have one for the units of each class, so that no class is
    ever missing, and one for the groups that have images of several classes.
    """
    if is_mean(metric):
        return np.zeros(scores.units, np.int64)
    least, most = np.full(scores.units, scores.classes), np.full(scores.units, -1)
    np.minimum.at(least, scores.unit_of, scores.labels)
    np.maximum.at(most, scores.unit_of, scores.labels)
    return np.where(least == most, least, scores.classes).astype(np.int64)


def least_error(labels: Counts, classes: int, metric: str) -> float:
    """Return the least standard error that is believed: that of one image that changes sides.

    Where two variants are right about the same images, no draw shows a difference, and yet other images would: with
    none of n changed, up to 3 in n may (the rule of three). Half an image is taken to change to either side, as in
    Agresti and Min (2005), https://doi.org/10.1002/sim.1781. A loss, which changes with each image, has no need of it.
    """
    if metric in ("log_loss", "brier"):
        return 0.0
    if is_mean(metric):
        return 1 / len(labels)
    support = np.bincount(labels, minlength=classes)
    moved = 1 / (classes * support[support > 0])  # what an image of each class moves a mean over the classes
    # Ranks change a little at a time: an image passes some of the others, and rarely all of them.
    share = _PASSED if metric in RANKED else 1.0
    return share * float(np.sqrt((moved**2).mean()))


def _least_counted(scores: OutOfFold, metric: str) -> float:
    """Return the same for counts: pixels change with each image, as a loss does, and a label as a class does."""
    if "labels" not in EVERY[metric].tasks:
        return 0.0
    support = next(iter(scores.logits.values()))[0, :, :, 1].sum(axis=0)
    if metric == "f1_labels":  # of all labels together
        return 1 / max(int(support.sum()), 1)
    moved = 1 / (len(support) * support[support > 0])
    return float(np.sqrt((moved**2).mean())) if len(moved) else 0.0


def _difference(
    scores: OutOfFold, variants: tuple[Measured, Measured], metric: str, strata: Counts, least: float
) -> Paired:
    plus, minus = variants
    change = oriented(metric, plus.values - minus.values)
    if not np.isfinite(change).all():
        return Paired(plus.values, minus.values, None, why=plus.why or minus.why)
    influence = _by_unit(oriented(metric, plus.influence - minus.influence), scores)
    return Paired(plus.values, minus.values, change[:, None] + _centered(influence, strata), least)


def _by_unit(influence: Values, scores: OutOfFold) -> Values:
    """Return (R, G) sums of the influence of the images of each unit, times G / N."""
    if scores.groups is None:
        return influence
    sums = np.stack([np.bincount(scores.unit_of, row, scores.units) for row in influence])
    return np.asarray(sums * (scores.units / scores.images), np.float64)


def _centered(influence: Values, strata: Counts) -> Values:
    """Return influences less the mean of their stratum, of which every draw has the same share."""
    places = np.unique(strata, return_inverse=True)[1]
    sizes = np.bincount(places)
    means = np.stack([np.bincount(places, row) for row in influence]) / sizes
    return np.asarray(influence - means[:, places], np.float64)


def alone(scores: OutOfFold, variant: str, metric: str) -> Paired:
    """Return a metric of one variant by itself, in its own direction, as `paired` returns differences."""
    found = measured(scores.labels, scores.of(variant), metric)
    if not np.isfinite(found.values).all():
        return Paired(found.values, np.zeros_like(found.values), None, why=found.why)
    influence = _centered(_by_unit(found.influence, scores), strata_of(scores, metric))
    return Paired(found.values, np.zeros_like(found.values), found.values[:, None] + influence)
