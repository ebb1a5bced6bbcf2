"""Sampling errors of shares and means, for images that were drawn without replacement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.data.overview.measured import Measured

Floats = NDArray[np.float64]
_Z = 1.959964  # of the 95 % interval


@dataclass(frozen=True)
class Share:
    """A share of images, and its 95 % interval in the whole data set; equal to it where all were measured."""

    value: float
    low: float
    high: float


def share(count: int, measured: Measured) -> Share:
    """The share of the data set that `count` of the measured images stand for."""
    low, high = bounds(np.array([count]), len(measured), measured.total)
    return Share(count / max(len(measured), 1), float(low[0]), float(high[0]))


def reach(error: Floats) -> Floats:
    """How far the 95 % interval of estimates with these standard errors reaches to both sides."""
    return _Z * error


def reach_of_shares(drawn: int, total: int) -> float:
    """How far the 95 % interval of a share of images reaches at most, which is at one half; from 0 to 1."""
    return 0.0 if drawn >= total else float(_Z / 2 / np.sqrt(max(drawn, 1)) * np.sqrt(1 - drawn / total))


def bounds(counts: NDArray[np.integer], drawn: int, total: int) -> tuple[Floats, Floats]:
    """The 95 % intervals of shares of the whole data set, by Wilson with the finite population correction.

    Args:
        counts: how many of the drawn images have something.
        drawn: how many images were drawn.
        total: of how many.

    Returns:
        The lower and upper ends, from 0 to 1, of the shape of `counts`. What was seen bounds them: of 100 images with
        3 that were seen, at least 3 have it.
    """
    if drawn == 0:
        return np.zeros(len(counts)), np.ones(len(counts))
    value = counts / drawn
    if drawn >= total:
        return value, value
    # A sample of n out of N says as much as n (N - 1) / (N - n) independent draws.
    size = drawn * (total - 1) / (total - drawn)
    middle = (value + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * np.sqrt(value * (1 - value) / size + _Z**2 / (4 * size**2))
    seen, unseen = counts / total, 1 - (drawn - counts) / total
    return np.clip(middle - half, seen, 1), np.clip(middle + half, 0, unseen)


def error_of_mean(values: Floats, weight: Floats, mean: Floats, total: int) -> Floats:
    """The standard error of weighted means over images, from drawing some of them.

    Args:
        values: (n, K), of the drawn images.
        weight: (n,), which sum to 1.
        mean: (K,), the weighted means.
        total: how many images there are; the error is 0 where all were drawn.
    """
    n = len(values)
    if n >= total or n < 2:
        return np.zeros(len(mean)) if n >= total else np.full(len(mean), np.nan)
    residual = weight[:, None] * (values - mean)  # linearized ratio estimator, Cochran (1977), chapter 6
    error: Floats = np.sqrt(n / (n - 1) * (residual**2).sum(axis=0) * (1 - n / total))
    return error
