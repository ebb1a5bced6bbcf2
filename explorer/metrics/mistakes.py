"""What a network got wrong, image by image: losses, confident errors, confused pairs, and what changed over the epochs.

All lists are indices of images, (K,) int64. Images that are equal in what a list is sorted by keep their order.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.cells import predicted_classes
from explorer.metrics.scores import check_scores

Indices = NDArray[np.int64]
Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BLOCK = 1 << 18  # scores that are worked on at once


@dataclass(frozen=True, eq=False)
class Judged:
    """How the network of one epoch judged N images.

    Attributes:
        labels: (N,) int64 true classes.
        predicted: (N,) int64 class that was predicted.
        loss: (N,) float64 cross-entropy in nats, 0 or more, whatever loss the run was trained with.
        confidence: (N,) float64 softmax probability of the predicted class.
        own: (N,) float64 softmax probability of the true class.
        margin: (N,) float64 logit of the true class minus the highest other logit: below 0 where another class is the
            most probable one.
    """

    labels: Indices
    predicted: Indices
    loss: Values
    confidence: Values
    own: Values
    margin: Values

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> Flags:
        """(N,) whether the predicted class is the true one."""
        return np.asarray(self.predicted == self.labels)


def judge(logits: ArrayLike, labels: ArrayLike, threshold: float = 0.5) -> Judged:
    """Judge the images by their scores, block after block, so that no copy of all logits is made.

    Args:
        logits: (N, C); N may be 0.
        labels: (N,) class indices.
        threshold: Of two classes, the probability of the second above which it is predicted. With more classes the one
            with the highest logit is predicted, the first one of equals.

    Raises:
        ValueError: As `check_scores`, also for logits that are nan or infinite.
    """
    scores, truth = check_scores(logits, labels)
    rows = max(1, _BLOCK // scores.shape[1])
    parts = [
        _judged(scores[begin : begin + rows].astype(np.float64), truth[begin : begin + rows], threshold)
        for begin in range(0, max(len(truth), 1), rows)
    ]
    predicted, *values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Judged(truth, predicted.astype(np.int64), *values)


def _judged(logits: Values, labels: Indices, threshold: float) -> tuple[NDArray[Any], ...]:
    """Of each row: predicted class, loss, confidence, probability of the label, and margin. Changes `logits`."""
    rows, predicted = np.arange(len(logits)), predicted_classes(logits, threshold)
    logits -= logits.max(axis=1, keepdims=True)
    total = np.exp(logits).sum(axis=1)
    confidence = np.exp(logits[rows, predicted]) / total
    own = logits[rows, labels]
    logits[rows, labels] = -np.inf
    return predicted, np.log(total) - own, confidence, np.exp(own) / total, own - logits.max(axis=1)


def highest_first(indices: Indices, values: Values) -> Indices:
    """Sort some of N images by (N,) values, the highest first."""
    return indices[np.argsort(-values[indices], kind="stable")]


def by_loss(judged: Judged) -> Indices:
    """Return all images, the highest loss first."""
    return highest_first(np.arange(len(judged)), judged.loss)


def confident_errors(judged: Judged) -> Indices:
    """Return the images that are wrong, the most confident first."""
    return _sure_first(judged, ~judged.right)


def of_pair(judged: Judged, true: int, predicted: int) -> Indices:
    """Return the images of one class that were predicted as another, the most confident first."""
    return _sure_first(judged, (judged.labels == true) & (judged.predicted == predicted))


def _sure_first(judged: Judged, chosen: Flags) -> Indices:
    # A confidence that is rounded to 1 says no more which one is surer, but the margin still does.
    found = np.flatnonzero(chosen)
    return found[np.lexsort((judged.margin[found], -judged.confidence[found]))]


@dataclass(frozen=True)
class ConfusedPair:
    """How many images of the class `true` were predicted as the class `predicted`."""

    true: int
    predicted: int
    count: int


def confused_pairs(judged: Judged, num_classes: int) -> tuple[ConfusedPair, ...]:
    """Return each pair of classes that was confused, the most frequent first; equals by true, then predicted class."""
    wrong = ~judged.right
    cells, counts = np.unique(judged.labels[wrong] * num_classes + judged.predicted[wrong], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(ConfusedPair(*divmod(int(cells[at]), num_classes), int(counts[at])) for at in order)


@dataclass(frozen=True, eq=False)
class Changed:
    """Images that changed sides between two epochs.

    Attributes:
        lost: Right before and wrong after; the highest loss after first.
        gained: Wrong before and right after; the highest loss before first.
    """

    lost: Indices
    gained: Indices


def changed(before: Judged, after: Judged) -> Changed:
    """Compare two epochs. Raises ValueError if they judged other images."""
    if not np.array_equal(before.labels, after.labels):
        raise ValueError(f"both epochs must judge the same images; got {len(before)} and {len(after)}, or other labels")
    lost = np.flatnonzero(before.right & ~after.right)
    gained = np.flatnonzero(~before.right & after.right)
    return Changed(highest_first(lost, after.loss), highest_first(gained, before.loss))


@dataclass(frozen=True, eq=False)
class Course:
    """What became of N images over epochs, which are added one by one, so that their logits need not be kept.

    Attributes:
        epochs: The epochs so far, ascending, from 0.
        ever: (N,) whether an image was right in any of them.
        now: (N,) whether it was right in the last of them.
        losses: (N,) int64 how often it went from right to wrong (the forgetting events of Toneva et al., 2019,
            https://arxiv.org/abs/1812.05159, over validations).
    """

    epochs: tuple[int, ...]
    ever: Flags
    now: Flags
    losses: Indices

    @classmethod
    def empty(cls, images: int) -> "Course":
        """Return the course of some images before the first epoch."""
        return cls((), np.zeros(images, bool), np.zeros(images, bool), np.zeros(images, np.int64))

    def then(self, epoch: int, right: Flags) -> "Course":
        """Add a later epoch, in which the images of (N,) `right` were right. Raises ValueError if they do not fit."""
        if right.shape != self.now.shape:
            raise ValueError(f"right must be ({len(self.now)},); got {right.shape}")
        if self.epochs and epoch <= self.epochs[-1]:
            raise ValueError(f"epochs must ascend; got {epoch} after {self.epochs[-1]}")
        losses = self.losses + (self.now & ~right)
        return replace(self, epochs=(*self.epochs, epoch), ever=self.ever | right, now=right, losses=losses)

    @property
    def never_learned(self) -> Indices:
        """Images that were wrong in each epoch; none before the first one."""
        return np.flatnonzero(~self.ever) if self.epochs else np.zeros(0, np.int64)

    @property
    def forgotten(self) -> Indices:
        """Images that were right in some epoch and are wrong in the last one."""
        return np.flatnonzero(self.ever & ~self.now)
