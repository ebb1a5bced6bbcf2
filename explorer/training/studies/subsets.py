"""Training sets of several sizes, each of which holds all smaller ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.runs.spec.plans.worth import FEWEST_OF_A_CLASS

Labels = NDArray[np.int64]


def nested(
    labels: Labels, fold: NDArray[np.int64], sizes: Sequence[int], seed: int, repeat: int
) -> list[NDArray[np.bool_]]:
    """Draw random training sets, stratified and nested, for each fold.

    Args:
        labels: (N,) classes.
        fold: (N,) the fold in which each image is held out.
        sizes: Images of each training set, in rising order.
        seed, repeat: Decide the draw.

    Returns:
        For each size (folds, N): whether an image may be learned from while a fold is held out.
    """
    folds = int(fold.max()) + 1
    found = [np.zeros((folds, len(labels)), np.bool_) for _ in sizes]
    for held in range(folds):
        images = np.flatnonzero(fold != held)
        order = images[_order(labels[images], np.random.default_rng([seed, repeat, held]))]
        for allowed, count in zip(found, sizes, strict=True):
            allowed[held, order[:count]] = True
    return found


def _order(labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return places so that each beginning of the order has the shares of the classes.

    The first images of all classes come first: a head needs some of each.
    """
    shuffled = rng.permutation(len(labels))
    share = np.empty(len(labels))
    for index in np.unique(labels):
        of_class = shuffled[labels[shuffled] == index]
        place = np.arange(len(of_class))
        share[of_class] = np.where(place < FEWEST_OF_A_CLASS, place / FEWEST_OF_A_CLASS - 1, place / len(of_class))
    return shuffled[np.argsort(share[shuffled], kind="stable")]
