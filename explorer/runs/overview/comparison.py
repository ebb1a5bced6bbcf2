"""Two runs on the same validation images: what can be compared of their best epochs, and why the rest cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.paired_bootstrap import Difference, differences
from explorer.metrics.pairs import Alignment, Answers, ImageList, McNemar, align, changed_sides, mcnemar, predictions
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record.validation import ValidationImages

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
        labels: (N,) classes of its validation images.
        images: These images in the same order; None where the run has no list of them.
        answers: What the model says about them.
    """

    name: str
    snapshot: RunSnapshot
    point: EpochPoint
    labels: Counts
    images: ValidationImages | None
    answers: Answers

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, one for each column of the logits."""
        return class_names(self.snapshot.classes, self.answers.logits.shape[1])

    @property
    def data(self) -> tuple[str, str]:
        """Hashes of the list of validation images and of the contents of all images; "" where not recorded."""
        start = self.snapshot.start
        found = start.values.get("identity") if start else None
        known = found if isinstance(found, Mapping) else {}
        return str(known.get("validation images", "")), str(known.get("contents", ""))


def class_names(known: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return `count` names; classes without one are numbered."""
    return known[:count] + tuple(f"class {number}" for number in range(len(known) + 1, count + 1))


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
        return differences(self.labels, self.answers_a, self.answers_b)


def best_of(view: RunView, snapshot: RunSnapshot) -> EpochPoint | None:
    """Return the best epoch so far, or None."""
    return best_point(view.paths, snapshot.config, snapshot.epochs)


def side_of(view: RunView, snapshot: RunSnapshot, name: str) -> Side:
    """Read what the best epoch of a run has left behind. Raises NotComparable."""
    point = best_of(view, snapshot)
    if point is None:
        raise NotComparable(f"“{name}” has no validated epoch{'' if snapshot.status.over else ' yet'}.")
    evidence = Evidence(view)
    record = evidence.record(point.epoch)
    if record is None or record.logits is None or record.labels is None:
        absent = evidence.why_not(point.epoch)
        why = _ABSENT["not_stored" if absent is None else absent.code]
        raise NotComparable(why.format(name=name, epoch=point.number))
    if not np.isfinite(record.logits).all():
        raise NotComparable(f"Some scores of “{name}” are not finite.")
    config = snapshot.config
    threshold = config.threshold if config is not None and config.loss == "bce" else None
    answers = Answers(record.logits, predictions(record.logits, threshold))
    return Side(name, snapshot, point, record.labels, evidence.images, answers)


_ABSENT = {
    "not_validated": "Epoch {epoch} of “{name}” is not known to be validated.",
    "missing": "The record of epoch {epoch} of “{name}” is missing.",
    "damaged": "The record of epoch {epoch} of “{name}” is damaged.",
    "too_large": "“{name}” has so many validation images and classes that the scores of single images were not kept.",
    "thinned": "The scores of single images were not kept for epoch {epoch} of “{name}”.",
    "not_stored": "“{name}” has no scores of single images.",
    "other_images": "The scores of “{name}” do not belong to the validation images that it has listed.",
}


def pair_of(a: Side, b: Side, *, common: bool = False) -> Pair:
    """Put two runs side by side.

    Args:
        a, b: The runs.
        common: Whether to compare them on their common images where others are not the same.

    Raises:
        NotComparable: They have other classes, or other validation images.
    """
    if a.classes != b.classes:
        raise NotComparable(
            f"These runs have different classes: “{a.name}” {_listed(a.classes)}, “{b.name}” {_listed(b.classes)}."
        )
    found = _aligned(a, b)
    many = len(found.rows_a)
    if not found.complete and (not common or many < LEAST_COMMON):
        raise NotComparable(_why_not(a, b, found), many if many >= LEAST_COMMON else 0)
    if not many:
        raise NotComparable("The runs have no validation images.")
    notes = () if found.complete else (_why_not(a, b, found),)
    return Pair(
        a,
        b,
        found,
        a.labels[found.rows_a],
        a.answers.take(found.rows_a),
        b.answers.take(found.rows_b),
        notes + _read_in_another_way(a, b),
    )


def _aligned(a: Side, b: Side) -> Alignment:
    """The common images, by their lists. Runs that have recorded the same data have the same images, also without."""
    if a.data == b.data and all(a.data) and np.array_equal(a.labels, b.labels):
        rows = np.arange(len(a.labels))
        return Alignment(rows, rows, 0, 0, 0, 0, 0)
    for side in (a, b):
        if side.images is None:
            raise NotComparable(
                f"“{side.name}” has no readable list of its validation images. Runs of older versions did not write "
                "one, and can only be compared with runs on exactly the same data. Train it again, for example with "
                "“Duplicate and change”."
            )
    assert a.images is not None
    assert b.images is not None
    return align(*(ImageList(images.ids, images.hashes, images.labels) for images in (a.images, b.images)))


def _read_in_another_way(a: Side, b: Side) -> tuple[str, ...]:
    if a.images is None or b.images is None or a.images.reading == b.images.reading:
        return ()
    return (
        f"The images were read in another way: {a.images.reading or 'as usual'} and {b.images.reading or 'as usual'}.",
    )


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
