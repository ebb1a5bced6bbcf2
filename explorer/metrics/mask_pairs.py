"""The difference of each metric of masks between two models on the same images, by paired bootstrap over images."""

from collections.abc import Collection, Iterator

import numpy as np

from explorer.metrics.mask_intervals import FEWEST_IMAGES
from explorer.metrics.metric import Evaluation
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.rates import Margins, ratio
from explorer.metrics.resampling import DRAWS, Counts, Values, draws
from explorer.metrics.table import EVERY, keys_of, values


def differences(
    a: Evaluation, b: Evaluation, keys: Collection[str] | None = None, count: int = DRAWS
) -> dict[str, Difference]:
    """Compute metrics of two models with the interval of each difference B - A.

    Each draw takes whole images with replacement, the same ones for both models. Losses, and scores of pixels, which
    are not stored image by image, are left out.

    Args:
        a, b: Of masks of the same N images, at least one.
        keys: The metrics; None for all.
        count: Bootstrap draws.
    """
    keys = [key for key in keys or keys_of("segmentation") if EVERY[key].rate is not None]
    found_a, found_b = values(a, keys), values(b, keys)
    drawn: dict[str, list[Values]] = {key: [] for key in keys}
    assert a.pixels is not None
    for weights in draws(np.zeros(len(a.pixels), np.int64), count):
        for (key, of_a), (_, of_b) in zip(_of_draws(a, keys, weights), _of_draws(b, keys, weights), strict=True):
            drawn[key].append(of_b - of_a)
    few = len(a.pixels) < FEWEST_IMAGES
    return {key: Difference.of(found_a[key], found_b[key], None if few else np.concatenate(drawn[key])) for key in keys}


def _of_draws(evaluation: Evaluation, keys: list[str], weights: Counts) -> Iterator[tuple[str, Values]]:
    """Yield the (b,) values of each metric with (b, N) weights of the images; nan where one is undefined."""
    assert evaluation.pixels is not None
    times = weights.astype(np.float64)
    summed = np.tensordot(times, evaluation.pixels, axes=1)
    margins = Margins(summed[..., 0], summed[..., 1], summed[..., 2])
    for key in keys:
        metric = EVERY[key]
        assert metric.rate is not None
        if metric.of == "pixels":
            each = metric.rate(evaluation.image_margins)
            known = np.isfinite(each)
            yield key, ratio(times @ np.where(known, each, 0.0), times @ known)
        elif metric.of == "borders":
            none = np.full(len(weights), np.nan)
            borders = evaluation.borders
            yield key, none if borders is None else metric.rate(np.tensordot(times, borders, axes=1))
        else:
            yield key, metric.rate(margins)
