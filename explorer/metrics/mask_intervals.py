"""Draws of the metrics of masks, whose intervals are over images: see `mask_draws.py`."""

from collections.abc import Collection

import numpy as np

from explorer.metrics.mask_draws import border_draws, margins_draws, mean_draws, widened
from explorer.metrics.metric import Evaluation, Metric
from explorer.metrics.rates import Margins
from explorer.metrics.resampling import Values
from explorer.metrics.table import EVERY

ONE_IMAGE = "one image says nothing about how images differ"
NOT_BY_IMAGE = "the scores of pixels are not stored image by image"
FEWEST_IMAGES = 2
_SEED = 20260
_ROUNDING = 1e-12  # draws that differ by less are the same


def drawn_of(evaluation: Evaluation, keys: Collection[str]) -> dict[str, Values]:
    """Return the (B,) draws of metrics that are defined; nothing for those of scores and losses."""
    metrics = [metric for key in keys if (metric := EVERY[key]).rate is not None]
    return {
        metric.key: _widened(_whole(evaluation, metric), metric.value(evaluation).value or 0.0, _images(evaluation))
        for metric in metrics
    }


def drawn_of_class(evaluation: Evaluation, metric: Metric, index: int, value: float) -> Values:
    """Return the (B,) draws of a metric of one class, of those images in which it occurs or is predicted."""
    if metric.rate is None or metric.per_class is None:
        return np.full(1, np.nan)
    rng = np.random.default_rng((_SEED, index))
    found = evaluation.image_margins
    there = (found.truth + found.predicted)[:, index] > 0
    if metric.of == "borders" and evaluation.borders is not None:
        there = evaluation.borders[:, index, 1] + evaluation.borders[:, index, 3] > 0
        values = np.asarray(metric.per_class(border_draws(evaluation.borders[there][:, [index]], rng)))[:, 0]
    elif metric.of == "pixels":
        one = Margins(*(part[there][:, [index]] for part in found))
        values = mean_draws(np.asarray(metric.rate(one)), rng)
    else:
        assert evaluation.pixels is not None
        drawn = margins_draws(evaluation.pixels[there][:, [index]], rng)
        values = np.asarray(metric.per_class(drawn), np.float64)[:, 0]
    return _widened(values, value, int(there.sum()))


def why_none(evaluation: Evaluation, metric: Metric) -> str:
    """Return why a metric that is defined has no interval; "" where it has one."""
    if metric.of == "scores":
        return NOT_BY_IMAGE
    return ONE_IMAGE if metric.rate is not None and _images(evaluation) < FEWEST_IMAGES else ""


def _images(evaluation: Evaluation) -> int:
    """The images that have pixels which count."""
    return int((evaluation.image_margins.truth.sum(axis=1) > 0).sum())


def _whole(evaluation: Evaluation, metric: Metric) -> Values:
    assert metric.rate is not None
    rng = np.random.default_rng(_SEED)  # the same weights for all metrics
    if metric.of == "borders" and evaluation.borders is not None:
        return metric.rate(border_draws(evaluation.borders, rng))
    if metric.of == "pixels":
        return mean_draws(metric.rate(evaluation.image_margins), rng)
    assert evaluation.pixels is not None
    return metric.rate(margins_draws(evaluation.pixels, rng))


def _widened(values: Values, value: float, images: int) -> Values:
    if np.ptp(values) < _ROUNDING:  # as where a class is never found: the draws cannot say how sure that is
        return np.full(1, np.nan)
    return np.full(1, np.nan) if images < FEWEST_IMAGES else widened(values, value, images)
