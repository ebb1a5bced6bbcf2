"""What a validation measured: counts and scores for the run's folder, values for its events."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.metrics.table import METRICS, Evaluation, measure
from explorer.runs.record.epochs import EpochRecord
from explorer.training.stopping import TrainingError

_LOGITS_BUDGET = 64_000_000  # bytes of an epoch's file that scores of single images may take


@dataclass(frozen=True, eq=False)
class Validation:
    """Counts and scores of an epoch, and its metrics for an event or the outcome: None where one is undefined."""

    record: EpochRecord
    values: dict[str, float | None]

    @property
    def monitored(self) -> dict[str, float | None]:
        """The metrics by the names that callbacks and loggers know."""
        return {METRICS[key].logged: value for key, value in self.values.items()}


def validate(
    logits: NDArray[np.float32], labels: NDArray[np.int64], predicted: NDArray[np.int64], loss: float
) -> Validation:
    """Measure (N, C) logits and (N,) predicted classes against (N,) labels.

    Raises TrainingError for logits that are nan or infinite.
    """
    broken = int((~np.isfinite(logits)).any(axis=1).sum())
    if broken:
        raise TrainingError(
            f"The network gave no usable numbers (nan or infinite) for {broken} of {len(logits)} validation images. "
            "Lower the learning rate, or choose the precision 32-true."
        )
    confusion = confusion_counts(labels, predicted, logits.shape[1])
    histogram = score_histogram(logits, labels)
    area = auroc(logits, labels)
    keep = logits.nbytes <= _LOGITS_BUDGET
    record = EpochRecord(
        confusion,
        histogram.positives,
        histogram.negatives,
        logits if keep else None,
        labels if keep else None,
        np.array([math.nan if value is None else value for value in area.per_class]),
    )
    return Validation(record, measure(Evaluation(confusion, area, loss)).values)
