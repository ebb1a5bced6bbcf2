"""Two runs on the same validation images: what can be compared of their best epochs, and why the rest cannot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.paired_bootstrap import Difference, differences
from explorer.metrics.pairs import Alignment, Answers, ImageList, McNemar, align, changed_sides, mcnemar, predictions
from explorer.metrics.table import METRICS
from explorer.runs.overview.best import best_point
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.validation import ValidationImages, ValidationRecordError

MOST_RUNS = 50  # that are compared at once
LEAST_COMMON = 10  # images; an interval of fewer says nothing


class NotComparable(ValueError):
    """Two runs cannot be compared image by image; the message says why.

    `common` is the number of images that they can be compared on if a person asks for it, else 0.
    """

    def __init__(self, message: str, common: int = 0) -> None:
        super().__init__(message)
        self.common = common


@dataclass(frozen=True, eq=False)
class Side:
    """One of two runs at its best epoch so far.

    Attributes:
        name: As it is shown.
        point: The best epoch.
        record: Its counts and logits.
        images: The images of the rows of the logits.
        classes: Their names.
    """

    name: str
    point: EpochPoint
    record: EpochRecord
    images: ValidationImages
    classes: tuple[str, ...]
    answers: Answers


@dataclass(frozen=True)
class Changed:
    """An image that one of two models gets right.

    Attributes:
        row_a, row_b: Its rows in the logits of both runs.
        true, a, b: Its class, and those that A and B predict.
        score_a, score_b: The probabilities that they give to their predictions.
    """

    row_a: int
    row_b: int
    true: int
    a: int
    b: int
    score_a: float
    score_b: float


@dataclass(frozen=True, eq=False)
class Pair:
    """Two runs, A and B, on M images that both have validated.

    Attributes:
        labels: (M,) classes.
        answers_a, answers_b: What both models say about these images.
        notes: Sentences on what a reader has to know about the comparison.
    """

    a: Side
    b: Side
    alignment: Alignment
    labels: Counts
    answers_a: Answers
    answers_b: Answers
    notes: tuple[str, ...] = ()

    def changed_sides(self) -> tuple[list[Changed], list[Changed]]:
        """Return the images that only A gets right, and those that only B does, the surest wrong answers first."""
        lost, won = changed_sides(self.labels, self.answers_a, self.answers_b)
        return [self._changed(row) for row in lost], [self._changed(row) for row in won]

    def _changed(self, row: int) -> Changed:
        answers = [(int(one.predicted[row]), one.logits[row]) for one in (self.answers_a, self.answers_b)]
        (a, score_a), (b, score_b) = ((guess, _probability(logits, guess)) for guess, logits in answers)
        rows = int(self.alignment.rows_a[row]), int(self.alignment.rows_b[row])
        return Changed(*rows, int(self.labels[row]), a, b, score_a, score_b)

    def mcnemar(self) -> McNemar:
        """Compare which of the images the models get right."""
        return mcnemar(self.labels, self.answers_a, self.answers_b)

    def differences(self) -> dict[str, Difference]:
        """Return each metric of both models on these images, with the interval of the difference B - A."""
        return differences(self.labels, self.answers_a, self.answers_b, METRICS)


def best_of(view: RunView, snapshot: RunSnapshot) -> EpochPoint | None:
    """Return the best epoch so far, or None."""
    return best_point(view.paths, snapshot.config, snapshot.epochs)


def side_of(view: RunView, snapshot: RunSnapshot, name: str) -> Side:
    """Read what the best epoch of a run has left behind. Raises NotComparable."""
    point = best_of(view, snapshot)
    if point is None:
        state = "" if snapshot.status.over else " yet"
        raise NotComparable(f"“{name}” has no validated epoch{state}.")
    record = view.record(point.epoch, scores=True)
    if record is None:
        raise NotComparable(f"The record of epoch {point.number} of “{name}” cannot be read.")
    if record.logits is None or record.labels is None:
        raise NotComparable(
            f"“{name}” has no scores of single images: it was trained by an older version, or it has too many images "
            "and classes to keep them."
        )
    if not np.isfinite(record.logits).all():
        raise NotComparable(f"Some scores of “{name}” are not finite.")
    images = _images(view, name)
    if len(images) != len(record.labels) or (images.labels != record.labels).any():
        raise NotComparable(f"The list of validation images of “{name}” does not belong to its scores.")
    config = snapshot.config
    threshold = config.threshold if config is not None and config.loss == "bce" else None
    answers = Answers(record.logits, predictions(record.logits, threshold))
    return Side(name, point, record, images, snapshot.classes, answers)


def _images(view: RunView, name: str) -> ValidationImages:
    if not view.paths.validation.exists():
        raise NotComparable(
            f"“{name}” was trained by an older version, which did not record its validation images. Train it again, "
            "for example with “Duplicate and change”, to compare it image by image."
        )
    try:
        return ValidationImages.load(view.paths.validation)
    except ValidationRecordError as error:
        raise NotComparable(f"The list of validation images of “{name}” cannot be read.") from error


def pair_of(a: Side, b: Side, *, common: bool = False) -> Pair:
    """Put two runs side by side.

    Args:
        a, b: The runs.
        common: Whether to compare them on their common images where others are not the same.

    Raises:
        NotComparable: They have other classes, or other validation images.
    """
    if a.classes != b.classes or a.record.confusion.shape != b.record.confusion.shape:
        raise NotComparable(
            f"The runs tell other classes apart: “{a.name}” {_listed(a.classes)}, “{b.name}” {_listed(b.classes)}."
        )
    found = align(*(ImageList(side.images.ids, side.images.hashes, side.images.labels) for side in (a, b)))
    many = len(found.rows_a)
    if not found.complete and (not common or many < LEAST_COMMON):
        raise NotComparable(_why_not(a, b, found), many if many >= LEAST_COMMON else 0)
    if not many:
        raise NotComparable("The runs have no validation images.")
    notes: tuple[str, ...] = () if found.complete else (_why_not(a, b, found),)
    if a.images.reading != b.images.reading:
        notes += ("The same images were read in another way, for example with another range of values.",)
    answers = (a.answers.take(found.rows_a), b.answers.take(found.rows_b))
    return Pair(a, b, found, a.images.labels[found.rows_a], *answers, notes)


def _probability(logits: NDArray[np.floating[Any]], index: int) -> float:
    shifted = np.exp(logits.astype(np.float64) - logits.max())
    return float(shifted[index] / shifted.sum())


def _listed(classes: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(classes) - most} more" if len(classes) > most else ""
    return f"{', '.join(classes[:most])}{more}" if classes else "none that are known"


def _why_not(a: Side, b: Side, found: Alignment) -> str:
    if found.complete:
        return ""
    parts = [
        (found.only_a, f"only “{a.name}” has {{}}"),
        (found.only_b, f"only “{b.name}” has {{}}"),
        (found.changed, "{} were changed between the runs"),
        (found.unknown, "of {} the contents are not known"),
        (found.relabeled, "{} have another class"),
    ]
    said = ", ".join(words.format(f"{number:,}") for number, words in parts if number)
    return f"The runs were not validated on the same images: {len(found.rows_a):,} are the same, {said}."
