"""The figures of a report, as JSON for plotly, with a title and the reason why one is left out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.figures import charts, palette, step_charts
from explorer.figures.charts import Figure
from explorer.metrics.table import LOSS, METRICS, SCORES, Metric
from explorer.report.reported import Reported
from explorer.texts import Charts, Runs
from explorer.texts import Report as T

MOST_CLASSES = 100  # of a matrix that is drawn; of a larger one the most confused pairs are listed


@dataclass(frozen=True)
class Chart:
    """A figure of the report; without `figure`, the sentence `why_not` stands at its place."""

    key: str
    title: str
    figure: Figure | None
    why_not: str = ""
    help: str = ""
    size: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.text))

    @property
    def text(self) -> str:
        """The figure as JSON. Raises ValueError for a number that JSON cannot hold."""
        return json.dumps(self.figure, allow_nan=False, separators=(",", ":"))


def of_run(run: Reported) -> Iterator[Chart]:
    """Yield the figures of a run, the most important ones first."""
    snapshot = run.snapshot
    if not snapshot.epochs and not len(snapshot.steps.step):
        return
    yield Chart("loss", Runs.LOSS_TITLE, charts.loss(snapshot))
    if run.record is not None and run.best is not None:
        yield _matrix(run, run.record.confusion, run.best.number)
    for metric in SCORES:
        yield Chart(metric.key, metric.title, charts.scores(snapshot, metric), help=metric.help)
    yield Chart("lr", Runs.RATE_TITLE, step_charts.learning_rate(snapshot, step_charts.planned(snapshot)))


def _matrix(run: Reported, confusion: NDArray[np.int64], epoch: int) -> Chart:
    title = Runs.CONFUSION_TITLE.format(epoch=epoch)
    if len(confusion) > MOST_CLASSES:
        return Chart("confusion", title, None, T.MATRIX_TOO_LARGE.format(classes=len(confusion), most=MOST_CLASSES))
    figure = charts.confusion(confusion, charts.class_names(run.snapshot))
    height = max(charts.HEIGHT, min(900, 90 + 26 * len(confusion)))
    return Chart("confusion", title, figure | {"layout": figure["layout"] | {"height": height}})


def of_comparison(runs: Sequence[Reported], names: Sequence[str]) -> Iterator[Chart]:
    """Yield a figure for each metric with one line for each run."""
    for metric in (*SCORES, METRICS[LOSS]):
        yield Chart(f"all-{metric.key}", metric.title, _overlaid(runs, names, metric), help=metric.help)


def _overlaid(runs: Sequence[Reported], names: Sequence[str], metric: Metric) -> Figure:
    traces = [
        charts.curve(
            name,
            run.snapshot.epochs,
            [point.value(metric.key) for point in run.snapshot.epochs],
            palette.class_color(index),
            T.HOVER_RUN,
        )
        for index, (run, name) in enumerate(zip(runs, names, strict=True))
    ]
    layout = charts.base_layout() | {"showlegend": True}
    layout["xaxis"] |= {"title": {"text": Charts.EPOCH_AXIS, "standoff": 4}}
    layout["yaxis"] |= {"title": {"text": metric.in_sentence, "standoff": 6}}
    return {"data": traces, "layout": layout}


def fitting(groups: Sequence[Sequence[Chart]], room: int, most_mb: float) -> list[list[Chart]]:
    """Return the same charts; those that do not fit into `room` bytes, the last of each group first, have no figure."""
    rounds = max(map(len, groups), default=0)
    kept = [list(group) for group in groups]
    for place in range(rounds):
        for group in kept:
            if place >= len(group):
                continue
            chart = group[place]
            room -= chart.size
            if room < 0 and chart.figure is not None:
                room += chart.size
                group[place] = Chart(chart.key, chart.title, None, T.LEFT_OUT.format(most=most_mb), chart.help)
    return kept
