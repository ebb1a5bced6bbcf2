"""How a data set is divided into parts for training, for validation and for testing.

The order of what decides: a fold is chosen (the folds that the data set gives, else folds that are made), the data set
gives parts, or a share of each class validates. Images that belong together are on one side, except where the data set
itself gives it otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.parts import TEST, TRAIN, UNUSED, VAL, decided, folds_of_labels, joined

PARTS = ("train", "val", "test")  # their names, by number
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Given:
    """What a data set of N images says about its own division.

    Attributes:
        part: (N,) int8, 0 train, 1 val, 2 test; None where no parts are given.
        fold: (N,) int64, from 0; -1 trains in every fold. None where no folds are given.
        group: (N,) int64, equal for images that belong together; None where nothing is known of that.
        part_by, fold_by, group_by: what gives it, such as "the column split" or, for groups, "patient".
    """

    part: NDArray[np.int8] | None = None
    fold: NDArray[np.int64] | None = None
    group: NDArray[np.int64] | None = None
    part_by: str = ""
    fold_by: str = ""
    group_by: str = "group"


NOTHING = Given()


@dataclass(frozen=True, eq=False)
class Division:
    """A divided data set of N images.

    Attributes:
        part: (N,) int8, 0 train, 1 val, 2 test, -1 used for nothing.
        group: (N,) int64, with the groups that a person has made; None where each image is by itself.
        notes: what is divided, and how, in sentences.
    """

    part: NDArray[np.int8]
    group: NDArray[np.int64] | None
    notes: tuple[str, ...]

    def of(self, part: int) -> NDArray[np.int64]:
        """The indices of the images of a part, in their order."""
        return np.flatnonzero(self.part == part).astype(np.int64)


def divide(
    spec: FileSpec, ids: Sequence[str], labels: NDArray[np.int64], classes: Sequence[str], given: Given = NOTHING
) -> Division:
    """Divide a data set as its spec says.

    Args:
        spec: its share or fold, its seed, and what a person has decided about its images.
        ids: N names of images.
        labels: (N,) classes, or (N, L) where an image can have several labels.
        classes: their names; () where images have no classes of their own, as those with masks.
        given: the division that the data set comes with.

    Raises:
        DatasetError: there are fewer groups than parts, or other folds are given than chosen.
    """
    groups = joined(given.group, ids, spec.together)
    _check_folds(spec, given, groups)
    fold_of, fold = _folds(spec, labels, given, groups)
    part, moved = decided(
        ids,
        labels,
        given.part,
        fold_of,
        given.group,
        share=spec.val_fraction,
        seed=spec.seed,
        folds=spec.folds,
        fold=fold,
        together=spec.together,
        left_out=spec.left_out,
    )
    notes = [*_words(spec, given, groups, part, classes), *_together_words(spec, moved)]
    if out := int((part == UNUSED).sum()):
        notes.append(f"{_images(out)} left out by choice.")
    return Division(part, groups, (*notes, *_straddling(part, groups, given), *_alone(part, labels, classes)))


def _folds(
    spec: FileSpec, labels: NDArray[np.int64], given: Given, groups: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64] | None, int]:
    """(N,) the folds by which images are divided, or None where `decided` makes them; and the one that validates.

    Images with several labels are spread here: by their share, which is fold 0 of two, or over the folds of the spec.
    """
    if given.fold is not None or labels.ndim == 1:
        return given.fold, spec.fold
    share, seed, folds = spec.val_fraction, spec.seed, spec.folds
    return folds_of_labels(labels, given.part, groups, share=share, seed=seed, folds=folds), spec.fold


def _is_given(spec: FileSpec, given: Given) -> bool:
    """Whether the data set gives which images validate, without folds."""
    return spec.folds is None and given.part is not None and bool((given.part == VAL).any())


def _check_folds(spec: FileSpec, given: Given, groups: NDArray[np.int64] | None) -> None:
    free = np.ones(0, bool) if groups is None else _free(given, len(groups))
    if given.fold is not None and not (spec.folds is None and given.part is not None and (given.part == VAL).any()):
        count = int(given.fold.max(initial=-1)) + 1
        if count < 2:
            raise DatasetError(f"{given.fold_by} has one fold only. Choose no column of folds, or give several.")
        if spec.folds not in (None, count):
            raise DatasetError(
                f"{given.fold_by} gives {count} folds, and {spec.folds} are chosen. Choose {count} folds, or no column "
                "of folds, so that others are made."
            )
    elif groups is not None and not _is_given(spec, given):
        count, needed = len(np.unique(groups[free])), spec.folds or 2
        if count < needed:
            raise DatasetError(
                f"There are {count} groups by {given.group_by}, and {needed} parts need at least {needed}. "
                "Choose fewer folds, or another column of groups."
            )


def _free(given: Given, size: int) -> NDArray[np.bool_]:
    """(N,) whether an image is not for testing."""
    return np.ones(size, bool) if given.part is None else given.part != TEST


def _words(
    spec: FileSpec, given: Given, groups: NDArray[np.int64] | None, part: NDArray[np.int8], classes: Sequence[str]
) -> list[str]:
    """How the images were divided; nothing about a plain share of each class."""
    counts = {name: int((part == number).sum()) for number, name in enumerate(PARTS)}
    tested = [f"{_images(counts['test'])} for testing: neither trained nor validated on."] if counts["test"] else []
    count = 0 if groups is None else len(np.unique(groups[_free(given, len(part))]))
    by = f"by {given.group_by}, {count:,} groups" if given.group is not None else f"with {count:,} groups"
    had_val = given.part is not None and bool((given.part == VAL).any())
    if spec.folds is not None or (given.fold is not None and not had_val):
        again = ["The images of train and val are divided together, whichever part was given."] if had_val else []
        if given.fold is not None:
            folds, how = int(given.fold.max()) + 1, f"given by {given.fold_by}"
        else:
            made = _stratified(spec) if classes else "drawn at random"
            folds, how = spec.folds or 0, by if groups is not None else made
        return [f"{folds} folds, {how}: fold {spec.fold + 1} of {folds} validates.", *again, *tested]
    if had_val:
        said = f"{given.part_by} divides the images: {counts['train']:,} train, {counts['val']:,} validate."
        return [*([said] if given.part_by else []), *tested]
    if groups is not None:
        return [f"Divided {by} that are never split: {counts['val']:,} images validate.", *tested]
    if not classes:
        share = f"{counts['val']:,} of {counts['train'] + counts['val']:,} images validate, drawn at random."
        return [share, *tested]
    return tested


def _stratified(spec: FileSpec) -> str:
    return "stratified by label" if spec.task == "labels" else "stratified by class"


def _together_words(spec: FileSpec, moved: int) -> list[str]:
    if not spec.together:
        return []
    said = f"{len(spec.together):,} groups of images are kept together by choice"
    return [f"{said}; {_images(moved)} for training, although given for validation." if moved else f"{said}."]


def _straddling(part: NDArray[np.int8], groups: NDArray[np.int64] | None, given: Given) -> list[str]:
    """A caution about groups that the given division has on both sides."""
    if groups is None:
        return []
    both = np.intersect1d(groups[part == TRAIN], groups[part == VAL])
    if not len(both):
        return []
    return [
        f"{len(both):,} groups by {given.group_by} are in training and in validation, as the data set gives it: scores "
        "may be too good. Choose folds, so that groups stay whole."
    ]


def _alone(part: NDArray[np.int8], labels: NDArray[np.int64], classes: Sequence[str]) -> list[str]:
    """Notes about classes that one side lacks."""
    if labels.ndim == 2:
        return _alone_labels(part, labels, classes)
    if not classes:
        return []
    train, val = (np.bincount(labels[part == number], minlength=len(classes)) for number in (TRAIN, VAL))
    notes = []
    for name, trained, validated in zip(classes, train.tolist(), val.tolist(), strict=True):
        if trained == 1 and not validated:
            notes.append(f"{name} has one image only: it trains and is not validated.")
        elif not validated:
            notes.append(f"{name} has no validation images: its F1 and AUROC cannot be computed.")
        elif not trained:
            notes.append(f"{name} has no training images: the network cannot learn it.")
    return notes


def _alone_labels(part: NDArray[np.int8], labels: NDArray[np.int64], classes: Sequence[str]) -> list[str]:
    """Notes about labels that no image, or each image, of a side has."""
    train, val = (labels[part == number].mean(axis=0) if (part == number).any() else None for number in (TRAIN, VAL))
    said = (
        (train, 0, "No training image has the label {}: the network cannot learn it.",
         "No training image has one of {} labels: {}. The network cannot learn them."),
        (train, 1, "Each training image has the label {}: the network cannot learn it.",
         "Each training image has all of {} labels: {}. The network cannot learn them."),
        (val, 0, "No validation image has the label {}: its AUROC cannot be computed.",
         "No validation image has one of {} labels: {}. Their AUROC cannot be computed."),
        (val, 1, "Each validation image has the label {}: its AUROC cannot be computed.",
         "Each validation image has all of {} labels: {}. Their AUROC cannot be computed."),
    )  # fmt: skip
    notes = []
    for shares, share, one, many in said:
        if shares is None:
            continue
        found = [name for name, of in zip(classes, shares.tolist(), strict=True) if of == share]
        if found:
            notes.append(one.format(found[0]) if len(found) == 1 else many.format(f"{len(found):,}", named(found)))
    return notes


def _images(count: int) -> str:
    return counted(count, "image is", "images are")


def named(names: Sequence[str]) -> str:
    """The first of several names, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
