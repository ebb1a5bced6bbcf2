"""The difference of each metric between two models on the same images, with its interval by paired bootstrap."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Self

import numpy as np

from explorer.metrics.counts import Counts, confusion_counts
from explorer.metrics.draws import Ranked, influences, summed
from explorer.metrics.images import ImageScores, image_scores
from explorer.metrics.pairs import Answers
from explorer.metrics.rates import Margins
from explorer.metrics.resampling import DRAWS, Values, draws, interval
from explorer.metrics.scores import Areas, areas, check_scores, log_odds
from explorer.metrics.table import EVERY, HEADLINE, METRICS, Evaluation, Metric, Value

MOST_SCORES = 5_000_000  # drawn scores up to which areas are computed for each draw; with more they are approximated
_ROUNDING = 1e-12  # differences below are due to the order of sums

# Metrics that are means over the images, by what they are a mean of.
_MEANS: Mapping[str, Callable[[ImageScores], Values]] = {
    "log_loss": lambda scores: scores.log_loss,
    "brier": lambda scores: scores.brier,
}
COMPARED = {key: metric for key, metric in METRICS.items() if metric.of != "loss"} | {key: EVERY[key] for key in _MEANS}


@dataclass(frozen=True)
class Difference:
    """A metric of two models.

    Attributes:
        a, b: Its values; None where it is undefined.
        low, high: The 95 % interval of the difference B - A by paired bootstrap over the images; None without one.
        approximate: Whether the interval comes from the influence of each image, not from the metric of each draw.
        why_a, why_b: Why a value is undefined, as the end of a sentence; "" where it is defined.
    """

    a: float | None
    b: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    why_a: str = ""
    why_b: str = ""

    @classmethod
    def of(cls, a: Value, b: Value, drawn: Values | None, approximate: bool = False) -> Self:
        """Of two values and the differences of all draws.

        Args:
            a, b: The values.
            drawn: (B,) differences; None where no interval can be given.
            approximate: Whether they come from the influence of each image, and so lack the difference of the values.
        """
        if a.value is None or b.value is None:
            return cls(a.value, b.value, why_a=a.why, why_b=b.why)
        ends = None if drawn is None else interval(drawn + (b.value - a.value) if approximate else drawn)
        return cls(a.value, b.value) if ends is None else cls(a.value, b.value, *ends, approximate=approximate)

    @property
    def undefined(self) -> dict[str, str]:
        """Why values are undefined, by "A" and "B"."""
        return {side: why for side, why in (("A", self.why_a), ("B", self.why_b)) if why}

    @property
    def difference(self) -> float | None:
        """B - A; None where one of them is undefined."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def none(self) -> bool:
        """Whether the metric is the same for both models in every draw, as with equal answers."""
        ends = (self.difference, self.low, self.high)
        return all(value is not None and abs(value) < _ROUNDING for value in ends)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, eq=False)
class _Model:
    """What one of two models says about N images of C classes."""

    labels: Counts
    answers: Answers

    @property
    def classes(self) -> int:
        return int(self.answers.logits.shape[1])

    @property
    def right(self) -> Values:
        return np.asarray(self.answers.predicted == self.labels, np.float64)

    @cached_property
    def odds(self) -> tuple[Values, ...]:
        return tuple(log_odds(self.answers.logits))

    @cached_property
    def images(self) -> ImageScores:
        return image_scores(self.answers.logits, self.labels)

    def value(self, key: str, metric: Metric) -> Value:
        if key in _MEANS:
            return Value(float(_MEANS[key](self.images).mean()))
        confusion = confusion_counts(self.labels, self.answers.predicted, self.classes)
        found = areas(self.odds, self.labels) if metric.of == "scores" else ()
        return metric.value(Evaluation(confusion, found))

    def margins(self, weights: Counts) -> Margins:
        """Return the margins (b, C) of (b, N) weights of the images."""
        drawn = weights.astype(np.float64)
        parts = ((drawn * self.right, self.labels), (drawn, self.labels), (drawn, self.answers.predicted))
        return Margins(*(summed(part, places, self.classes) for part, places in parts))


_Models = tuple[_Model, _Model]
_Compute = Callable[[Counts], Values]  # (b, N) weights -> (b,) differences


def differences(
    labels: Counts, a: Answers, b: Answers, metrics: Mapping[str, Metric] = COMPARED, count: int = DRAWS
) -> dict[str, Difference]:
    """Compute metrics of two models on the same images, with the interval of each difference.

    Means over images (accuracy, log loss, Brier score) are resampled over all images, all other metrics within the
    classes, so that each draw has as many images of each class. The same input gives the same intervals. Where there
    are too many scores to rank them in each draw, the interval of the AUROC is approximate.

    Args:
        labels: (N,) classes, N at least 1.
        a, b: The answers of both models.
        metrics: By key, some of `COMPARED`.
        count: Bootstrap draws.

    Raises:
        ValueError: As `check_scores`.
    """
    for one in (a, b):
        check_scores(one.logits, labels)
    models = (_Model(labels, a), _Model(labels, b))
    means = _of_means(models, metrics)
    rest = _of_counts(models, metrics) | _of_areas(models, metrics, count)
    drawn = _drawn(means, np.zeros(len(labels), np.int64), count) | _drawn(rest, labels, count)
    return {
        key: Difference.of(
            models[0].value(key, metric),
            models[1].value(key, metric),
            drawn[key],
            approximate=metric.of == "scores" and not _exact(models, count),
        )
        for key, metric in metrics.items()
    }


def _drawn(computes: Mapping[str, _Compute], groups: Counts, count: int) -> dict[str, Values]:
    """Return the differences of all draws, by metric."""
    found: dict[str, list[Values]] = {key: [] for key in computes}
    for weights in draws(groups, count) if computes else ():
        for key, compute in computes.items():
            found[key].append(compute(weights))
    return {key: np.concatenate(parts) for key, parts in found.items()}


def _exact(models: _Models, count: int) -> bool:
    return count * models[0].answers.logits.size <= MOST_SCORES


def _of_means(models: _Models, metrics: Mapping[str, Metric]) -> dict[str, _Compute]:
    found = {key: [_MEANS[key](model.images) for model in models] for key in metrics if key in _MEANS}
    if "accuracy" in metrics:
        found["accuracy"] = [model.right for model in models]

    def compute(gain: Values, weights: Counts) -> Values:
        return np.asarray(weights @ gain / len(gain), np.float64)

    return {key: partial(compute, b - a) for key, (a, b) in found.items()}


def _of_counts(models: _Models, metrics: Mapping[str, Metric]) -> dict[str, _Compute]:
    wanted = {key: metric for key, metric in metrics.items() if metric.of == "counts" and key != "accuracy"}
    last: list[tuple[Counts, tuple[Margins, Margins]]] = []

    def of(metric: Metric, weights: Counts) -> Values:
        if not last or last[0][0] is not weights:  # all metrics of a block share its margins
            last[:] = [(weights, (models[0].margins(weights), models[1].margins(weights)))]
        a, b = (np.asarray(metric.compute(each), np.float64) for each in last[0][1])
        return b - a

    return {key: partial(of, metric) for key, metric in wanted.items()}


def _of_areas(models: _Models, metrics: Mapping[str, Metric], count: int) -> dict[str, _Compute]:
    wanted = {key: metric for key, metric in metrics.items() if metric.of == "scores"}
    if not wanted:
        return {}
    if not _exact(models, count):
        return {HEADLINE: _of_influences(models)} if HEADLINE in wanted else {}
    labels, classes = models[0].labels, models[0].classes
    # Two classes have one area.
    indices = range(1, 2) if classes == 2 else range(classes)
    parts = [[Ranked(model.odds[index], labels == index) for index in indices] for model in models]

    def of(metric: Metric, weights: Counts) -> Values:
        tables = [np.stack([part.areas(weights) for part in each], axis=1) for each in parts]
        a, b = ([_number(metric.compute(_areas(row))) for row in table] for table in tables)
        return np.subtract(b, a)

    return {key: partial(of, metric) for key, metric in wanted.items()}


def _areas(row: Values) -> Areas:
    found = tuple(None if math.isnan(value) else float(value) for value in row)
    return found * 2 if len(found) == 1 else found


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _of_influences(models: _Models) -> _Compute:
    """Return what computes the (b,) differences of the mean area from their value, from the influence of each image."""
    labels = models[0].labels
    present = [index for index in range(models[0].classes) if 0 < (labels == index).sum() < len(labels)]
    a, b = (
        np.mean([influences(model.odds[index], labels == index)[0] for index in present], axis=0) if present else 0.0
        for model in models
    )
    change = np.broadcast_to(b - a, len(labels))
    return lambda weights: np.asarray(weights @ change / len(change), np.float64)
