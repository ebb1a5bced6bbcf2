"""The metrics of the record of an epoch."""

import math

from explorer.metrics.scores import Areas, ScoreHistogram, areas_from_histogram, auroc, unsure
from explorer.metrics.table import Evaluation, Measured, measure
from explorer.metrics.thresholds import Cuts
from explorer.metrics.values import WITHIN
from explorer.runs.record.epochs import EpochRecord


def of_record(record: EpochRecord) -> Measured:
    """Compute the metrics of a record. Scores that are not finite leave the AUROC undefined."""
    try:
        areas, sure = _areas(record)
    except ValueError:
        areas, sure = (None,) * len(record.confusion), True
    return measure(Evaluation(record.confusion, areas), sure)


def cuts_of(record: EpochRecord, index: int) -> Cuts:
    """Return the scores of one class against the rest; from the histogram where those of single images are missing."""
    histogram = ScoreHistogram(record.positives, record.negatives)
    unknown = (None,) * len(record.confusion)
    evaluation = Evaluation(record.confusion, unknown, histogram=histogram, logits=record.logits, labels=record.labels)
    cuts = evaluation.cuts_of(index)
    assert cuts is not None  # there is a histogram
    return cuts


def evaluation_of(record: EpochRecord, loss: float = math.nan) -> Evaluation:
    """Return all that metrics can be computed from, with the validation loss if it is known.

    An AUROC that is only known from a histogram comes with how far it may be off.
    """
    histogram = ScoreHistogram(record.positives, record.negatives)
    within = None
    if record.auroc is None and record.logits is None:
        areas, _ = areas_from_histogram(histogram)
        within = unsure(histogram)
    else:
        try:
            areas, _ = _areas(record)
        except ValueError:  # the scores are not finite, which the evaluation says
            areas = (None,) * len(record.confusion)
    return Evaluation(record.confusion, areas, loss, histogram, record.logits, record.labels, within)


def _areas(record: EpochRecord) -> tuple[Areas, bool]:
    """Return the areas, and whether all of them are known."""
    if record.auroc is not None:
        return tuple(None if math.isnan(area) else float(area) for area in record.auroc), True
    if record.logits is not None and record.labels is not None:
        return auroc(record.logits, record.labels), True
    return areas_from_histogram(ScoreHistogram(record.positives, record.negatives), WITHIN)
