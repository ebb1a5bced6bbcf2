"""The folds of a study: stratified, with whole groups, the same for all variants."""

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from explorer.runs.spec.plans.plan import least_of_a_class
from explorer.training.studies.errors import StudyError

FOLDS = 5

Labels = NDArray[np.int64]  # (N,)
Groups = NDArray[np.int64]  # (N,), equal for images that belong together


def check_labels(labels: Labels, classes: Sequence[str], *, folds: int = FOLDS, groups: Groups | None = None) -> None:
    """Check that images can be divided into folds.

    Args:
        labels: (N,) classes.
        classes: The names of the classes.
        folds: How many folds.
        groups: (N,) which images belong together, or None.

    Raises:
        StudyError: They cannot; the message names the classes.
    """
    counts = np.bincount(labels, minlength=len(classes))
    if (counts > 0).sum() < 2:
        raise StudyError("A study compares how well images are classified, so they need at least two classes.")
    least = least_of_a_class(folds)
    if few := [f"{name} ({count})" for name, count in zip(classes, counts, strict=True) if count < least]:
        raise StudyError(
            f"Each class needs at least {least} images for a study with {folds} folds. Too few: {_listed(few)}. "
            "Add images, or leave these classes out."
        )
    if groups is None:
        return
    held = {name: len(np.unique(groups[labels == at])) for at, name in enumerate(classes)}
    if few := [f"{name} ({count})" for name, count in held.items() if count < folds]:
        raise StudyError(
            f"Images of a group stay in one fold, so each class needs images in at least {folds} groups. "
            f"Too few: {_listed(few)}."
        )


def folds_of(
    labels: Labels, seed: int, repeat: int, *, folds: int = FOLDS, groups: Groups | None = None
) -> NDArray[np.int64]:
    """Draw the folds of one repeat.

    Args:
        labels: (N,) classes.
        seed: Of the study.
        repeat: The number of the repeat, from 0.
        folds: How many folds.
        groups: (N,) which images belong together, or None.

    Returns:
        (N,) the fold in which each image is held out, 0 to folds - 1.

    Raises:
        StudyError: The images of some fold are all that there are of a class.
    """
    fold = divided(labels, [seed, repeat], folds, groups)
    for held in range(folds):
        if set(np.unique(labels[fold != held])) < set(np.unique(labels)):
            raise StudyError(
                "The groups cannot be divided into folds: all images of a class would be held out together. "
                "Use smaller groups, or fewer folds."
            )
    return fold


def divided(labels: Labels, seeds: Sequence[int], folds: int, groups: Groups | None) -> NDArray[np.int64]:
    """(N,) a random fold of each image; seeds: whole numbers that decide it. Raises StudyError."""
    state = int(np.random.SeedSequence(list(seeds)).generate_state(1)[0])
    fold = np.empty(len(labels), np.int64)
    for number, held in enumerate(_held_out(labels, state, folds, groups)):
        fold[held] = number
    return fold


def _held_out(labels: Labels, state: int, folds: int, groups: Groups | None) -> Iterator[NDArray[np.int64]]:
    if groups is not None and len(np.unique(groups)) < folds:
        raise StudyError(f"{len(np.unique(groups))} groups cannot be divided into {folds} folds.")
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes with fewer members than folds, which the callers check
        yield from (held for _, held in kind(folds, shuffle=True, random_state=state).split(labels, labels, groups))


def _listed(few: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(few[:most])
    return shown if len(few) <= most else f"{shown} and {len(few) - most} more"
