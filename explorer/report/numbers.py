"""The numbers of a report as JSON, for programs: docs/report.md describes the format.

A new field is no new version; a field that is removed or changes its meaning is.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import counts
from explorer.metrics.intervals import Interval
from explorer.report.pictures import Mistake
from explorer.report.reported import Reported, values_of

FORMAT = "explorer-report"
VERSION = 1
COLUMNS = ("precision", "recall", "f1", "auroc")  # of each class


def payload(runs: Sequence[Reported], mistakes: Mapping[str, Sequence[Mistake]], now: float) -> dict[str, Any]:
    """Return the JSON object of a report.

    Args:
        runs: The runs, in their order on the page.
        mistakes: Id of a run -> its worst mistakes.
        now: Seconds since 1970.
    """
    made = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": made,
        "runs": [_of_run(run, mistakes.get(run.summary.id, ())) for run in runs],
    }


def _of_run(run: Reported, mistakes: Sequence[Mistake]) -> dict[str, Any]:
    summary, snapshot = run.summary, run.snapshot
    return {
        "id": summary.id,
        "name": summary.name,
        "kind": summary.kind,
        "state": str(summary.status.state),
        "reason": summary.status.reason,
        "over": summary.status.over,
        "tags": list(summary.meta.tags),
        "note": summary.meta.note,
        "started": summary.started or None,
        "classes": list(snapshot.classes),
        "best_epoch": None if run.best is None else run.best.epoch,
        "epochs": [
            {"epoch": point.epoch, "train_loss": known(point.train_loss)}
            | {key: known(value) for key, value in values_of(point).items()}
            for point in snapshot.epochs
        ],
        "scores": {key: _interval(found) for key, found in run.scores.items()},
        "confusion": None if run.record is None else _cells(run.record.confusion),
        "per_class": per_class(run),
        "mistakes": [mistake.as_json() for mistake in mistakes],
        "flags": [{"index": flag.index, "id": flag.id, "note": flag.note} for flag in run.flags],
        "config": dict(summary.asked),
        "recorded": dict(run.identity),
    }


def _interval(found: Interval) -> dict[str, Any]:
    ends = {"value": known(found.value), "low": known(found.low), "high": known(found.high)}
    return {**ends, "level": found.level, "how": found.how, "why": found.why}


def _cells(confusion: NDArray[np.int64]) -> list[list[int]]:
    """Return the cells of a confusion matrix that are not 0, as [true class, predicted class, count]."""
    rows, columns = np.nonzero(confusion)
    cells = zip(rows, columns, confusion[rows, columns], strict=True)
    return [[int(row), int(column), int(count)] for row, column, count in cells]


def per_class(run: Reported) -> list[dict[str, Any]]:
    """Return a row of numbers for each class at the best epoch; none where the counts are not known."""
    if run.record is None or run.best is None:
        return []
    confusion = run.record.confusion
    columns = {
        "images": counts.support(confusion).tolist(),
        "precision": _where(counts.precision(confusion), counts.predicted(confusion)),
        "recall": _where(counts.recall(confusion), counts.support(confusion)),
        "f1": _where(counts.f1_per_class(confusion), counts.support(confusion) + counts.predicted(confusion)),
        "auroc": list(run.best.measured.per_class["auroc"]) if run.best.measured else [None] * len(confusion),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _where(values: NDArray[np.float64], of: NDArray[np.int64]) -> list[float | None]:
    """Return the values, and None for a ratio of nothing, which is undefined."""
    return [float(value) if count else None for value, count in zip(values, of, strict=True)]


def known(value: float | None) -> float | None:
    """Return a number that JSON can hold; None where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)
