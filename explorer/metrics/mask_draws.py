"""Draws of the Bayesian bootstrap over images whose pixels were counted: whole images get random weights.

The pixels of an image are not independent of each other, so images are drawn and not pixels: the margins of a draw are
the weighted sums of those of the images. No image is added, as `draws.py` does for single answers: an image has
thousands of pixels, and one of which nothing is known would decide the draws.
"""

import numpy as np

from explorer.metrics.draws import weights
from explorer.metrics.rates import Margins, ratio
from explorer.metrics.resampling import Counts, Values


def weighted_margins(pixels: Counts, block: Values) -> Margins:
    """Return the margins (b, C) of (b, N) weights of images with (N, C, 3) counts of pixels."""
    summed = np.tensordot(block, pixels.astype(np.float64), axes=1)
    return Margins(summed[..., 0], summed[..., 1], summed[..., 2])


def margins_draws(pixels: Counts, rng: np.random.Generator) -> Margins:
    """Return the margins (B, C) of all draws."""
    parts = [weighted_margins(pixels, block) for block in weights(len(pixels), rng)]
    right, truth, predicted = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Margins(right, truth, predicted)


def border_draws(borders: Counts, rng: np.random.Generator) -> Values:
    """Return the (B, C, 4) weighted sums of (N, C, 4) counts of border pixels."""
    return np.concatenate([np.tensordot(block, borders, axes=1) for block in weights(len(borders), rng)])


def mean_draws(values: Values, rng: np.random.Generator) -> Values:
    """Return the (B, ...) weighted means of (N, ...) values of images, of those that are not nan."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    parts = [
        ratio(np.tensordot(block, filled, axes=1), np.tensordot(block, known.astype(np.float64), axes=1))
        for block in weights(len(values), rng)
    ]
    return np.concatenate(parts)


def widened(drawn: Values, value: float, images: float) -> Values:
    """Return draws as wide as they have to be for so few images.

    The weighted mean of m images varies by (m - 1) / (m + 1) less than that of m others would, in the mean over draws,
    see Hesterberg (2015), https://doi.org/10.1080/00031305.2015.1089789.
    """
    wider: Values = value + (drawn - value) * np.sqrt((images + 1) / (images - 1))
    return wider.clip(0.0, 1.0)
