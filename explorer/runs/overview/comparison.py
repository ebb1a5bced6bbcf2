"""Two runs on the same validation images: what can be compared of their best epochs, and why the rest cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.metrics import label_pairs, mask_pairs
from explorer.metrics.cells import predicted_classes, predicted_labels, share_of
from explorer.metrics.counts import Counts
from explorer.metrics.mask_images import mean_dice
from explorer.metrics.metric import Evaluation
from explorer.metrics.paired_bootstrap import Difference, differences
from explorer.metrics.pairs import Alignment, Answers, ImageList, McNemar, align, changed_sides, mcnemar
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record.pixels import PixelCounts
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, threshold_of

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
        labels: (N,) classes of its validation images; (N, L), 0 or 1, where they can have several labels.
        images: These images in the same order; None where the run has no list of them.
        answers: What the model says about them; without meaning where masks are learned.
        pixels: Counts of the pixels of each image where masks are learned.
    """

    name: str
    snapshot: RunSnapshot
    point: EpochPoint
    labels: Counts
    images: ValidationImages | None
    answers: Answers
    pixels: PixelCounts | None = None

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


@dataclass(frozen=True)
class ChangedDice:
    """An image whose masks two models predict with another Dice.

    Attributes:
        row_a, row_b: Its places among the validation images of both runs.
        a, b: Its mean Dice over classes, by A and B.
    """

    row_a: int
    row_b: int
    a: float
    b: float


@dataclass(frozen=True, eq=False)
class Pair:
    """Two runs, A and B, on M images that both have validated.

    Attributes:
        labels: (M,) classes; (M, L), 0 or 1, where images can have several labels.
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

    @property
    def of_masks(self) -> bool:
        """Whether the runs learn masks."""
        return self.a.pixels is not None and self.b.pixels is not None

    @property
    def of_labels(self) -> bool:
        """Whether an image can have several labels."""
        return self.labels.ndim == 2

    @property
    def one_answer(self) -> bool:
        """Whether an image has one answer, which is simply right or wrong: neither masks nor several labels."""
        return not self.of_masks and not self.of_labels

    def changed_sides(self) -> tuple[list[Changed], list[Changed]]:
        """Return the images that only A gets right, and those that only B does, the surest wrong answers first.

        There are none where images have more than one answer.
        """
        if not self.one_answer:
            return [], []
        lost, won = changed_sides(self.labels, self.answers_a, self.answers_b)
        return [self._changed(row) for row in lost], [self._changed(row) for row in won]

    def _changed(self, row: int) -> Changed:
        answers = [(int(one.predicted[row]), one.logits[row]) for one in (self.answers_a, self.answers_b)]
        (a, score_a), (b, score_b) = ((guess, share_of(logits, guess)) for guess, logits in answers)
        rows = int(self.alignment.rows_a[row]), int(self.alignment.rows_b[row])
        return Changed(*rows, int(self.labels[row]), a, b, score_a, score_b)

    def changed_dice(self) -> tuple[list[ChangedDice], list[ChangedDice]]:
        """Return the images whose Dice is lower in B, and those whose Dice is higher, the largest change first.

        Images of which no pixel counts are left out. There are none where no masks are learned.
        """
        if self.a.pixels is None or self.b.pixels is None:
            return [], []
        rows_a, rows_b = self.alignment.rows_a, self.alignment.rows_b
        a, b = mean_dice(self.a.pixels.margins[rows_a]), mean_dice(self.b.pixels.margins[rows_b])
        change = np.nan_to_num(b - a)
        order = np.argsort(-np.abs(change), kind="stable")
        found = [
            ChangedDice(int(rows_a[at]), int(rows_b[at]), float(a[at]), float(b[at])) for at in order if change[at]
        ]
        return [one for one in found if one.b < one.a], [one for one in found if one.b > one.a]

    def mcnemar(self) -> McNemar | None:
        """Compare which of the images the models get right; None where images have more than one answer."""
        if not self.one_answer:
            return None
        return mcnemar(self.labels, self.answers_a, self.answers_b)

    def differences(self) -> dict[str, Difference]:
        """Return each metric of both models on these images, with the interval of the difference B - A."""
        if self.a.pixels is not None and self.b.pixels is not None:
            a = _of_masks(self.a.pixels, self.alignment.rows_a)
            return mask_pairs.differences(a, _of_masks(self.b.pixels, self.alignment.rows_b))
        if self.of_labels:
            return label_pairs.differences(self.labels, self.answers_a, self.answers_b)
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
    if record is not None and record.pixels is not None:
        return _side_of_masks(name, snapshot, point, evidence.images, record.pixels)
    if record is None or record.logits is None or record.labels is None:
        absent = evidence.why_not(point.epoch)
        why = _ABSENT["not_stored" if absent is None else absent.code]
        raise NotComparable(why.format(name=name, epoch=point.number))
    if not np.isfinite(record.logits).all():
        raise NotComparable(f"Some scores of “{name}” are not finite.")
    threshold = threshold_of(snapshot.config)
    if record.several:
        answers = Answers(record.logits, predicted_labels(record.logits, threshold))
    else:
        answers = Answers(record.logits, predicted_classes(record.logits, threshold))
    return Side(name, snapshot, point, record.labels, evidence.images, answers)


def _side_of_masks(
    name: str, snapshot: RunSnapshot, point: EpochPoint, images: ValidationImages | None, pixels: PixelCounts
) -> Side:
    count, classes = pixels.margins.shape[:2]
    labels = np.zeros(count, np.int64) if images is None else images.labels
    if len(labels) != count:
        raise NotComparable(_ABSENT["other_images"].format(name=name))
    nothing = Answers(np.zeros((count, classes), np.float32), np.zeros(count, np.int64))
    return Side(name, snapshot, point, labels, images, nothing, pixels)


def _of_masks(pixels: PixelCounts, rows: Counts) -> Evaluation:
    """Return what the metrics of masks of some images are computed from."""
    return Evaluation.of_pixels(pixels.margins[rows], None if pixels.borders is None else pixels.borders[rows])


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
    if a.labels.ndim != b.labels.ndim or (a.pixels is None) != (b.pixels is None):
        raise NotComparable("These runs learn different things: classes of images, several labels of them, or masks.")
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
        notes + _read_in_another_way(a, b) + _counted_in_another_way(a, b),
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


def _counted_in_another_way(a: Side, b: Side) -> tuple[str, ...]:
    """A note where the pixels of the masks of two runs were counted at different sizes."""
    first, second = a.snapshot.config, b.snapshot.config
    if a.pixels is None or first is None or second is None or _counted_at(first) == _counted_at(second):
        return ()
    return (
        f"Their pixels were counted at different sizes: {_counted_at(first)} and {_counted_at(second)}. A part of the "
        "difference comes from that.",
    )


def _counted_at(config: RunConfig) -> str:
    if config.evaluation == "whole":
        return f"whole images with a long side of {config.image_size} px"
    kept = config.kept
    size = "the size of each image" if kept is None else f"a short side of {kept.least} to {kept.most} px"
    return f"windows of {config.image_size} px over images with {size}"


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
