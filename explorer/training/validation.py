"""What a validation measured: counts and scores for the run's folder, values for its events."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import accuracy, confusion_counts, f1_macro
from explorer.metrics.scores import auroc, score_histogram
from explorer.runs.record.epochs import EpochRecord
from explorer.training.stopping import TrainingError

_LOGITS_BUDGET = 64_000_000  # bytes of an epoch's file that scores of single images may take


@dataclass(frozen=True, eq=False)
class Validation:
    """loss: mean over the images. auroc: None where it is undefined. accuracy, f1_macro: 0..1."""

    record: EpochRecord
    loss: float
    auroc: float | None
    f1_macro: float
    accuracy: float

    @property
    def values(self) -> dict[str, Any]:
        """For an event or the outcome."""
        return {"val_loss": self.loss, "auroc": self.auroc, "f1_macro": self.f1_macro, "accuracy": self.accuracy}

    @property
    def monitored(self) -> dict[str, float | None]:
        """The same by the names that callbacks and loggers know."""
        return {LOGGED[name]: value for name, value in self.values.items()}


# Name in events -> name for Lightning.
LOGGED = {"val_loss": "val_loss", "auroc": "val_auroc", "f1_macro": "val_f1", "accuracy": "val_accuracy"}


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
    return Validation(record, loss, area.macro, f1_macro(confusion), accuracy(confusion))
