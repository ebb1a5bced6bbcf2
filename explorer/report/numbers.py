"""The numbers of a report as JSON, for programs: docs/report.md describes the format.

A new field is no new version; a field that is removed or changes its meaning is.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import rates
from explorer.metrics.intervals import Interval
from explorer.report import studied
from explorer.report.pictures import Mistake
from explorer.report.reported import CLASS_SCORES, Reported, values_of

FORMAT = "explorer-report"
VERSION = 1


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
        "task": run.task,
        "name": summary.name,
        "kind": summary.kind,
        "state": str(summary.status.state),
        "reason": summary.status.reason,
        "over": summary.status.over,
        "tags": list(summary.meta.tags),
        "note": summary.meta.note,
        "started": summary.started or None,
        "classes": list(snapshot.classes),
        "study": studied.numbers(summary.paths, snapshot.config),
        "best_epoch": None if run.best is None else run.best.epoch,
        "epochs": [
            {"epoch": point.epoch, "train_loss": known(point.train_loss)}
            | {key: known(value) for key, value in values_of(point, run.task).items()}
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
    """Return the cells of a confusion matrix that are not 0, as [true class, predicted class, count].

    Where images can have several labels, as [label, whether it is true, whether it is predicted, count].
    """
    places = np.nonzero(confusion)
    return [[*map(int, place), int(count)] for *place, count in zip(*places, confusion[places], strict=True)]


def per_class(run: Reported) -> list[dict[str, Any]]:
    """Return a row of numbers for each class at the best epoch; none where the counts are not known.

    Of masks, "pixels" are those of the class in all validation images, and "images" those in which it occurs.
    """
    if run.record is None or run.best is None:
        return []
    margins = rates.margins(run.record.confusion)
    supports = {"images": margins.truth.tolist()}
    if run.record.pixels is not None:
        supports = {
            "images": (run.record.pixels.margins[:, :, 1] > 0).sum(axis=0).tolist(),
            "pixels": margins.truth.tolist(),
        }
    columns: dict[str, list[Any]] = dict(supports)
    for key, name in CLASS_SCORES[run.task].items():
        columns[name] = _of_classes(run, key, margins)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _of_classes(run: Reported, key: str, margins: rates.Margins) -> list[float | None]:
    """The values of a metric by class, of the record's counts or else as they were measured."""
    if key in _RATIOS:
        return [known(value) for value in _RATIOS[key](margins)]
    measured = run.best.measured if run.best else None
    return list(measured.per_class[key] if measured else [None] * len(margins.truth))


_RATIOS = {
    "precision": rates.precision, "pixel_precision": rates.precision, "recall": rates.recall,
    "pixel_recall": rates.recall, "f1_macro": rates.f1, "dice": rates.f1, "iou": rates.iou,
}  # fmt: skip


def known(value: float | None) -> float | None:
    """Return a number that JSON can hold; None where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)
