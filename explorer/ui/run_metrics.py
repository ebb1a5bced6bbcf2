"""Metrics of one epoch, worked out once from its counts and scores."""

from dataclasses import dataclass

from explorer.metrics.counts import accuracy, f1_macro, f1_per_class
from explorer.metrics.scores import Auroc, ScoreHistogram, auroc, auroc_from_histogram
from explorer.runs.epochs import EpochRecord


@dataclass(frozen=True)
class Metrics:
    """Values from 0 to 1. auroc: None where it is undefined; exact: from each sample's score, not from a histogram.

    f1_macro and accuracy are nan without samples.
    """

    accuracy: float
    f1_macro: float
    f1_per_class: tuple[float, ...]
    auroc_macro: float | None
    auroc_per_class: tuple[float | None, ...]
    exact: bool


def derive(record: EpochRecord) -> Metrics:
    """The metrics of an epoch's record; scores that are no numbers leave the AUROC undefined."""
    classes = len(record.confusion)
    try:
        found = _auroc(record)
        macro, per_class = found.macro, found.per_class
    except ValueError:
        macro, per_class = None, (None,) * classes
    return Metrics(
        accuracy=accuracy(record.confusion),
        f1_macro=f1_macro(record.confusion),
        f1_per_class=tuple(map(float, f1_per_class(record.confusion))),
        auroc_macro=macro,
        auroc_per_class=per_class,
        exact=record.logits is not None,
    )


def _auroc(record: EpochRecord) -> Auroc:
    if record.logits is not None and record.labels is not None:
        return auroc(record.logits, record.labels)
    return auroc_from_histogram(ScoreHistogram(record.positives, record.negatives))
