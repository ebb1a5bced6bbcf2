"""The curves of several runs in one figure: a metric, and the losses of training and validation.

One figure and not three, so that a click on a run in the legend hides it everywhere, and a zoom along the x axis
applies to all charts. Lines are drawn as SVG, which needs no graphics card; they are thinned to what a chart can show.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures import charts, class_ticks, palette
from explorer.figures.charts import Figure
from explorer.metrics.table import EVERY, LISTED, LOSS
from explorer.runs.overview.view import RunSnapshot
from explorer.texts import Compare as T

Values = NDArray[np.float64]
Axis = Literal["epoch", "step", "time"]

HEIGHT = 460  # px
MOST_POINTS = 36_000  # of all lines together: Chromium draws them within a second
LEAST_POINTS = 60  # of one line
MOST_MARKED = 40  # epochs up to which each has a marker
NAME = 26  # characters of a run's name in the legend
_HOUR, _MINUTE = 3600.0, 60.0
_FAINT = 0.22  # opacity of the raw line behind a smooth one


@dataclass(frozen=True, eq=False)
class Course:
    """The values of one run over its training.

    Attributes:
        id: The id of the run.
        name: As it is shown.
        place: Its place in the selection, which decides its color.
        epochs: (E,) epoch from 1, step and seconds of work of each validation.
        steps: (S,) the same of each reported step, with the epoch as a fraction.
        metrics: (E,) values of each metric, nan where unknown, and "train_loss" of each epoch.
        step_loss: (S,) training loss.
    """

    id: str
    name: str
    place: int
    epochs: dict[Axis, Values]
    steps: dict[Axis, Values]
    metrics: dict[str, Values] = field(default_factory=dict)
    step_loss: Values = field(default_factory=lambda: np.empty(0))


def course(snapshot: RunSnapshot, name: str, place: int) -> Course:
    """Return the values of a run. place: in the selection, from 0."""
    points, steps = snapshot.epochs, snapshot.steps
    metrics = {key: np.array([point.value(key) for point in points], np.float64) for key in LISTED[snapshot.task]}
    metrics["train_loss"] = np.array([point.train_loss for point in points], np.float64)
    return Course(
        snapshot.id,
        name,
        place,
        {
            "epoch": np.array([point.number for point in points], np.float64),
            "step": np.array([point.step for point in points], np.float64),
            "time": np.array([point.seconds for point in points], np.float64),
        },
        {
            "epoch": steps.step / charts.steps_per_epoch(snapshot),
            "step": steps.step.astype(np.float64),
            "time": steps.seconds,
        },
        metrics,
        steps.loss,
    )


def smooth(x: ArrayLike, y: ArrayLike, width: float) -> Values:
    """Return the exponential moving average of (N,) values at ascending places x.

    The weight of a value falls by 63 % with each `width` along x, so that the average does not depend on how often
    values were reported. It uses no later values, and where y is nan it stays nan.

    Args:
        x, y: Places and values.
        width: In units of x; 0 returns the values themselves.
    """
    places, values = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if width <= 0 or len(values) < 2:
        return values.copy()
    found = np.full(len(values), math.nan)
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(places))
    total = weight = 0.0
    before = math.nan
    for place in known:
        # Each value counts for the stretch since the one before, so that dense stretches do not count more.
        stretch = places[place] - before if place != known[0] else width
        decay = math.exp(-max(stretch, 0.0) / width)
        total = total * decay + values[place] * (1 - decay)
        weight = weight * decay + (1 - decay)
        before = places[place]
        found[place] = total / weight if weight > 0 else values[place]
    return found


def overlay(courses: Sequence[Course], metric: str, axis: Axis, smoothing: float) -> Figure:
    """Return a metric on the left, and the losses of validation and training on the right, a line for each run.

    Args:
        courses: The runs.
        metric: A key of the table of metrics.
        axis: What x is.
        smoothing: The width of the moving average as a share of the x axis; 0 draws the values themselves.
    """
    span = _span(courses, axis)
    scale = _scale(axis, span[1])
    width = smoothing * (span[1] - span[0])
    most = points_each(len(courses), width > 0)
    names = class_ticks.distinct([one.name for one in courses], NAME)
    traces: list[dict[str, Any]] = []
    for one, name in zip(courses, names, strict=True):
        panels = (
            ("", one.epochs[axis], _course_of(one, metric), True),
            ("2", one.epochs[axis], one.metrics[LOSS], True),
            ("3", *_training_loss(one, axis), len(one.step_loss) <= len(one.metrics["train_loss"])),
        )
        for panel, x, y, of_epochs in panels:
            drawn = _lines(one, name, panel, (x, y), width, scale, most, of_epochs and len(x) <= MOST_MARKED)
            traces += drawn
    return {"data": traces, "layout": _layout(courses, metric, axis, scale, span)}


def without_losses(figure: Figure) -> Figure:
    """Return the chart of the metric alone, without a legend, for a place beside a figure that has both."""
    layout = {name: part for name, part in figure["layout"].items() if name not in _OF_LOSSES}
    layout |= {"height": charts.HEIGHT, "showlegend": False, "xaxis": layout["xaxis"] | {"domain": [0.0, 1.0]}}
    return {"data": [trace for trace in figure["data"] if trace["xaxis"] == "x"], "layout": layout}


_OF_LOSSES = ("xaxis2", "yaxis2", "xaxis3", "yaxis3")


def points_each(runs: int, smooth: bool) -> int:
    """Return the most points of a line, where each run has a line in each chart, and a raw line behind a smooth one."""
    return min(charts.MAX_POINTS, max(LEAST_POINTS, MOST_POINTS // max(1, runs * (6 if smooth else 3))))


def uid(run_id: str, panel: str, kind: str) -> str:
    """Return the identity of a line, by which plotly keeps what was hidden; plotly allows word characters only."""
    return f"{run_id.encode().hex()}_{panel or 1}_{kind}"


def _course_of(one: Course, metric: str) -> Values:
    """The values of a metric; nan where the task of the run does not have it."""
    missing = np.full(len(one.metrics[LOSS]), math.nan)
    return one.metrics.get(metric, missing)


def _training_loss(one: Course, axis: Axis) -> tuple[Values, Values]:
    """The training loss of the steps; of the epochs where those are more, as in a run of a few seconds."""
    if len(one.step_loss) > len(one.metrics["train_loss"]):
        return one.steps[axis], one.step_loss
    return one.epochs[axis], one.metrics["train_loss"]


def _lines(
    one: Course,
    name: str,
    panel: str,
    points: tuple[Values, Values],
    width: float,
    scale: float,
    most: int,
    marked: bool,
) -> Iterable[dict[str, Any]]:
    """Return the line of one run in one chart, and with smoothing the raw line behind it."""
    x, y = points
    color = palette.run_color(one.place)
    versions = [(smooth(x, y, width), 1.0, "smooth"), (y, _FAINT, "raw")] if width > 0 else [(y, 1.0, "line")]
    for values, opacity, kind in reversed(versions):
        thin_x, thin_y = charts.thin(x / scale, values, most=most)
        drawn = charts.line(name, thin_x, thin_y, color, T.HOVER, 2.0 if opacity == 1 else 1.2)
        drawn["line"]["dash"] = palette.run_dash(one.place)
        yield drawn | {
            "uid": uid(one.id, panel, kind),
            "mode": "lines+markers" if marked and opacity == 1 else "lines",
            "marker": {"color": color, "size": 5},
            "opacity": opacity,
            "xaxis": f"x{panel}",
            "yaxis": f"y{panel}",
            "legendgroup": one.id,
            "showlegend": panel == "" and opacity == 1,
            "hoverinfo": "skip" if opacity < 1 else "all",
        }


def _span(courses: Sequence[Course], axis: Axis) -> tuple[float, float]:
    values = [part[axis] for one in courses for part in (one.epochs, one.steps)]
    known = np.concatenate([np.zeros(1), *values])
    known = known[np.isfinite(known)]
    return 0.0, float(known.max()) or 1.0


def _scale(axis: Axis, last: float) -> float:
    """The seconds of the unit of the time axis: hours, minutes or seconds."""
    if axis != "time" or last < 3 * _MINUTE:
        return 1.0
    return _MINUTE if last < 3 * _HOUR else _HOUR


def _layout(
    courses: Sequence[Course], metric: str, axis: Axis, scale: float, span: tuple[float, float]
) -> dict[str, Any]:
    layout = charts.base_layout() | {"height": HEIGHT, "uirevision": "kept", "hovermode": "closest"}
    units = {1.0: T.SECONDS, _MINUTE: T.MINUTES, _HOUR: T.HOURS}
    title = T.TIME_AXIS.format(unit=units[scale]) if axis == "time" else T.AXES[axis].lower()
    margin = (span[1] - span[0]) * 0.02 / scale
    bounds = [span[0] / scale - margin, span[1] / scale + margin]
    x_axis, y_axis = layout["xaxis"], layout["yaxis"]
    for panel, low, high in (("", 0.0, 1.0), ("2", 0.56, 1.0), ("3", 0.0, 0.44)):
        side = [0.0, 0.46] if panel == "" else [0.56, 1.0]
        layout[f"xaxis{panel}"] = x_axis | {
            "domain": side,
            "anchor": f"y{panel}",
            "range": bounds,
            "uirevision": axis,
            "nticks": 7,
            "title": {"text": "" if panel == "2" else title, "standoff": 4},
            **({"matches": "x"} if panel else {}),
        }
        layout[f"yaxis{panel}"] = y_axis | {"domain": [low, high], "anchor": f"x{panel}", "uirevision": panel or metric}
    values = np.concatenate([np.empty(0), *(_course_of(one, metric) for one in courses)])
    layout["yaxis"] |= {"title": {"text": EVERY[metric].in_sentence, "standoff": 6}} | _range(values, metric)
    for panel, words in (("2", T.VAL_LOSS), ("3", T.TRAIN_LOSS)):
        layout[f"yaxis{panel}"] |= {"title": {"text": words, "standoff": 6}, "rangemode": "tozero"}
    layout["legend"] = {"orientation": "v", "x": 1.02, "y": 1, "font": {"size": 11}, "tracegroupgap": 0}
    layout["margin"] |= {"t": 12}
    return layout


def _range(values: Values, metric: str) -> dict[str, Any]:
    """Return the range of a score's axis, which fits the values; that of a loss is left to plotly."""
    if EVERY[metric].of == "loss":
        return {"rangemode": "tozero"}
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (EVERY[metric].low, 1.0)
    room = max(high - low, charts.LEAST_SPAN)
    middle = (low + high) / 2
    bounds = [max(middle - room * 0.6, EVERY[metric].low - 0.02), min(middle + room * 0.6, 1.02)]
    return {"range": bounds, "tickformat": ".2f" if room > 0.08 else ".3f"}
