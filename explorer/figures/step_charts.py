"""Charts of values within an epoch: accuracy and learning rate of the steps, and the learning rate search."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.base.task_names import TaskName
from explorer.figures import charts, palette
from explorer.figures.charts import Figure
from explorer.metrics.table import EVERY
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.results import RateResult
from explorer.runs.spec.schedules import curve as schedule
from explorer.texts import Charts as T

Line = dict[str, object]

STEP_METRIC: Mapping[TaskName, str] = {"classification": "accuracy", "segmentation": "pixel_accuracy"}
"""The metric that is also measured on training batches, by task."""

_FAR = 4.0  # the axis ends at this multiple of the first loss: only the fall is of interest


def accuracy(snapshot: RunSnapshot) -> Figure:
    """Return the accuracy of the training batches between reported steps, and of each epoch's validation."""
    per_epoch = charts.steps_per_epoch(snapshot)
    step, share = charts.thin(snapshot.steps.step, snapshot.steps.accuracy)
    metric = EVERY[STEP_METRIC.get(snapshot.task, "accuracy")]
    found = [point.value(metric.key) for point in snapshot.epochs]
    traces = [
        charts.line(charts.step_name(snapshot), step / per_epoch, share, palette.NEUTRAL, T.HOVER_ACCURACY, 1.2)
        | {"customdata": charts.numbers(step)},
        charts.curve(T.VAL_EPOCH, snapshot.epochs, found, palette.ACCENT, T.HOVER_SCORE),
    ]
    return {"data": traces, "layout": charts.score_layout(snapshot, traces, metric, first=0.0)}


def planned(snapshot: RunSnapshot) -> Line | None:
    """Return the schedule of the whole run as a line; None until the run has reported the length of an epoch."""
    if snapshot.config is None or snapshot.start is None:
        return None
    per_epoch = int(charts.steps_per_epoch(snapshot))
    rates = schedule(snapshot.config, per_epoch).lr
    step, rate = charts.thin(np.arange(1, len(rates) + 1), rates)
    drawn = charts.line(T.RATE_PLANNED, step / per_epoch, rate, palette.NEUTRAL, T.HOVER_RATE, 1.2)
    return drawn | {"customdata": charts.numbers(step)}


def learning_rate(snapshot: RunSnapshot, plan: Line | None) -> Figure:
    """Return the learning rate of each reported step, with the schedule behind it."""
    step, rate = charts.thin(snapshot.steps.step, snapshot.steps.lr)
    done = charts.line(T.RATE_DONE, step / charts.steps_per_epoch(snapshot), rate, palette.TRAIN, T.HOVER_RATE, 2.2)
    traces = [*([plan] if plan else []), done | {"customdata": charts.numbers(step)}]
    layout = charts.epoch_layout(snapshot, "", first=0.0)
    layout["yaxis"] |= {"rangemode": "tozero", "exponentformat": "power", "nticks": 5}
    return {"data": traces, "layout": layout}


def running(snapshot: RunSnapshot) -> Figure | None:
    """Return the confusion matrix of this epoch's training batches, if there is one of at most `MAX_DRAWN` classes."""
    counts = charts.running_counts(snapshot)
    return (
        None
        if counts is None or counts.ndim == 3 or len(counts) > charts.MAX_DRAWN
        else charts.confusion(counts, charts.class_names(snapshot), palette.TRAINED, snapshot.task == "segmentation")
    )


def tried_rates(found: RateResult) -> Figure:
    """Return the loss over the learning rate on a logarithmic axis, with the suggestion and the range marked."""
    traces = [
        charts.line(T.RATE_RAW, found.lr, found.loss, palette.NEUTRAL, T.HOVER_TRIED, 1.0),
        charts.line(T.RATE_SMOOTH, found.lr, found.smooth, palette.ACCENT, T.HOVER_TRIED, 2.4),
    ]
    layout = charts.base_layout()
    layout["xaxis"] |= {"type": "log", "title": {"text": T.RATE, "standoff": 4}, "exponentformat": "e", "dtick": 1}
    layout["yaxis"] |= {"title": {"text": T.LOSS_AXIS, "standoff": 6}}
    if top := _top(found.smooth):
        layout["yaxis"] |= {"range": [0, top]}
    if found.suggestion is not None:
        traces.append(_mark(found, found.suggestion))
    if found.low is not None and found.high is not None:
        layout["shapes"] = [
            {
                "type": "rect", "x0": found.low, "x1": found.high, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
                "fillcolor": palette.GRID, "line": {"width": 0},
            }
        ]  # fmt: skip
    return {"data": traces, "layout": layout}


def _top(smooth: Sequence[float]) -> float | None:
    """Return the end of the loss axis, limited so that a divergence at the end does not flatten the rest."""
    known = [value for value in smooth if np.isfinite(value)]
    return min(max(known) * 1.1, known[0] * _FAR) if known and known[0] > 0 else None


def _mark(found: RateResult, rate: float) -> Line:
    place = int(np.abs(np.log(found.lr) - np.log(rate)).argmin())
    name = T.RATE_SUGGESTION.format(rate=f"{rate:.2g}")
    drawn = charts.line(name, [rate], [found.smooth[place]], palette.TRAIN, T.HOVER_TRIED, 0)
    return drawn | {"mode": "markers", "marker": {"color": palette.TRAIN, "size": 11}}
