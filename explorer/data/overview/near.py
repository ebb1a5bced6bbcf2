"""Exact and near duplicates among the measured images, first of all those across parts of the data set."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.overview import hamming
from explorer.data.overview.likeness import Space, likeness
from explorer.data.overview.measured import Measured

# Of planted copies (other sizes, JPEG, brightness, contrast, crops of 3 %) 90 % differ in at most 11 bits, and their
# thumbnails are alike by 0.85; of other pairs less than one in ten thousand. `python -m bench data` measures it.
DISTANCE = 11  # bits of the difference hash in which near duplicates may differ
LIKENESS = 0.85  # least likeness of the thumbnails
FLAT = 4.0  # gray levels of deviation, below which an image has no structure to compare
_EFFORT = 2_000_000_000  # comparisons, about half a minute
_MEMBERS = (64, 16, 4, 1)  # images of one hash with which others are compared: the most that `_PAIRS` allows
_PAIRS = 7_000_000  # pairs of images of the same hash, and as many of close hashes, whose thumbnails are compared

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Alike:
    """Pairs of rows of a `Measured` that are duplicates.

    Of k images with the same pixels only k - 1 pairs are here, each with the first of them; that one stands for all of
    them in pairs with other images.

    Attributes:
        first, second: (P,) int64, rows.
        distance: (P,) uint8, bits of the difference hash that differ.
        likeness: (P,) float32, how alike the thumbnails are, at most 1; see explorer.data.overview.likeness.
        exact: (P,) bool, whether the decoded pixels are the same.
        most: bits in which the hashes of near duplicates could differ.
        notes: sentences about what was left out or is approximate.
    """

    first: Places
    second: Places
    distance: NDArray[np.uint8]
    likeness: NDArray[np.float32]
    exact: NDArray[np.bool_]
    most: int = DISTANCE
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of duplicates; first those across parts, then exact ones, then the most alike. See `Alike`.

    Attributes:
        first, second: (P,) int64, places in the `Contents`, first < second.
        distance, likeness, exact: as in `Alike`.
        crosses: (P,) bool, whether the two are in different parts.
    """

    first: Places
    second: Places
    distance: NDArray[np.uint8]
    likeness: NDArray[np.float32]
    exact: NDArray[np.bool_]
    crosses: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Cluster:
    """Images that are duplicates of one another, directly or through others.

    Attributes:
        members: places in the `Contents`, ascending.
        exact: whether all have the same pixels.
        crosses: whether they are in more than one part.
    """

    members: tuple[int, ...]
    exact: bool
    crosses: bool


@dataclass(frozen=True, eq=False)
class Duplicates:
    """What was found.

    Attributes:
        pairs: see `Pairs`.
        clusters: those across parts first, then the largest.
        distance: bits of their hashes in which near duplicates could differ.
        notes: sentences about what was left out or is approximate.
    """

    pairs: Pairs
    clusters: tuple[Cluster, ...]
    distance: int = DISTANCE
    notes: tuple[str, ...] = ()


def find(measured: Measured, part: NDArray[np.int8]) -> Duplicates:
    """Find duplicates, which takes seconds for 100,000 images. part: (N,), as `Contents.part`."""
    return grouped(compare(measured), measured.index, part)


def compare(measured: Measured) -> Alike:
    """Compare all measured images, with their thumbnails."""
    usable = np.flatnonzero(measured.usable)
    _, first, member_of = np.unique(measured.content[usable], return_index=True, return_inverse=True)
    leader = usable[first][member_of]  # of each usable row the first one with the same pixels
    copies, originals = usable[leader != usable], leader[leader != usable]
    unlike = usable[first]
    structured = np.sort(unlike[measured.contrast[unlike] >= FLAT])
    near = _near(measured, structured)
    flat = len(unlike) - len(structured)
    images = counted(flat, "image has", "images have")
    left = f"{images} hardly any structure: only exact duplicates are looked for among them."
    count = len(copies)
    return Alike(
        np.concatenate([originals, near.first]),
        np.concatenate([copies, near.second]),
        np.concatenate([np.zeros(count, np.uint8), near.distance]),
        np.concatenate([np.ones(count, np.float32), near.likeness]),
        np.arange(count + len(near.first)) < count,
        near.most,
        (*((left,) if flat else ()), *near.notes),
    )


def _near(measured: Measured, rows: Places) -> Alike:
    """Pairs among rows with different pixels that look alike."""
    if len(rows) < 2:
        none = np.zeros(0, np.int64)
        return Alike(none, none, none.astype(np.uint8), none.astype(np.float32), none.astype(bool))
    hashes, same = np.unique(measured.dhash[rows], return_inverse=True)
    allowed = next((most for most in (DISTANCE, 7, 3) if hamming.effort(hashes, most) <= _EFFORT), 0)
    found = hamming.close(hashes, allowed)
    buckets = _Buckets.of(same, measured.thumbnail[rows])
    within = next((most for most in _MEMBERS if buckets.within(most) <= _PAIRS), _MEMBERS[-1])
    across = next((most for most in _MEMBERS if buckets.across(found, most) <= _PAIRS), _MEMBERS[-1])
    one, two, bits = buckets.compared(found, within, across)
    alike, has_cropped = likeness(measured.thumbnail[rows], one, two, LIKENESS)
    kept = alike >= LIKENESS
    notes = []
    if allowed < DISTANCE:
        notes.append(
            f"Many images of this set have similar hashes, so that near duplicates may differ in {allowed} bits "
            f"instead of {DISTANCE}: fewer are found."
        )
    if not has_cropped:
        notes.append("Many images of this set look alike, so that crops were not looked for.")
    least = min(within, across)
    if large := int((buckets.counts > least).sum()):
        notes.append(
            f"More than {least} images have the same difference hash ({large:,} such hashes): each is compared with "
            f"{within} of its hash, and {across} with those of similar hashes, so that fewer near duplicates are found."
        )
    exact = np.zeros(int(kept.sum()), bool)
    return Alike(rows[one[kept]], rows[two[kept]], bits[kept], alike[kept], exact, allowed, tuple(notes))


@dataclass(frozen=True, eq=False)
class _Buckets:
    """Images by their hash.

    Attributes:
        order: (N,), the images, those of one hash next to each other; in a large bucket by what they look like.
        start: (H,), where in the order each hash begins.
        counts: (H,), images of each hash.
    """

    order: Places
    start: Places
    counts: Places

    @classmethod
    def of(cls, same: Places, thumbnails: NDArray[np.uint8]) -> "_Buckets":
        """Sort images. same: (N,), the hash of each, from 0 on. thumbnails: (N, 16, 16)."""
        counts = np.bincount(same)
        looks = np.zeros(len(same), np.float32)
        if counts.max() > _MEMBERS[0]:  # near duplicates have nearly the same first component
            flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
            looks = Space.of(thumbnails).features(flat)[:, 0]
        return cls(np.lexsort((looks, same)), np.cumsum(counts) - counts, counts)

    def within(self, most: int) -> int:
        """How many pairs of one hash `compared` gives at most."""
        return int((np.minimum(self.counts, most) * self.counts).sum())

    def across(self, close: hamming.Close, most: int) -> int:
        """How many pairs of close hashes `compared` gives."""
        some = np.minimum(self.counts, most)
        return int((some[close.first] * some[close.second]).sum())

    def compared(self, close: hamming.Close, within: int, across: int) -> tuple[Places, Places, NDArray[np.uint8]]:
        """Pairs of images and how many bits of their hashes differ.

        Of one hash each image is paired with the `within` ones after it, and of close hashes `across` images of the one
        with `across` of the other.
        """
        ends, places = np.repeat(self.start + self.counts, self.counts), np.arange(len(self.order))
        one, two, bits = [], [], []
        for step in range(1, min(within, int(self.counts.max()) - 1) + 1):
            some = np.flatnonzero(places + step < ends)
            one.append(some)
            two.append(some + step)
            bits.append(np.zeros(len(some), np.uint8))
        some = np.minimum(self.counts, across)
        number = some[close.first] * some[close.second]
        pair = np.repeat(np.arange(len(number)), number)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(number) - number, number)
        down, along = np.divmod(step, some[close.second][pair])
        one.append(self.start[close.first][pair] + down)
        two.append(self.start[close.second][pair] + along)
        bits.append(close.distance[pair])
        first, second = self.order[np.concatenate(one)], self.order[np.concatenate(two)]
        return first, second, np.concatenate(bits)


def grouped(alike: Alike, index: Places, part: NDArray[np.int8]) -> Duplicates:
    """Group pairs of rows into clusters of images.

    Args:
        alike: the pairs.
        index: (M,), for each row the place of its image in the `Contents`; -1 for one that is no longer there.
        part: (N,), as `Contents.part`.
    """
    there = (index[alike.first] >= 0) & (index[alike.second] >= 0)
    one, two = index[alike.first[there]], index[alike.second[there]]
    exact, alikeness, crosses = alike.exact[there], alike.likeness[there], part[one] != part[two]
    order = np.lexsort((-alikeness, ~exact, ~crosses))
    pairs = Pairs(
        np.minimum(one, two)[order],
        np.maximum(one, two)[order],
        alike.distance[there][order],
        alikeness[order],
        exact[order],
        crosses[order],
    )
    return Duplicates(pairs, _clusters(pairs, part), alike.most, alike.notes)


def _clusters(pairs: Pairs, part: NDArray[np.int8]) -> tuple[Cluster, ...]:
    # Imported here: pages that only read measurements do not load scipy.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined, at = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
    if not len(joined):
        return ()
    one, two = at[: len(pairs)], at[len(pairs) :]
    graph = coo_array((np.ones(len(one), np.int8), (one, two)), shape=(len(joined), len(joined)))
    count, number = connected_components(graph, directed=False)
    exact = np.bincount(number[one], weights=pairs.exact, minlength=count)
    order = np.argsort(number, kind="stable")
    groups = np.split(joined[order], np.flatnonzero(np.diff(number[order])) + 1)
    clusters = [
        # k images with the same pixels have k - 1 exact pairs.
        Cluster(tuple(group.tolist()), int(exact[at]) == len(group) - 1, len(np.unique(part[group])) > 1)
        for at, group in enumerate(groups)
    ]
    return tuple(sorted(clusters, key=lambda each: (not each.crosses, -len(each.members), each.members)))
