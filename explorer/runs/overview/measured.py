"""The metrics of the record of an epoch."""

import math

from explorer.metrics.scores import Areas, ScoreHistogram, areas_from_histogram, auroc
from explorer.metrics.table import Evaluation, Measured, measure
from explorer.runs.record.epochs import EpochRecord

WITHIN = 0.001  # the largest error of an AUROC that is drawn


def of_record(record: EpochRecord) -> Measured:
    """Compute the metrics of a record. Scores that are not finite leave the AUROC undefined."""
    try:
        areas, sure = _areas(record)
    except ValueError:
        areas, sure = (None,) * len(record.confusion), True
    return measure(Evaluation(record.confusion, areas), sure)


def _areas(record: EpochRecord) -> tuple[Areas, bool]:
    """Return the areas, and whether all of them are known."""
    if record.auroc is not None:
        return tuple(None if math.isnan(area) else float(area) for area in record.auroc), True
    if record.logits is not None and record.labels is not None:
        return auroc(record.logits, record.labels), True
    return areas_from_histogram(ScoreHistogram(record.positives, record.negatives), WITHIN)
