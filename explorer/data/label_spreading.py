"""Images with several labels, spread over parts by iterative stratification, with whole groups.

Sechidis, Tsoumakas and Vlahavas (2011), https://doi.org/10.1007/978-3-642-23808-6_10: the label with the fewest images
that are left comes first, and each of its images goes where most of that label is missing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def spread_labels(
    labels: NDArray[np.int64], groups: NDArray[np.int64] | None, shares: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """Spread images over parts, so that each part has its share of the images with each label.

    A label that at least as many groups have as there are parts is in every part, unless rarer labels prevent it.

    Args:
        labels: (N, L), 0 or 1.
        groups: (N,) equal for images that stay together; None where each is by itself.
        shares: (K,) of all images, for each part; they sum to 1.
        seed: Decides the order of the images, and among equally good parts.

    Returns:
        (N,) the part of each image, from 0.
    """
    draw = np.random.default_rng(seed)
    unit = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    held = np.zeros((int(unit.max(initial=-1)) + 1, labels.shape[1]))  # images with each label, of each unit
    np.add.at(held, unit, labels)
    sizes = np.bincount(unit, minlength=len(held)).astype(np.float64)
    wide = np.asarray(shares, np.float64)
    spreading = _Spreading(held, sizes, wide, draw)
    while (left := spreading.left_by_label()).any():
        spreading.place_label(int(np.argmin(np.where(left > 0, left, np.inf))))
    spreading.place_rest()
    return np.asarray(spreading.part[unit], np.int64)


class _Spreading:
    """Units of images, some of which have their part, and what each part is missing."""

    def __init__(self, held: Values, sizes: Values, shares: Values, draw: np.random.Generator) -> None:
        self.part = np.full(len(held), -1)
        self._held, self._sizes, self._draw = held, sizes, draw
        self._missing = shares[:, None] * held.sum(axis=0)  # (K, L) images with each label
        self._room = shares * sizes.sum()  # (K,) images
        self._has = np.zeros((len(shares), held.shape[1]), np.bool_)
        self._left: NDArray[np.int64] = (held > 0).sum(axis=0)  # units with each label that have no part

    def left_by_label(self) -> NDArray[np.int64]:
        """(L,) how many units with each label have no part."""
        return self._left

    def place_label(self, label: int) -> None:
        """Give a part to all units with a label."""
        members = self._draw.permutation(np.flatnonzero((self.part < 0) & (self._held[:, label] > 0)))
        for at in members[np.argsort(-self._sizes[members], kind="stable")]:
            lacking = ~self._has[:, label]
            # The last units go where there is none of the label, so that a rare one is in every part.
            allowed = lacking if lacking.any() and self._left[label] <= lacking.sum() else np.ones(len(lacking), bool)
            self._place(int(at), np.where(allowed, self._missing[:, label], -np.inf))

    def place_rest(self) -> None:
        """Give a part to all units without a label, which even out the sizes."""
        members = self._draw.permutation(np.flatnonzero(self.part < 0))
        for at in members[np.argsort(-self._sizes[members], kind="stable")]:
            self._place(int(at), self._room)

    def _place(self, at: int, wanted: Values) -> None:
        best = np.flatnonzero(wanted >= wanted.max() - 1e-9)
        if len(best) > 1:
            room = self._room[best]
            best = best[room >= room.max() - 1e-9]
        place = int(best[0] if len(best) == 1 else self._draw.choice(best))
        mine = self._held[at] > 0
        self.part[at] = place
        self._missing[place] -= self._held[at]
        self._room[place] -= self._sizes[at]
        self._has[place] |= mine
        self._left = self._left - mine
