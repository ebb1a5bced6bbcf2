"""A metric of masks or of several labels of one variant, and how much each image adds to it: see `measured.py`."""

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.label_values import NO_LABELS
from explorer.metrics.mask_values import NO_PIXELS
from explorer.metrics.metric import Metric
from explorer.metrics.rates import Margins
from explorer.metrics.resampling import Values

_STEP = 1e-4  # of the weight of an image, for the derivatives of metrics of the pixels of all images together


def judges(metric: Metric) -> bool:
    """Whether effects are estimated in a metric of masks or labels: one that is computed from counts of each image."""
    return metric.rate is not None and metric.of in ("counts", "pixels")


def of_margins(margins: Counts, metric: Metric) -> tuple[float, Values, str]:
    """Measure one repeat.

    Args:
        margins: (N, C, 3) pixels of each image, as in explorer.runs.record.pixels; or labels, see `image_margins`.
        metric: One that `judges`.

    Returns:
        The value, nan where it is undefined; the (N,) influence of each image, with mean 0; and why it is undefined.
    """
    assert metric.rate is not None
    each = np.asarray(metric.rate(_margins(margins if metric.of == "pixels" else margins.sum(axis=0))), np.float64)
    known = np.isfinite(each)
    if not known.any():
        return np.nan, np.full(len(margins), np.nan), NO_LABELS if "labels" in metric.tasks else NO_PIXELS
    influence = _of_images(each, known) if metric.of == "pixels" else _of_all(margins, metric)
    return float(each[known].mean()), influence - influence.mean(), ""


def _of_images(each: Values, known: NDArray[np.bool_]) -> Values:
    """Return the influence of each image on the mean of the (N,) values that are known; of others it is 0."""
    return np.where(known, (each - each[known].mean()) * (len(each) / known.sum()), 0.0)


def _of_all(margins: Counts, metric: Metric) -> Values:
    """Return the influence of each image on a metric of all pixels, by a central difference of its weight."""
    assert metric.rate is not None
    total = margins.sum(axis=0).astype(np.float64)
    more, less = (metric.rate(_margins(total + step * margins)) for step in (_STEP, -_STEP))
    return np.asarray((more - less) / (2 * _STEP) * len(margins), np.float64)


def _margins(counts: Values | Counts) -> Margins:
    return Margins(counts[..., 0], counts[..., 1], counts[..., 2])
