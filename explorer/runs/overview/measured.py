"""The metrics of the record of an epoch."""

import math
from dataclasses import replace

from explorer.base.task_names import TaskName
from explorer.metrics.labels import label_areas
from explorer.metrics.scores import Areas, ScoreHistogram, areas_from_histogram, auroc, unsure
from explorer.metrics.table import Evaluation, Measured, measure
from explorer.metrics.thresholds import Cuts
from explorer.metrics.values import WITHIN
from explorer.runs.record.epochs import EpochRecord


def of_record(record: EpochRecord) -> Measured:
    """Compute the metrics of a record. Scores that are not finite leave the AUROC undefined."""
    pixels = record.pixels
    if pixels is not None:
        unknown = (None,) * len(record.confusion)  # no metric of scores is listed for masks
        masks = Evaluation(record.confusion, unknown, task="segmentation", pixels=pixels.margins)
        return measure(masks)
    try:
        areas, sure = _areas(record)
    except ValueError:
        areas, sure = (None,) * len(record.confusion), True
    if record.several:
        return measure(evaluation_of(record), sure)
    return measure(Evaluation(record.confusion, areas), sure)


def cuts_of(record: EpochRecord, index: int) -> Cuts:
    """Return the scores of one class against the rest; from the histogram where those of single images are missing."""
    histogram = ScoreHistogram(record.positives, record.negatives)
    unknown = (None,) * len(record.confusion)
    task: TaskName = "labels" if record.several else "classification"
    evaluation = Evaluation(
        record.confusion, unknown, histogram=histogram, logits=record.logits, labels=record.labels, task=task
    )
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
    found = Evaluation(record.confusion, areas, loss, histogram, record.logits, record.labels, within)
    if record.several:
        return replace(found, task="labels", sets=record.sets)
    pixels = record.pixels
    if pixels is None:
        return found
    return replace(found, task="segmentation", pixels=pixels.margins, borders=pixels.borders)


def _areas(record: EpochRecord) -> tuple[Areas, bool]:
    """Return the areas, and whether all of them are known."""
    if record.auroc is not None:
        return tuple(None if math.isnan(area) else float(area) for area in record.auroc), True
    if record.logits is not None and record.labels is not None:
        return (label_areas if record.several else auroc)(record.logits, record.labels), True
    return areas_from_histogram(ScoreHistogram(record.positives, record.negatives), WITHIN)
