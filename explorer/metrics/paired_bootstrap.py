"""The difference of each metric between two models on the same images, with its interval by paired bootstrap."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from explorer.metrics.counts import Counts, confusion_counts
from explorer.metrics.pairs import Answers
from explorer.metrics.rates import margins
from explorer.metrics.resampling import DRAWS, Values, WeightedArea, area_influence, draws, interval
from explorer.metrics.scores import Areas, areas, check_scores, log_odds
from explorer.metrics.table import HEADLINE, Metric

MOST_WORK = 200_000_000  # numbers up to which a metric of counts is computed for each draw: some seconds
MOST_SCORES = (
    10_000_000  # scores up to which areas are computed for each draw; from there on, their approximation is close
)


@dataclass(frozen=True)
class Difference:
    """A metric of two models.

    Attributes:
        a, b: Its values; None where it is undefined.
        low, high: The 95 % interval of the difference B - A by paired bootstrap over the images; None without one.
        approximate: Whether the interval comes from the influence of each image, not from the metric of each draw.
    """

    a: float | None
    b: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False

    @property
    def difference(self) -> float | None:
        """B - A; None where one of them is undefined."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two models of C classes on N images, and the log odds of each class where they are needed."""

    labels: Counts
    models: tuple[Answers, Answers]
    odds: tuple[tuple[Values, ...], ...]

    @property
    def classes(self) -> int:
        return int(self.models[0].logits.shape[1])


def differences(
    labels: Counts, a: Answers, b: Answers, metrics: Mapping[str, Metric], count: int = DRAWS
) -> dict[str, Difference]:
    """Compute metrics of two models on the same images, with the interval of each difference.

    Accuracy is resampled over all images, all other metrics within the classes, so that each draw has as many images of
    each class. The same input gives the same intervals. Where there are too many scores for a metric of each draw, the
    interval of the AUROC is approximate, and other metrics have none.

    Args:
        labels: (N,) classes, N at least 1.
        a, b: The answers of both models.
        metrics: By key. Those of the loss are left out.
        count: Bootstrap draws.

    Raises:
        ValueError: As `check_scores`.
    """
    for one in (a, b):
        check_scores(one.logits, labels)
    scored = any(metric.of == "scores" for metric in metrics.values())
    pair = _Pair(labels, (a, b), tuple(tuple(log_odds(one.logits)) for one in (a, b)) if scored else ())
    drawn = {key: np.concatenate(values) for key, values in _drawn(pair, metrics, count).items()}
    return {
        key: _with_interval(_values(pair, metric), drawn.get(key), metric.of == "scores" and not _exact(pair, count))
        for key, metric in metrics.items()
        if metric.of != "loss"
    }


def _exact(pair: _Pair, count: int) -> bool:
    return count * pair.models[0].logits.size <= MOST_SCORES


def _values(pair: _Pair, metric: Metric) -> list[float | None]:
    if metric.of == "counts":
        tables = (confusion_counts(pair.labels, one.predicted, pair.classes) for one in pair.models)
        found = [metric.compute(margins(table)) for table in tables]
    else:
        found = [metric.compute(areas(odds, pair.labels)) for odds in pair.odds]
    return [None if value is None or math.isnan(value) else float(value) for value in found]


def _with_interval(values: Sequence[float | None], drawn: Values | None, approximate: bool) -> Difference:
    a, b = values
    if a is None or b is None or drawn is None:
        return Difference(a, b)
    bounds = interval(drawn + (b - a) if approximate else drawn)
    return Difference(a, b) if bounds is None else Difference(a, b, *bounds, approximate=approximate)


def _drawn(pair: _Pair, metrics: Mapping[str, Metric], count: int) -> dict[str, list[Values]]:
    """Return the differences of all draws, by metric; for an approximate metric, from its value."""
    counted = {key: metric for key, metric in metrics.items() if metric.of == "counts" and key != "accuracy"}
    scored = {key: metric for key, metric in metrics.items() if metric.of == "scores"}
    if count * pair.classes**2 > MOST_WORK:
        counted = {}
    found: dict[str, list[Values]] = {key: [] for key in counted}
    if "accuracy" in metrics:
        gains = np.subtract(*((one.predicted == pair.labels).astype(np.float64) for one in reversed(pair.models)))
        one_group = np.zeros(len(gains), np.int64)
        found["accuracy"] = [weights @ gains / len(gains) for weights in draws(one_group, count)]
    of_scores = _of_areas(pair, scored) if _exact(pair, count) else _of_influences(pair, scored)
    found |= {key: [] for key in of_scores}
    for weights in draws(pair.labels, count) if counted or of_scores else ():
        for key, values in zip(counted, _of_counts(pair, counted, weights), strict=True):
            found[key].append(values)
        for key, compute in of_scores.items():
            found[key].append(compute(weights))
    return found


def _of_counts(pair: _Pair, metrics: Mapping[str, Metric], weights: Counts) -> Values:
    """Return the (metrics, b) differences of b draws."""
    classes = pair.classes
    found = np.empty((len(metrics), len(weights)))
    cells = [pair.labels * classes + one.predicted for one in pair.models]
    for place, row in enumerate(weights):  # one after the other: a matrix of 1,000 classes has 8 MB
        tables = [np.bincount(each, row, classes**2).astype(np.int64).reshape(classes, classes) for each in cells]
        both = [margins(table) for table in tables]
        for row_of, metric in enumerate(metrics.values()):
            a, b = (_number(metric.compute(one)) for one in both)
            found[row_of, place] = b - a
    return found


_Compute = Callable[[Counts], Values]


def _of_areas(pair: _Pair, metrics: Mapping[str, Metric]) -> dict[str, _Compute]:
    """Return what computes the (b,) differences of each metric of scores in b draws."""
    # Two classes have one area.
    classes = range(1, 2) if pair.classes == 2 else range(pair.classes)
    models = (
        [[WeightedArea(odds[index], pair.labels == index) for index in classes] for odds in pair.odds]
        if metrics
        else []
    )

    def of(metric: Metric, weights: Counts) -> Values:
        tables = [np.stack([part.of(weights) for part in parts], axis=1) for parts in models]
        a, b = ([_number(metric.compute(_areas(row))) for row in table] for table in tables)
        return np.subtract(b, a)

    return {key: partial(of, metric) for key, metric in metrics.items()}


def _areas(row: Values) -> Areas:
    found = tuple(None if math.isnan(value) else float(value) for value in row)
    return found * 2 if len(found) == 1 else found


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _of_influences(pair: _Pair, metrics: Mapping[str, Metric]) -> dict[str, _Compute]:
    """Return what computes the (b,) differences of the mean area from their value, from the influence of each image."""
    if HEADLINE not in metrics:
        return {}
    present = [index for index in range(pair.classes) if 0 < (pair.labels == index).sum() < len(pair.labels)]
    a, b = (
        np.mean([area_influence(odds[index], pair.labels == index) for index in present], axis=0) if present else 0.0
        for odds in pair.odds
    )
    change = np.broadcast_to(b - a, len(pair.labels))
    return {HEADLINE: lambda weights: np.asarray(weights @ change / len(change), np.float64)}
