"""What a study of folds says of each image, and what metrics are computed from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.base.task_names import TaskName
from explorer.metrics.cells import predicted_classes
from explorer.metrics.counts import confusion_counts
from explorer.metrics.labels import above, label_areas, label_confusion, sets_of
from explorer.metrics.metric import Evaluation
from explorer.metrics.scores import auroc
from explorer.metrics.thresholds import probabilities
from explorer.runs.record.studies.images import StudyImages

Which = Literal["last", "best"]
WHICH: tuple[Which, ...] = ("last", "best")
NO_FOLD = -1


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What is said of each of N images, listed in `images`, by the run that was not trained on it.

    Attributes:
        images: All images of the data set, in the order of the rows.
        folds: (N,) int64, the fold of each image, from 0; NO_FOLD while its run is not trained.
        given: By epoch, (N, C) float32 logits, nan where there is no fold yet; where masks are learned (N, C, 3) int64
            margins of the pixels of each image, see `PixelCounts`, 0 where there is no fold yet.
        threshold: Of two classes, the probability of the second above which it is predicted; of several labels, that
            of each.
        task: What the networks answer.
    """

    images: StudyImages
    folds: NDArray[np.int64]
    given: dict[Which, NDArray[Any]]
    threshold: float
    task: TaskName = "classification"

    @cached_property
    def known(self) -> NDArray[np.int64]:
        """The rows of images that have scores, ascending."""
        return np.flatnonzero(self.folds != NO_FOLD).astype(np.int64)

    @cached_property
    def _contents(self) -> NDArray[np.int64]:
        """A number for the content of each known image: equal numbers are exact copies, whatever groups they are in."""
        hashes = [self.images.hashes[row] or f"unknown {row}" for row in self.known]
        numbers: NDArray[np.int64] = np.unique(hashes, return_inverse=True)[1].astype(np.int64)
        return numbers

    @cached_property
    def copies(self) -> int:
        """How many images that have scores are exact copies of others that have some."""
        return len(self._contents) - len(np.unique(self._contents))

    @cached_property
    def divided_copies(self) -> int:
        """How many images have an exact copy in another fold, so that the run that judged them has seen it."""
        pairs = np.unique(np.stack([self._contents, self.folds[self.known]]), axis=1)
        contents, folds = np.unique(pairs[0], return_counts=True)
        return int(np.isin(self._contents, contents[folds > 1]).sum())

    @property
    def logits(self) -> dict[Which, NDArray[np.float32]]:
        """What is `given` where no masks are learned."""
        assert self.task != "segmentation"
        return self.given

    def probabilities(self, which: Which) -> NDArray[np.float64]:
        """Return (N, C) probabilities of logits: softmax, or of several labels each by itself; nan without a fold."""
        logits = self.logits[which].astype(np.float64)
        if self.task == "labels":
            return probabilities(logits)
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True)
        return found

    def predicted(self, which: Which) -> NDArray[np.int64]:
        """Return the (N,) predicted classes, or (N, L) labels, 0 or 1; NO_FOLD where there is no fold yet."""
        known = self.known
        of_known = self._predicted(self.logits[which][known])
        found = np.full((len(self.folds), *of_known.shape[1:]), NO_FOLD)
        found[known] = of_known
        return found

    def _predicted(self, logits: NDArray[np.float32]) -> NDArray[np.int64]:
        if self.task == "labels":
            return above(logits, self.threshold)
        return predicted_classes(logits, self.threshold)

    def evaluation(self, which: Which, rows: NDArray[np.int64]) -> Evaluation:
        """Return what metrics are computed from, of some rows that have answers."""
        given, labels, classes = self.given[which][rows], self.images.labels[rows], len(self.images.classes)
        if self.task == "segmentation":
            return Evaluation.of_pixels(given)
        predicted = self._predicted(given)
        if self.task == "labels":
            counts, sets = label_confusion(labels, predicted), sets_of(labels, predicted)
            areas = label_areas(given, labels)
            return Evaluation(counts, areas, logits=given, labels=labels, task=self.task, sets=sets)
        counts = confusion_counts(labels, predicted, classes)
        return Evaluation(counts, auroc(given, labels), logits=given, labels=labels)
