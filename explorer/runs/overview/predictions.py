"""What pages and commands say of a prediction: its scores, those of each network, and what the views have changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import confusion_counts
from explorer.metrics.intervals import Interval, intervals
from explorer.metrics.metric import Evaluation
from explorer.metrics.paired_bootstrap import COMPARED, Difference, differences
from explorer.metrics.pairs import Answers, McNemar, changed_sides, mcnemar
from explorer.metrics.scores import auroc
from explorer.metrics.table import EVERY
from explorer.runs.record.predictions import NO_LABEL, Predictions, predicted_by

SCORES = ("accuracy", "auroc", "f1_macro", "log_loss")
_LEAST = float(np.finfo(np.float32).tiny)  # a probability of 0 has no logarithm

Rows = NDArray[np.int64]
Probabilities = NDArray[np.float32]


def logits_of(probabilities: Probabilities) -> NDArray[np.float64]:
    """Logits whose softmax is (N, C) probabilities: their logarithms."""
    return np.log(np.maximum(probabilities.astype(np.float64), _LEAST))


@dataclass(frozen=True)
class Flip:
    """An image of which the views have changed whether it is right.

    Attributes:
        row: In the predictions.
        true: Its class.
        plain, views: The classes that are predicted without views and with them.
        plain_score, views_score: The probabilities of these.
    """

    row: int
    true: int
    plain: int
    views: int
    plain_score: float
    views_score: float


@dataclass(frozen=True, eq=False)
class Gain:
    """What the views have changed, on the images whose class is known.

    Attributes:
        images: How many these are.
        differences: Metric -> its value without views (a) and with them (b), with the interval of the difference.
        sides: How many are right both times, once and never.
        lost, won: Images that were right without views only, and with them only; the surest wrong answers first.
    """

    images: int
    differences: Mapping[str, Difference]
    sides: McNemar
    lost: tuple[Flip, ...]
    won: tuple[Flip, ...]


@dataclass(frozen=True, eq=False)
class Seen:
    """A prediction, looked at where classes are known."""

    found: Predictions

    @cached_property
    def known(self) -> Rows:
        """The rows of images whose class is known, ascending."""
        return np.flatnonzero(self.found.labels != NO_LABEL).astype(np.int64)

    @cached_property
    def labels(self) -> Rows:
        """Their classes."""
        return self.found.labels[self.known]

    def evaluation(self) -> Evaluation | None:
        """What metrics are computed from; None where no class is known."""
        return self._evaluation(self.found.scores, self.found.predicted)

    def scores(self, keys: Collection[str] = SCORES) -> dict[str, Interval]:
        """Metrics of the averaged scores, each with its interval; empty where no class is known."""
        evaluation = self.evaluation()
        return {} if evaluation is None else intervals(evaluation, keys)

    def scores_of_each(self, keys: Collection[str] = SCORES) -> list[dict[str, float | None]]:
        """Metrics of each network alone, with views; None where one is undefined, empty where no class is known."""
        found = (self._evaluation(each, predicted_by(each, self.found.about.thresholds)) for each in self.found.each)
        return [{key: EVERY[key].value(one).value for key in keys} for one in found if one is not None]

    def _evaluation(self, scores: Probabilities, predicted: Rows) -> Evaluation | None:
        if not len(self.known):
            return None
        logits = logits_of(scores[self.known])
        confusion = confusion_counts(self.labels, predicted[self.known], len(self.found.classes))
        return Evaluation(confusion, auroc(logits, self.labels), logits=logits, labels=self.labels)

    def gain(self, keys: Collection[str] = SCORES) -> Gain | None:
        """What the views have changed; None without views or without known classes."""
        if not (self.found.about.views and len(self.known)):
            return None
        return self._gain(keys)

    def _gain(self, keys: Collection[str]) -> Gain:
        found, rows = self.found, self.known
        plain = Answers(logits_of(found.plain[rows]), found.plain_predicted[rows])
        views = Answers(logits_of(found.scores[rows]), found.predicted[rows])
        metrics = {key: COMPARED[key] for key in keys if key in COMPARED}
        lost, won = changed_sides(self.labels, plain, views)
        return Gain(
            len(rows),
            differences(self.labels, plain, views, metrics),
            mcnemar(self.labels, plain, views),
            tuple(self._flip(row) for row in rows[lost].tolist()),
            tuple(self._flip(row) for row in rows[won].tolist()),
        )

    def _flip(self, row: int) -> Flip:
        found = self.found
        plain, views = int(found.plain_predicted[row]), int(found.predicted[row])
        scores = float(found.plain[row, plain]), float(found.scores[row, views])
        return Flip(row, int(found.labels[row]), plain, views, *scores)
