"""Which images train and which validate, as numbers. Exported code contains these functions."""

from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import stratified_split
from explorer.data.label_spreading import spread_labels
from explorer.data.spreading import spread

TRAIN = 0
VAL = 1
TEST = 2
UNUSED = -1


def decided(
    ids: Sequence[str],
    labels: NDArray[np.int64],
    part: NDArray[np.int8] | None,
    given_fold: NDArray[np.int64] | None,
    groups: NDArray[np.int64] | None,
    *,
    share: float,
    seed: int,
    folds: int | None,
    fold: int,
    together: Sequence[Sequence[str]] = (),
    left_out: Sequence[str] = (),
) -> tuple[NDArray[np.int8], int]:
    """Divide images as `parts_of` does, and carry out what a person has decided about some of them.

    Args:
        ids: N names of images.
        labels, part, given_fold, groups, share, seed, folds, fold: as for `parts_of`.
        together: names of images that belong together. Where given parts or folds divide them, their whole groups
            move: for training, or into one fold.
        left_out: names of images that are used for nothing.

    Returns:
        (N,) 0 train, 1 val, 2 test, -1 unused; and how many images train although they are given for validation.
    """
    clusters, joint = joined(None, ids, together), joined(groups, ids, together)
    if given_fold is not None and clusters is not None and joint is not None:
        given_fold = one_fold(given_fold, clusters, joint, np.ones(len(ids), bool) if part is None else part != TEST)
    found = parts_of(labels, part, given_fold, joint, share=share, seed=seed, folds=folds, fold=fold)
    left = set(left_out)
    found[np.array([name in left for name in ids], bool)] = UNUSED
    moved = np.zeros(len(found), bool)
    if clusters is not None and joint is not None and folds is None and part is not None and (part == VAL).any():
        # After images are left out: nothing moves because of a copy that is not used.
        moved = in_divided(clusters, joint, found, (found == TRAIN) | (found == VAL)) & (found == VAL)
    found[moved] = TRAIN
    return found, int(moved.sum())


def parts_of(
    labels: NDArray[np.int64],
    part: NDArray[np.int8] | None,
    given_fold: NDArray[np.int64] | None,
    groups: NDArray[np.int64] | None,
    *,
    share: float,
    seed: int,
    folds: int | None,
    fold: int,
) -> NDArray[np.int8]:
    """Divide images for training and for validation.

    Args:
        labels: (N,) classes.
        part: (N,) given parts, 0 train, 1 val, 2 test, or None. Images for testing stay there.
        given_fold: (N,) given folds, from 0; -1 trains in every fold. None where folds are made.
        groups: (N,) equal for images that are not divided, or None.
        share: of each class, which validates where there are no folds.
        seed: decides which images validate.
        folds: how many folds there are; None for the given parts or a share.
        fold: the one that validates.

    Returns:
        (N,) 0 train, 1 val, 2 test.
    """
    found = np.zeros(len(labels), np.int8) if part is None else part.copy()
    if folds is None and (found == VAL).any():
        return found
    free = np.flatnonzero(found != TEST)
    own = None if groups is None else groups[free]
    if given_fold is not None:
        held = np.flatnonzero(given_fold[free] == fold)
    elif folds is not None:
        held = np.flatnonzero(spread(labels[free], own, [1 / folds] * folds, seed) == fold)
    elif own is not None:
        held = np.flatnonzero(spread(labels[free], own, [share, 1 - share], seed) == 0)
    else:
        held = stratified_split(labels[free], share, seed)[1]
    found[free] = TRAIN
    found[free[held]] = VAL
    return found


def folds_of_labels(
    labels: NDArray[np.int64],
    part: NDArray[np.int8] | None,
    groups: NDArray[np.int64] | None,
    *,
    share: float,
    seed: int,
    folds: int | None,
) -> NDArray[np.int64]:
    """Spread images that can have several labels over folds; with a share, over two, of which fold 0 validates.

    Args:
        labels: (N, L), 0 or 1.
        part, groups, share, seed, folds: as for `parts_of`. Groups are those with the images that belong together.

    Returns:
        (N,) folds, from 0; -1 for images for testing.
    """
    free = np.flatnonzero(np.ones(len(labels), bool) if part is None else part != TEST)
    shares = [1 / folds] * folds if folds else [share, 1 - share]
    found = np.full(len(labels), -1, np.int64)
    found[free] = spread_labels(labels[free], None if groups is None else groups[free], shares, seed)
    return found


def joined(
    groups: NDArray[np.int64] | None, ids: Sequence[Hashable], together: Sequence[Sequence[Hashable]]
) -> NDArray[np.int64] | None:
    """Join groups in which images are that belong together, by union-find.

    Args:
        groups: (N,) equal for images of one group; None where each is by itself.
        ids: N names of images.
        together: Names of images that belong together; unknown names are passed over.

    Returns:
        (N,) groups; None where each image is by itself.
    """
    places = {name: place for place, name in enumerate(ids)} if together else {}
    found = [[places[name] for name in names if name in places] for names in together]
    if not any(len(members) > 1 for members in found):
        return groups
    number = np.arange(len(ids)) if groups is None else groups
    above: dict[int, int] = {}

    def root(one: int) -> int:
        while one in above:
            up = above[one]
            above[one] = above.get(up, up)  # shortens the way for the next time
            one = up
        return one

    for members in found:
        for first, second in pairwise(members):
            one, other = root(int(number[first])), root(int(number[second]))
            if one != other:
                above[other] = one
    return np.array([root(one) for one in number.tolist()], np.int64)


def merged(groups: NDArray[np.int64], others: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Return (N,) groups in which images are together that are together in either of two groupings."""
    if others is None:
        return groups
    number, counts = np.unique(others, return_inverse=True, return_counts=True)[1:]
    members = np.split(np.argsort(number, kind="stable"), np.cumsum(counts)[:-1])
    found = joined(groups, range(len(groups)), [each.tolist() for each in members if len(each) > 1])
    return groups if found is None else found


def in_divided(
    clusters: NDArray[np.int64], groups: NDArray[np.int64], side: NDArray[np.generic], among: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Find the groups in which images that belong together are on several sides.

    Args:
        clusters: (N,) equal for images that belong together.
        groups: (N,) equal for images of one group; clusters are never in two groups.
        side: (N,) part or fold of each image.
        among: (N,) whether an image counts.

    Returns:
        (N,) whether an image is in such a group.
    """
    found = np.unique(np.column_stack([clusters, side])[among], axis=0)[:, 0]
    divided = found[1:][found[1:] == found[:-1]]
    return np.isin(groups, groups[np.isin(clusters, divided)])


def one_fold(
    fold: NDArray[np.int64], clusters: NDArray[np.int64], groups: NDArray[np.int64], free: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Put whole groups into one given fold where images that belong together have several.

    Args:
        fold: (N,) given folds; -1 for none.
        clusters, groups: (N,) as for `in_divided`.
        free: (N,) whether an image is not for testing.

    Returns:
        (N,) folds. That of a group is the one of its first image that is not for testing and has one.
    """
    places = np.flatnonzero(free & (fold >= 0))
    known, first = np.unique(groups[places], return_index=True)
    moved = in_divided(clusters, groups, fold, free) & free
    found = fold.copy()
    found[moved] = fold[places[first]][np.searchsorted(known, groups[moved])]
    return found
