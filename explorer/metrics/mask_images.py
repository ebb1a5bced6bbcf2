"""Numbers of single images whose pixels are classified."""

import numpy as np
from numpy.typing import NDArray


def mean_dice(margins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the (N,) mean Dice of each image, over the classes that are in its true or its predicted mask.

    Args:
        margins: (N, C, 3) pixels of a class that are predicted as it, of the class, and predicted as the class.

    Returns:
        0 to 1; nan for an image of which no pixel counts.
    """
    dice = dice_of_classes(margins)
    classes = np.isfinite(dice).sum(axis=1)
    mean: NDArray[np.float64] = np.full(len(margins), np.nan)
    np.divide(np.nansum(dice, axis=1), classes, out=mean, where=classes > 0)
    return mean


def dice_of_classes(margins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the (N, C) Dice of each image and class, from the same counts; nan where neither mask has the class."""
    found, both = margins[..., 0], margins[..., 1:].sum(axis=2)
    dice: NDArray[np.float64] = np.full(found.shape, np.nan)
    np.divide(2.0 * found, both, out=dice, where=both > 0)
    return dice


def worst_first(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of (N,) scores, the lowest first; images without a score are last."""
    return np.argsort(np.where(np.isnan(scores), np.inf, scores), kind="stable").astype(np.int64)


def most_pixels_first(cells: NDArray[np.int64], row: int | None, column: int | None) -> tuple[NDArray[np.int64], ...]:
    """Return the images with pixels in a cell, a row or a column of (N, C, C) counts, and the pixels of each.

    Args:
        cells: Rows are the truth.
        row, column: A class, or None for all.

    Returns:
        Places, those with most pixels first, and the number of pixels of each of them.
    """
    rows = slice(None) if row is None else slice(row, row + 1)
    columns = slice(None) if column is None else slice(column, column + 1)
    counts = cells[:, rows, columns].sum(axis=(1, 2))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    return order.astype(np.int64), counts[order]
