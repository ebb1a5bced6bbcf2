"""A random part of the training images of a data set, drawn class by class."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split
from explorer.data.label_spreading import spread_labels
from explorer.data.spreading import spread


def with_drawn(dataset: Dataset, share: float, seed: int) -> Dataset:
    """Return the data set with a share of its training images, in their order.

    Each class or label keeps its share, rounded, and a class one image at least. Groups are drawn as a whole, so that
    the share of a class is not exact where they are large.

    Args:
        dataset: The whole data set.
        share: Of the images of each class, above 0 and below 1.
        seed: Decides which ones.
    """
    if dataset.train.labels.ndim == 2:
        train = dataset.train
        drawn = spread_labels(train.labels, train.groups, [share, 1 - share], seed) == 0
        return replace(dataset, train=train.part(np.flatnonzero(drawn).tolist()))
    if dataset.train.groups is not None:
        return replace(dataset, train=dataset.train.part(_groups(dataset.train, share, seed).tolist()))
    generator = np.random.default_rng(seed)
    kept: list[int] = []
    for label in np.unique(dataset.train.labels):
        members = generator.permutation(np.flatnonzero(dataset.train.labels == label))
        kept += members[: max(round(len(members) * share), 1)].tolist()
    return replace(dataset, train=dataset.train.part(sorted(kept)))


def _groups(split: Split, share: float, seed: int) -> NDArray[np.int64]:
    """The indices of the images of drawn groups; the smallest group of a class that would be missing is among them."""
    assert split.groups is not None
    drawn = spread(split.labels, split.groups, [share, 1 - share], seed) == 0
    sizes = dict(zip(*np.unique(split.groups, return_counts=True), strict=True))
    for label in np.setdiff1d(split.labels, split.labels[drawn]):
        smallest = min(np.unique(split.groups[split.labels == label]), key=sizes.__getitem__)
        drawn |= split.groups == smallest
    return np.flatnonzero(drawn).astype(np.int64)
