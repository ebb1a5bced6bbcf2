"""What a metric is without some of the images, such as those that leaked, and how much it differs from that of all.

Both values come from the same model on the same images, so that the interval of the difference is paired: each draw of
the bootstrap takes images with replacement, and both values are computed from the images that were drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts, confusion_counts
from explorer.metrics.draws import Ranked
from explorer.metrics.intervals import Interval, intervals
from explorer.metrics.pairs import Answers
from explorer.metrics.resampling import DRAWS, Values, draws, interval
from explorer.metrics.scores import areas, check_scores, log_odds
from explorer.metrics.table import HEADLINE, Evaluation

KEYS = (HEADLINE, "accuracy")
MOST_SCORES = 5_000_000  # drawn scores up to which areas are computed for each draw; with more, fewer draws are made
_FEWEST = 200  # draws

_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Without:
    """A metric with and without some images.

    Attributes:
        every: its value and interval on all images.
        rest: the same on those that remain.
        low, high: the ends of the 95 % interval of the difference, rest minus every; None where there is none.
        count: how many draws the interval is made of.
    """

    every: Interval
    rest: Interval
    low: float | None = None
    high: float | None = None
    count: int = DRAWS

    @property
    def difference(self) -> float | None:
        """Return the value of the rest minus that of all; None where one of them is undefined."""
        if self.every.value is None or self.rest.value is None:
            return None
        return self.rest.value - self.every.value


def without(labels: Counts, answers: Answers, out: _Mask, count: int = DRAWS) -> dict[str, Without]:
    """Compute AUROC and accuracy with and without some images.

    Each draw has as many images of each class, and of these as many that are left out, as there are.

    Args:
        labels: (N,) classes.
        answers: what the model says about the N images.
        out: (N,) which images are left out of the second value; some, and not all.
        count: bootstrap draws; fewer are made where there are very many scores.

    Raises:
        ValueError: As `check_scores`, or no image remains.
    """
    check_scores(answers.logits, labels)
    if out.all():
        raise ValueError("no validation image remains")
    count = min(count, max(_FEWEST, MOST_SCORES // max(answers.logits.size, 1)))
    whole, rest = (intervals(_evaluation(labels, answers, kept), KEYS) for kept in (np.ones_like(out), ~out))
    computes = {HEADLINE: _areas(labels, answers, ~out), "accuracy": _shares(labels, answers, ~out)}
    drawn: dict[str, list[Values]] = {key: [] for key in KEYS}
    for weights in draws(labels * 2 + out, count):
        for key in KEYS:
            drawn[key].append(computes[key](weights))
    return {key: _joined(whole[key], rest[key], np.concatenate(drawn[key]), count) for key in KEYS}


def _joined(every: Interval, rest: Interval, drawn: Values, count: int) -> Without:
    if every.value is None or rest.value is None:
        return Without(every, rest, count=count)
    ends = interval(drawn)
    return Without(every, rest, count=count) if ends is None else Without(every, rest, *ends, count=count)


def _evaluation(labels: Counts, answers: Answers, kept: _Mask) -> Evaluation:
    truth, logits = labels[kept], answers.logits[kept]
    confusion = confusion_counts(truth, answers.predicted[kept], logits.shape[1])
    return Evaluation(confusion, areas(log_odds(logits), truth), logits=logits, labels=truth)


def _shares(labels: Counts, answers: Answers, kept: _Mask) -> Callable[[Counts], Values]:
    right = np.asarray(answers.predicted == labels, np.float64)

    def compute(weights: Counts) -> Values:
        return np.asarray(
            weights[:, kept] @ right[kept] / weights[:, kept].sum(axis=1) - weights @ right / len(labels), np.float64
        )

    return compute


def _areas(labels: Counts, answers: Answers, kept: _Mask) -> Callable[[Counts], Values]:
    """Return what computes the (b,) differences of the mean area over the classes for (b, N) weights."""
    every, rest = _ranked(labels, answers, np.ones_like(kept)), _ranked(labels, answers, kept)

    def compute(weights: Counts) -> Values:
        if not every or not rest:
            return np.full(len(weights), np.nan)
        whole = np.mean([one.areas(weights) for one in every], axis=0)
        return np.asarray(np.mean([one.areas(weights[:, kept]) for one in rest], axis=0) - whole, np.float64)

    return compute


def _ranked(labels: Counts, answers: Answers, kept: _Mask) -> list[Ranked]:
    """Return the order of some images by each class that some of them belong to and some do not; of two classes one."""
    truth, found = labels[kept], []
    for index, odds in enumerate(log_odds(answers.logits[kept])):
        mine = truth == index
        if mine.any() and not mine.all():
            found.append(Ranked(odds, mine))
    return found[:1] if answers.logits.shape[1] == 2 else found
