"""What a metric is, what it is computed from, and a value that may be undefined."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base.task_names import TaskName
from explorer.metrics.counts import Counts
from explorer.metrics.images import ImageScores, image_scores
from explorer.metrics.labels import check_label_scores
from explorer.metrics.rates import Margins, margins
from explorer.metrics.scores import Areas, ScoreHistogram, check_scores, log_odds
from explorer.metrics.thresholds import Cuts


@dataclass(frozen=True)
class Value:
    """The value of a metric, or the reason why it is undefined.

    Args:
        value: None where it is undefined.
        why: Why it is undefined, as the end of a sentence: "no validation image is of this class".
        note: What has to be known about a value that is defined, as a sentence; "" if nothing.
        within: How far the value may be off where it is computed from a histogram; 0 where it is exact.
    """

    value: float | None
    why: str = ""
    note: str = ""
    within: float = 0.0


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What metrics are computed from.

    Args:
        confusion: (C, C) counts, rows are the truth; (C, 2, 2) for several labels.
        areas: AUROC of each class.
        loss: Mean validation loss; nan where it is not known.
        histogram: Of the scores; None where it is not known.
        logits, labels: (N, C) floats and (N,) class indices, or (N, C), 0 or 1, for several labels; None where they
            are not stored.
        within: (C,) how far each of the areas may be off; None where they are exact.
        task: What the network answers: the metrics of that task are listed.
        pixels: (N, C, 3) counts of the pixels of each image where masks are learned: of the class and predicted as it,
            of the class, predicted as the class. None otherwise.
        sets: (K, 4) kinds of images where they can have several labels, as in explorer.metrics.labels; None otherwise.
        borders: (N, C, 4) counts of border pixels of each image, as in explorer.runs.record.pixels; None if unknown.
    """

    confusion: Counts
    areas: Areas
    loss: float = math.nan
    histogram: ScoreHistogram | None = None
    logits: NDArray[np.floating[Any]] | None = None
    labels: NDArray[np.int64] | None = None
    within: tuple[float, ...] | None = None
    task: TaskName = "classification"
    pixels: Counts | None = None
    borders: Counts | None = None
    sets: Counts | None = None

    @classmethod
    def of_pixels(cls, pixels: Counts, borders: Counts | None = None) -> Self:
        """Of counts of the pixels of images only, which are all that the metrics of masks without scores need."""
        classes = pixels.shape[1]
        nothing = np.zeros((classes, classes), np.int64)
        return cls(nothing, (None,) * classes, task="segmentation", pixels=pixels, borders=borders)

    @cached_property
    def margins(self) -> Margins:
        """What the metrics of counts need of each class."""
        if self.pixels is not None:
            return Margins(*(part.sum(axis=0) for part in self.image_margins))
        return margins(self.confusion)

    @property
    def several(self) -> bool:
        """Whether an image can have several labels."""
        return self.task == "labels"

    @cached_property
    def total(self) -> int:
        """The number of what is counted: images, or pixels."""
        return int(self.confusion.sum() if not self.several else self.confusion[:1].sum())

    @cached_property
    def image_margins(self) -> Margins:
        """The (N, C) margins of the pixels of each image; without images where no masks are learned."""
        each = np.zeros((0, len(self.confusion), 3), np.int64) if self.pixels is None else self.pixels
        return Margins(each[..., 0], each[..., 1], each[..., 2])

    @cached_property
    def scores_missing(self) -> str:
        """Why there are no scores of single images, as the end of a sentence; "" where there are."""
        if self.logits is None or self.labels is None:
            return "the scores of single images are not stored"
        try:
            (check_label_scores if self.several else check_scores)(self.logits, self.labels)
        except ValueError as error:
            return str(error)
        return "" if len(self.labels) else "there are no validation images"

    @cached_property
    def images(self) -> ImageScores | None:
        """Numbers of single images with one class each; None where `scores_missing`."""
        if self.several or self.scores_missing or self.logits is None or self.labels is None:
            return None
        return image_scores(self.logits, self.labels)

    def scored(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
        """Yield the (N,) log odds of each class, and which images are of it; nothing where none are stored."""
        if self.logits is None or self.labels is None:
            return
        if self.several:
            columns = zip(self.logits.T, self.labels.T, strict=True)
            yield from ((odds.astype(np.float64), mine == 1) for odds, mine in columns)
            return
        yield from ((odds, self.labels == index) for index, odds in enumerate(log_odds(self.logits)))

    def cuts(self) -> "Iterable[Cuts]":
        """Yield the distinct scores of one class after the other, from logits or else bins; nothing without both."""
        if not self.scores_missing:
            yield from (Cuts.of_scores(odds, mine) for odds, mine in self.scored())
        elif self.histogram is not None:
            yield from map(Cuts.of_histogram, self.histogram.positives, self.histogram.negatives)

    def cuts_of(self, index: int) -> Cuts | None:
        """Return the distinct scores of one class, from logits or else bins; None without both."""
        if not self.scores_missing:
            return Cuts.of_scores(*next(itertools.islice(self.scored(), index, None)))
        if self.histogram is None:
            return None
        return Cuts.of_histogram(self.histogram.positives[index], self.histogram.negatives[index])


def _not_listed(_: Any) -> float:
    raise LookupError("only metrics that are listed are computed from a part of an evaluation")


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        key: Its name in events, outcomes and configs.
        title: As a label on a page.
        help: What it means, in a sentence or two.
        logged: Its name for Lightning's callbacks and loggers.
        of: What it needs: "counts" is the margins of the confusion matrix, "scores" the AUROC of each class, "loss"
            the loss itself, "images" the scores of single images, "pixels" the (N, C) margins of the pixels of
            each image, "borders" the (N, C, 4) counts of its border pixels, "labels" the whole evaluation of
            several labels.
        value: Its value of an evaluation, or why it is undefined.
        classes: Its value of each class, one against the rest, where it has them.
        formula: In LaTeX, for the whole.
        class_formula: In LaTeX, for one class.
        deceives: When it deceives, in a sentence.
        rate: For those of counts, and of masks: a function of the margins of one matrix, or of many at once, whose
            draws give its interval. For "pixels", of the margins of single images; for "borders", of border counts.
        compute: For those that are listed: a function, defined in `rates.py` or `scores.py`, of what the metric needs;
            None or nan where it is undefined. Exported code takes it by its source.
        listed: Whether it is computed for every epoch, for curves, lists, loggers, the monitor and exported code. The
            others are shown where the scores of one epoch are.
        per_class: For those that are listed, and for masks: a function of the same, for each class.
        short: A shorter title, for charts and columns.
        better: Which values are better.
        low: The least possible value; the highest is 1, and for losses there is none.
        no_skill: What the value of a network that has learned nothing is called in charts.
        tasks: The tasks that list it.
    """

    key: str
    title: str
    help: str
    logged: str
    of: Literal["counts", "scores", "loss", "images", "pixels", "borders", "labels"]
    value: Callable[[Evaluation], Value]
    classes: Callable[[Evaluation], Sequence[Value]] | None = None
    formula: str = ""
    class_formula: str = ""
    deceives: str = ""
    rate: Callable[[Any], NDArray[np.float64]] | None = field(default=None, repr=False)
    compute: Callable[[Any], Any] = field(default=_not_listed, repr=False)
    per_class: Callable[[Any], Iterable[float | None]] | None = field(default=None, repr=False)
    short: str = ""
    better: Literal["higher", "lower"] = "higher"
    low: float = 0.0
    no_skill: str = "always the largest class"
    tasks: tuple[TaskName, ...] = ("classification",)

    @property
    def listed(self) -> bool:
        """Whether it is computed for every epoch."""
        return self.compute is not _not_listed

    @property
    def label(self) -> str:
        """The short title."""
        return self.short or self.title

    @property
    def in_sentence(self) -> str:
        """The short title inside of a sentence: "F1", "accuracy", "IoU per image"."""
        return " ".join(_inside(word) for word in self.label.split(" "))


def _inside(word: str) -> str:
    """A word inside of a sentence: names, and words with capital letters or digits after the first, stay."""
    return word.lower() if word[1:].islower() and word != "Dice" else word
