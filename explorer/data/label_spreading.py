"""Images with several labels, spread over parts by iterative stratification, with whole groups.

Sechidis, Tsoumakas and Vlahavas (2011), https://doi.org/10.1007/978-3-642-23808-6_10: the label with the fewest images
that are left comes first, and each of its images goes where most of that label is missing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
_EQUAL = 1e-9  # images that make no difference between two parts


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
    sizes = np.bincount(unit).astype(np.float64)
    held = np.zeros((len(sizes), labels.shape[1]), order="F")  # images with each label, of each unit
    for label, with_it in enumerate(labels.T):
        held[:, label] = np.bincount(unit, with_it)
    wide = np.asarray(shares, np.float64)
    spreading = _Spreading(held, sizes, wide, draw)
    while (left := spreading.left_by_label()).any():
        spreading.place_label(int(np.argmin(np.where(left > 0, left, np.inf))))
    spreading.place_rest()
    return np.asarray(spreading.part[unit], np.int64)


class _Spreading:
    """Units of images, some of which have their part, and what each part is missing.

    Where a unit with a label goes depends on the units before it only by how much of this label each part is missing,
    and by its room. So a step looks at these few numbers, and what it means for other labels is added up at the end.
    """

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
        members = self._in_order((self.part < 0) & (self._held[:, label] > 0))
        lacking = np.flatnonzero(~self._has[:, label]).tolist()
        counts = self._held[members, label].tolist()
        self._place(members, self._chosen(members, counts, self._missing[:, label].tolist(), lacking))

    def place_rest(self) -> None:
        """Give a part to all units without a label, which even out the sizes."""
        members = self._in_order(self.part < 0)
        self._place(members, self._chosen(members, self._sizes[members].tolist(), self._room.tolist(), []))

    def _in_order(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The units that are wanted, the largest first and equal ones by chance."""
        members = self._draw.permutation(np.flatnonzero(wanted))
        return np.asarray(members[np.argsort(-self._sizes[members], kind="stable")])

    def _chosen(
        self, members: NDArray[np.int64], counts: list[float], missing: list[float], lacking: list[int]
    ) -> list[int]:
        """The part of each unit: the one that is missing most, of equal ones that with most room, else by chance.

        Args:
            members: Units in their order.
            counts: How much of what is missing each of them brings.
            missing: How much each part is missing; it is used up.
            lacking: Parts that have none of it.
        """
        chosen, room, every = [], self._room.tolist(), range(len(missing))
        for left, count, size in zip(range(len(members), 0, -1), counts, self._sizes[members].tolist(), strict=True):
            # The last units go where there is none of the label, so that a rare one is in every part.
            allowed = lacking if left <= len(lacking) else every
            least = max([missing[part] for part in allowed]) - _EQUAL
            best = [part for part in allowed if missing[part] >= least]
            if len(best) > 1:
                least = max([room[part] for part in best]) - _EQUAL
                best = [part for part in best if room[part] >= least]
            place = best[int(self._draw.integers(len(best)))] if len(best) > 1 else best[0]
            chosen.append(place)
            missing[place] -= count
            room[place] -= size
            if place in lacking:
                lacking.remove(place)
        return chosen

    def _place(self, members: NDArray[np.int64], chosen: list[int]) -> None:
        """Note the part of each of some units."""
        self.part[members] = chosen
        for part in set(chosen):
            mine = members[self.part[members] == part]
            held = self._held[mine]
            self._missing[part] -= held.sum(axis=0)
            self._room[part] -= self._sizes[mine].sum()
            self._has[part] |= (held > 0).any(axis=0)
        self._left = self._left - (self._held[members] > 0).sum(axis=0)
