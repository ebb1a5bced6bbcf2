"""The locked final set: a share of the images of each class, which is neither trained on nor validated on.

Which images belong to it follows from their contents alone, and from which of them belong together, such as those of a
patient. So it needs no list, it is the same on every computer, and copies of one image are in it together, also where
one of them is among the training images and the other is not.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.data.cache.contents import MEMO, contents_of
from explorer.data.cache.limits import folder
from explorer.data.dataset import Dataset, DatasetError, Split, groups_in
from explorer.data.inspection import Looking
from explorer.data.parts import merged

_WORD = b"final set"  # so that the order is not that of other hashes of the same contents
_LEFT = 2  # different images of a class that remain: one to train, one to validate


@dataclass(frozen=True, eq=False)
class Divided:
    """A data set without its final set, and that set.

    Attributes:
        dataset: What remains to train and to validate on.
        final: The images that are set aside: those from the training part first.
        hashes: Hashes of the contents of these, in hexadecimal digits.
        contents: Hashes of the contents of the remaining images for training, and of those for validation.
    """

    dataset: Dataset
    final: Split
    hashes: tuple[str, ...]
    contents: tuple[tuple[bytes, ...], tuple[bytes, ...]]


def divide(dataset: Dataset, share: float, looking: Looking | None = None, *, in_folds: bool = False) -> Divided:
    """Set a share of the different images of each class aside; the same images always give the same set.

    All images are hashed; those that have not changed since are not read again.

    Args:
        dataset: The whole data set.
        share: Of each class, above 0 and at most 0.5.
        looking: Its threads and its report of progress are used.
        in_folds: Whether the data set is one of several folds. The final set is then the same in all of them, also
            where copies of one image have different labels.

    Raises:
        DatasetError: A class has too few different images.
        ImageError: A file cannot be read.
    """
    how = looking or Looking()
    total = len(dataset.train) + len(dataset.val)
    memo, begun = folder() / MEMO, len(dataset.train)
    train = contents_of(dataset.train, memo, how.threads, lambda done: how.report(done, total))
    val = contents_of(dataset.val, memo, how.threads, lambda done: how.report(begun + done, total))
    labels = np.concatenate([dataset.train.labels, dataset.val.labels])
    contents, groups, classes = [*train, *val], groups_in(dataset), dataset.classes
    if dataset.train.masks is not None:
        # Copies of one image stay together, whatever their masks are, and a corrected mask moves no image.
        contents = [
            content
            for split in (dataset.train, dataset.val)
            for content in contents_of(replace(split, beside=None), memo, how.threads, lambda done: None)
        ]
        if not labels.any():
            classes = (dataset.name,)
    if labels.ndim == 2:
        aside = _labels_aside(contents, groups, labels, classes, share)
    elif groups is None:
        aside = _aside(contents, labels, classes, share, in_folds=in_folds)
    else:
        aside = _groups_aside(contents, groups, labels, classes, share)
    places = [np.flatnonzero(aside[: len(train)]), np.flatnonzero(aside[len(train) :])]
    kept = [np.flatnonzero(~aside[: len(train)]), np.flatnonzero(~aside[len(train) :])]
    whole = ", in whole groups" if groups is not None else ""
    each = "" if len(classes) < 2 else " of each class" if labels.ndim == 1 else " of each label"
    note = f"{int(aside.sum()):,} images are set aside as the final set ({share:.0%}{each}{whole})."
    left = replace(
        dataset,
        train=dataset.train.part(kept[0].tolist()),
        val=dataset.val.part(kept[1].tolist()),
        notes=(*dataset.notes, note),
        aside=int(aside.sum()),
    )
    hashes = [train[place] for place in places[0]] + [val[place] for place in places[1]]
    final = _joined(dataset.train.part(places[0].tolist()), dataset.val.part(places[1].tolist()))
    remaining = tuple(train[place] for place in kept[0]), tuple(val[place] for place in kept[1])
    return Divided(left, final, tuple(one.hex() for one in hashes), remaining)


def _aside(
    contents: Sequence[bytes], labels: NDArray[np.int64], classes: Sequence[str], share: float, *, in_folds: bool
) -> NDArray[np.bool_]:
    """Return which images are set aside. Copies count once, for the class that the first of them has.

    Which is the first changes with the fold. With folds, copies count for the first of their classes instead.
    """
    different: dict[int, list[bytes]] = defaultdict(list)
    known = list(zip(contents, labels.tolist(), strict=True))
    if in_folds:
        known.sort(key=lambda each: each[1])
    for content, label in dict(reversed(known)).items():
        different[label].append(content)
    chosen: set[bytes] = set()
    for label, images in different.items():
        count = round(share * len(images))
        if count < 1 or len(images) - count < _LEFT:
            raise _too_few(classes[label], len(images), share)
        chosen |= set(sorted(images, key=_rank)[:count])
    return np.array([content in chosen for content in contents])


def _groups_aside(
    contents: Sequence[bytes],
    groups: NDArray[np.int64],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    share: float,
) -> NDArray[np.bool_]:
    """Return which images are set aside: whole groups in the order of their contents, none of which exceeds a share.

    Copies of one image join their groups.
    """
    _, copies = np.unique(np.array(contents), return_inverse=True)
    _, unit = np.unique(merged(groups, copies.astype(np.int64)), return_inverse=True)
    counts = np.zeros((unit.max() + 1, len(classes)), np.int64)
    np.add.at(counts, (unit, labels), 1)
    ranks = [_rank(content) for content in contents]
    first = [min(ranks[place] for place in members) for members in _members(unit)]
    total = counts.sum(axis=0)
    most = np.minimum(np.round(share * total).astype(np.int64), np.maximum(total - _LEFT, 0))
    taken, chosen = np.zeros(len(classes), np.int64), np.zeros(len(counts), bool)
    for number in sorted(range(len(counts)), key=first.__getitem__):
        if (taken + counts[number] <= most).all():
            chosen[number] = True
            taken += counts[number]
    for label in np.flatnonzero((taken == 0) & (total > 0)).tolist():
        raise _too_few(classes[label], int(total[label]), share, int((counts[:, label] > 0).sum()))
    return np.asarray(chosen[unit], bool)


def _labels_aside(
    contents: Sequence[bytes],
    groups: NDArray[np.int64] | None,
    labels: NDArray[np.int64],
    classes: Sequence[str],
    share: float,
) -> NDArray[np.bool_]:
    """Return which images are set aside where they can have several labels.

    Label by label, the rarest first, whole groups are taken in the order of their contents until the label has its
    share, and none exceeds its share; at last images with any labels. Copies of one image stay together.
    """
    copies = np.unique(np.array(contents), return_inverse=True)[1].astype(np.int64)
    unit = np.unique(merged(np.arange(len(copies)) if groups is None else groups, copies), return_inverse=True)[1]
    counts = np.zeros((unit.max() + 1, len(classes) + 1), np.int64)
    np.add.at(counts, unit, np.column_stack([labels, np.ones(len(labels), np.int64)]))
    ranks = [_rank(content) for content in contents]
    first = [min(ranks[place] for place in members) for members in _members(unit)]
    order = np.array(sorted(range(len(counts)), key=first.__getitem__))
    total = counts.sum(axis=0)
    most = np.round(share * total).astype(np.int64)
    for label in np.flatnonzero((total[:-1] > 0) & ((most[:-1] < 1) | (total[:-1] - most[:-1] < _LEFT))).tolist():
        raise _too_few(classes[label], int(total[label]), share)
    chosen, taken = np.zeros(len(counts), bool), np.zeros_like(total)
    for column in [*np.argsort(total[:-1], kind="stable").tolist(), len(classes)]:
        for number in order[(counts[order, column] > 0) & ~chosen[order]].tolist():
            if taken[column] < most[column] and (taken + counts[number] <= most).all():
                chosen[number] = True
                taken += counts[number]
    return np.asarray(chosen[unit], bool)


def _members(unit: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.split(np.argsort(unit, kind="stable"), np.cumsum(np.bincount(unit))[:-1])


def _too_few(name: str, images: int, share: float, groups: int | None = None) -> DatasetError:
    of = "different images" if groups is None else f"images in {groups} groups"
    return DatasetError(
        f"{name} has only {images} {of}. A final set of {share:.0%} takes at least one of each class and leaves at "
        f"least {_LEFT}. Choose another share, or add images."
    )


def _rank(content: bytes) -> bytes:
    return hashlib.blake2b(_WORD + content, digest_size=16).digest()


def _joined(first: Split, second: Split) -> Split:
    """Return the samples of two splits as one, which is not pickled."""

    def of_both(one: str, index: int) -> object:
        split, place = (first, index) if index < len(first) else (second, index - len(first))
        return getattr(split, one)(place)

    return Split(
        name="final",
        labels=np.concatenate([first.labels, second.labels]),
        ids=(*first.ids, *second.ids),
        load=lambda index: of_both("load", index),  # type: ignore[return-value,arg-type]
        source=lambda index: of_both("source", index),  # type: ignore[return-value,arg-type]
        reading=first.reading,
        masks=first.masks,
    )
