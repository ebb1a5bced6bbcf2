"""Metrics of one epoch, worked out once from its counts and scores."""

import math
from dataclasses import dataclass

from explorer.metrics.counts import accuracy, f1_macro, f1_per_class
from explorer.metrics.scores import Auroc, ScoreHistogram, auroc, auroc_from_histogram, of_classes
from explorer.runs.record.epochs import EpochRecord

WITHIN = 0.001  # of the exact value lies an AUROC that is drawn


@dataclass(frozen=True)
class Metrics:
    """Values from 0 to 1. auroc: None where it is undefined.

    sure: whether the AUROC of every class is known; else those are None of which a histogram does not tell enough.
    f1_macro and accuracy are nan without samples.
    """

    accuracy: float
    f1_macro: float
    f1_per_class: tuple[float, ...]
    auroc_macro: float | None
    auroc_per_class: tuple[float | None, ...]
    sure: bool


def derive(record: EpochRecord) -> Metrics:
    """The metrics of an epoch's record; scores that are no numbers leave the AUROC undefined."""
    classes = len(record.confusion)
    try:
        found, sure = _auroc(record)
    except ValueError:
        found, sure = Auroc((None,) * classes, None), True
    return Metrics(
        accuracy=accuracy(record.confusion),
        f1_macro=f1_macro(record.confusion),
        f1_per_class=tuple(map(float, f1_per_class(record.confusion))),
        auroc_macro=found.macro,
        auroc_per_class=found.per_class,
        sure=sure,
    )


def _auroc(record: EpochRecord) -> tuple[Auroc, bool]:
    """The areas, and whether all of them are known."""
    if record.auroc is not None:
        return of_classes([None if math.isnan(area) else float(area) for area in record.auroc]), True
    if record.logits is not None and record.labels is not None:
        return auroc(record.logits, record.labels), True
    histogram = ScoreHistogram(record.positives, record.negatives)
    found = auroc_from_histogram(histogram, WITHIN)
    return found, found.per_class == auroc_from_histogram(histogram).per_class
