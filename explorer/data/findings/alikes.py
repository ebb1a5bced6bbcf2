"""Which of the images in a group are alike directly, and not only because a third one is like both."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.data.findings.seen import Seen

if TYPE_CHECKING:
    from explorer.data.overview.near import Duplicates

UNLIKE = 1_000.0
Group = NDArray[np.int64]  # rows of `Seen`


@dataclass(frozen=True, eq=False)
class Alikes:
    """How unlike pairs of images are.

    Attributes:
        looks: (N,) for each place of the contents a number; images of the same number look the same.
        links: numbers of near duplicates -> how unlike they are, from 1 to 2.
    """

    looks: NDArray[np.int64]
    links: dict[tuple[int, int], float]

    @classmethod
    def of(cls, count: int, near: "Duplicates | None") -> "Alikes":
        """Take the pairs of near duplicates; without them only equal pixels are alike. count: N."""
        looks = np.arange(count, dtype=np.int64)
        if near is None:
            return cls(looks, {})
        pairs = near.pairs
        # Of images with the same pixels only pairs with one of them are listed, which need not be the first.
        same = pairs.exact
        for _ in range(2):
            for first, second in zip(pairs.first[same].tolist(), pairs.second[same].tolist(), strict=True):
                looks[first] = looks[second] = min(looks[first], looks[second])
        ends = np.sort([looks[pairs.first[~same]], looks[pairs.second[~same]]], axis=0).T.tolist()
        unlike = (2.0 - pairs.likeness[~same].astype(np.float64)).tolist()
        links: dict[tuple[int, int], float] = {}
        for (first, second), value in zip(ends, unlike, strict=True):
            links[first, second] = min(value, links.get((first, second), UNLIKE))
        return cls(looks, links)

    def distances(self, seen: Seen, group: Group, row: int) -> NDArray[np.float64]:
        """Return how unlike images are to another one: 0 for equal pixels, `UNLIKE` for no duplicates."""
        looks, own = self.looks[seen.place[group]], int(self.looks[seen.place[row]])
        kinds, number = np.unique(looks, return_inverse=True)
        links = [self.links.get((min(one, own), max(one, own)), UNLIKE) for one in kinds.tolist()]
        found = np.where(looks == own, 0.5, np.array(links)[number])
        content = seen.measured.content
        found[content[seen.rows[group]] == content[seen.rows[row]]] = 0.0
        return found
