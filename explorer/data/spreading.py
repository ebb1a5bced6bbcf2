"""Images spread over parts by class, with whole groups. Exported code contains these functions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ABSENT = 10.0  # what a part without a class costs; a deviation of the whole share of a class costs 1
_PLACED = 60_000  # groups that are placed or moved; the largest data sets are gone over once, others up to three times

Shares = NDArray[np.float64]  # (K,), of all images
Counts = NDArray[np.float64]  # (K, C)


def spread(
    labels: NDArray[np.int64], groups: NDArray[np.int64] | None, shares: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """Spread images over parts, so that each part has its share of each class and groups stay whole.

    Groups are placed from the largest to the smallest, each where it fits best, and then moved while that helps. Images
    that are in no group with another one fill up what is missing, which is exact. scikit-learn's StratifiedGroupKFold
    places groups in the same manner, but has no shares and takes time for each image.

    Args:
        labels: (N,) classes.
        groups: (N,) equal for images that stay together; None where each is by itself.
        shares: (K,) of all images, for each part; they sum to 1.
        seed: Decides among equally good places.

    Returns:
        (N,) the part of each image, from 0.
    """
    draw = np.random.default_rng(seed)
    kinds, sizes = np.unique(labels, return_inverse=True, return_counts=True)[1:]
    wide = np.asarray(shares, np.float64)
    part, have = np.full(len(labels), -1), np.zeros((len(wide), len(sizes)))
    together = [] if groups is None else groups_of(groups, draw)
    found = place_groups(together, kinds, sizes, wide, have)
    for members, place in zip(together, found, strict=True):
        part[members] = place
    alone = np.flatnonzero(part < 0)
    counts = np.bincount(kinds[alone], minlength=len(sizes))
    for kind in np.argsort(counts, kind="stable"):  # frequent classes come last and even out the sizes
        members = draw.permutation(alone[kinds[alone] == kind])
        number = quotas(len(members), int(kind), sizes, wide, have)
        part[members] = np.repeat(np.arange(len(wide)), number)
        have[:, kind] += number
    return part


def groups_of(groups: NDArray[np.int64], draw: np.random.Generator) -> list[NDArray[np.int64]]:
    """The images of each group that has several, the largest group first, and those of one size in random order."""
    number, counts = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    members = np.split(np.argsort(number, kind="stable"), np.cumsum(counts)[:-1])
    several = draw.permutation(np.flatnonzero(counts > 1))
    return [members[at] for at in several[np.argsort(-counts[several], kind="stable")]]


def place_groups(
    together: list[NDArray[np.int64]], kinds: NDArray[np.int64], sizes: NDArray[np.int64], shares: Shares, have: Counts
) -> list[int]:
    """The part of each group. `have` is filled with the number of images of each class in each part."""
    inside = [np.unique(kinds[members], return_counts=True) for members in together]
    found = [-1] * len(inside)
    for _ in range(max(1, min(3, _PLACED // max(1, len(inside))))):
        before = list(found)
        for at, (classes, counts) in enumerate(inside):
            if found[at] >= 0:
                have[found[at], classes] -= counts
            cost = costs(classes, counts, sizes, shares, have)
            best = int(np.argmin(cost))
            if found[at] < 0 or cost[best] < cost[found[at]] - 1e-9:
                found[at] = best
            have[found[at], classes] += counts
        if before == found:
            break
    return found


def costs(
    classes: NDArray[np.int64], counts: NDArray[np.int64], sizes: NDArray[np.int64], shares: Shares, have: Counts
) -> Shares:
    """(K,) by how much the squared deviations from the shares grow if a group goes to each part."""
    there = have[:, classes]
    off = 2 * counts * (there - shares[:, None] * sizes[classes]) + counts**2
    cost = (off / sizes[classes] ** 2).sum(axis=1)
    total, size = sizes.sum(), counts.sum()
    cost += (2 * size * (have.sum(axis=1) - shares * total) + size**2) / total**2
    absent = (there == 0).sum(axis=1) * shares / shares.max()
    fewest: Shares = cost / shares - _ABSENT * absent
    return fewest


def quotas(count: int, kind: int, sizes: NDArray[np.int64], shares: Shares, have: Counts) -> NDArray[np.int64]:
    """(K,) how many of `count` images of a class each part gets, so that it comes as near to its share as it can."""
    missing = np.maximum(shares * sizes[kind] - have[:, kind], 0)
    wanted = count * (missing if missing.sum() > 0 else shares) / (missing.sum() or 1)
    number = np.floor(wanted + 1e-9).astype(np.int64)
    short = shares * sizes.sum() - have.sum(axis=1) - number  # of images of any class
    order = np.lexsort((-short, -np.round(wanted - number, 6)))
    number[order[: count - number.sum()]] += 1
    for part in np.flatnonzero(number + have[:, kind] == 0):
        donor = int(np.argmax(number))
        if number[donor] + have[donor, kind] > 1 and number[donor] > 0:
            number[donor] -= 1
            number[part] += 1
    return number
