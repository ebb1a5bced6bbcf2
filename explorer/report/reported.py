"""All that a report says about one run, read once, so that every part of the file describes the same moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.base.task_names import TaskName
from explorer.metrics.intervals import Interval, class_intervals, intervals
from explorer.metrics.table import EVERY, LISTED, LOSS
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record import flags
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.flags import Flag, FlagsError, flagged
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages

# Metrics whose values of single classes are listed with intervals -> their names in the numbers of a report.
CLASS_SCORES: Mapping[TaskName, Mapping[str, str]] = {
    "classification": {"precision": "precision", "recall": "recall", "f1_macro": "f1", "auroc": "auroc"},
    "segmentation": {"iou": "iou", "dice": "dice", "pixel_precision": "precision", "pixel_recall": "recall"},
    "labels": {"precision": "precision", "recall": "recall", "f1_macro": "f1", "auroc": "auroc"},
}
MOST_CLASSES = 50  # that have intervals: for more, they would take minutes


@dataclass(frozen=True, eq=False)
class Reported:
    """A run at the moment of its report.

    Attributes:
        best: The best epoch; None before the first validation.
        record: Counts and scores of the best epoch; None where they cannot be read.
        evidence: Reads more of what its validations have left behind.
        flags: The images that people have flagged.
        flags_problem: Why these cannot be read; "" where they can.
        scores: Every metric at the best epoch with its 95 % interval; empty where there is no record.
        class_scores: The same for each class, of CLASS_SCORES; empty for more than MOST_CLASSES classes.
    """

    summary: RunSummary
    snapshot: RunSnapshot
    best: EpochPoint | None
    record: EpochRecord | None
    evidence: Evidence
    flags: tuple[Flag, ...]
    flags_problem: str
    scores: Mapping[str, Interval]
    class_scores: Mapping[str, tuple[Interval, ...]]

    @property
    def images(self) -> ValidationImages | None:
        """The validation images, in the order of the rows of the logits; None where they are not known."""
        return self.evidence.images

    @property
    def task(self) -> TaskName:
        """What its network answers."""
        config = self.snapshot.config
        return "classification" if config is None else config.task

    @property
    def paths(self) -> RunPaths:
        """The files of the run."""
        return self.summary.paths

    @property
    def identity(self) -> Mapping[str, Any]:
        """What the run has recorded about its packages, data and initial weights; empty before it began to train."""
        start = self.snapshot.start
        found = start.values.get("identity") if start else None
        return found if isinstance(found, dict) else {}


def read(paths: RunPaths) -> Reported:
    """Read a run at this moment, also one that still trains, has failed, or has damaged files."""
    view = RunView(paths)
    snapshot = view.refresh()
    best = best_point(paths, snapshot.config, snapshot.epochs)
    evidence = Evidence(view)
    record = None if best is None else evidence.record(best.epoch)
    found, problem = _flags(paths)
    scores, class_scores = _scores(best, record)
    return Reported(summarize(paths), snapshot, best, record, evidence, found, problem, scores, class_scores)


def _scores(
    best: EpochPoint | None, record: EpochRecord | None
) -> tuple[dict[str, Interval], dict[str, tuple[Interval, ...]]]:
    if best is None or record is None:
        return {}, {}
    evaluation = evaluation_of(record, best.value(LOSS))
    few = len(record.confusion) <= MOST_CLASSES
    keys = [key for key, metric in EVERY.items() if evaluation.task in metric.tasks]
    return intervals(evaluation, keys), {
        key: class_intervals(evaluation, key) for key in CLASS_SCORES[evaluation.task] if few
    }


def _flags(paths: RunPaths) -> tuple[tuple[Flag, ...], str]:
    try:
        return flagged(flags.read(paths)), ""
    except (FlagsError, OSError) as error:
        return (), str(error)


def values_of(point: EpochPoint, task: TaskName) -> dict[str, float]:
    """Return each metric that is listed for the task, nan where it is undefined."""
    return {key: point.value(key) for key in LISTED[task]}
