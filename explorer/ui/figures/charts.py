"""From the numbers of a run to figures for the plot component: pure functions, JSON values only.

A figure is `{"data": [...], "layout": {...}}` as plotly knows it. Numbers that are not known are None: a gap in a line.
The horizontal axis of all curves is the epoch as people count, so that they can be read side by side.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.table import LOSS, SCORES, Metric, floor
from explorer.runs.overview.view import EpochPoint, RunSnapshot
from explorer.texts import Charts as T
from explorer.texts import Common
from explorer.ui.figures import class_ticks
from explorer.ui.theme import palette

Figure = dict[str, Any]

HEIGHT = 270  # px
MAX_POINTS = 1000  # of a curve of steps: more than a chart has columns, few enough to send each second
MAX_COUNTED = 20  # classes up to which a matrix has its counts written into the cells
LEAST_SPAN = 0.04  # of the axis of a score: less would show the noise of a small validation set as progress
MAX_LINES = 12  # classes up to which each has a line of its own


def figures(snapshot: RunSnapshot) -> dict[str, Figure]:
    """All charts of a run, by name: "loss", each metric's and, once there is an epoch, "confusion"."""
    found = {"loss": loss(snapshot)} | {metric.key: scores(snapshot, metric) for metric in SCORES}
    if snapshot.confusion is not None:
        found["confusion"] = confusion(snapshot.confusion, class_names(snapshot))
    return found


def class_names(snapshot: RunSnapshot) -> tuple[str, ...]:
    """The names of the classes, numbered where the run has not said them."""
    counts = snapshot.confusion if snapshot.confusion is not None else running_counts(snapshot)
    count = len(counts) if counts is not None else len(snapshot.classes)
    known = snapshot.classes[:count]
    return known + tuple(Common.CLASS.format(number=number) for number in range(len(known) + 1, count + 1))


def running_counts(snapshot: RunSnapshot) -> NDArray[np.int64] | None:
    """(C, C) counts of the training batches of the epoch that runs, or ran last."""
    return None if snapshot.running is None else snapshot.running.confusion


def loss(snapshot: RunSnapshot) -> Figure:
    """Training loss at each reported step, training and validation loss of each epoch; the learning rate on hover."""
    per_epoch = steps_per_epoch(snapshot)
    step, value, rate = thin(snapshot.steps.step, snapshot.steps.loss, snapshot.steps.lr)
    traces = [
        line(step_name(snapshot), step / per_epoch, value, palette.NEUTRAL, T.HOVER_STEP, width=1.2)
        | {"customdata": [[number(s), number(r)] for s, r in zip(step, rate, strict=True)]},
        curve(T.TRAIN_EPOCH, snapshot.epochs, [point.train_loss for point in snapshot.epochs], palette.TRAIN),
        curve(T.VAL_EPOCH, snapshot.epochs, [point.value(LOSS) for point in snapshot.epochs], palette.ACCENT),
    ]
    layout = epoch_layout(snapshot, T.LOSS_AXIS, first=0.0)
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": traces, "layout": layout}


def scores(snapshot: RunSnapshot, metric: Metric) -> Figure:
    """A metric of each epoch, and its value for each class where it has more to say than the mean."""
    names, points = class_names(snapshot), snapshot.epochs
    # Two classes have one AUROC: that of the second.
    classes = metric.per_class is not None and not (metric.of == "scores" and len(names) == 2)
    values = [point.value(metric.key) for point in points]
    traces = [curve(T.MACRO if classes else metric.label, points, values, palette.ACCENT, T.HOVER_SCORE, 3.0)]
    if classes and len(names) <= MAX_LINES:
        traces += _class_lines(snapshot, names, metric.key)
    return {"data": traces, "layout": score_layout(snapshot, traces, metric)}


def confusion(counts: NDArray[np.int64], names: Sequence[str], shades: palette.Shades = palette.VALIDATED) -> Figure:
    """The counts of a (C, C) matrix, rows the truth; the color is the share of its row, 0 to 1."""
    shares = row_shares(counts)
    size = len(counts)
    places = list(range(size))
    heatmap = {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": shares.tolist(),
        "customdata": [
            [[int(counts[row, column]), int(counts[row].sum()), names[row], names[column]] for column in places]
            for row in places
        ],
        "zmin": 0,
        "zmax": 1,
        "colorscale": [list(stop) for stop in shades.stops],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": T.HOVER_CELL,
    }
    layout = base_layout() | {"showlegend": False}
    for axis, title in (("xaxis", T.PREDICTED), ("yaxis", T.TRUE)):
        layout[axis] |= {
            "title": {"text": title, "standoff": 6},
            "tickvals": places,
            "ticktext": class_ticks.distinct(names),
            "showgrid": False,
            "range": [-0.5, size - 0.5],
            "tickangle": 0 if size <= 6 else "auto",
        }
    layout["yaxis"] |= {"range": [size - 0.5, -0.5]}
    layout["margin"] |= {"t": 10}
    if size <= MAX_COUNTED:
        layout["annotations"] = [
            _cell_text(row, column, int(counts[row, column]), shares[row, column], shades)
            for row in places
            for column in places
        ]
    return {"data": [heatmap], "layout": layout}


def row_shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(C, C) share of each cell in its row, 0 where the row is empty."""
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)


def thin(x: ArrayLike, *columns: ArrayLike, most: int = MAX_POINTS) -> list[NDArray[np.float64]]:
    """Columns of (N,) numbers with at most `most` rows left: the means of runs of neighbours. nan stays out of them."""
    values = [np.asarray(column, np.float64) for column in (x, *columns)]
    count = len(values[0])
    if count <= most:
        return values
    edges = np.linspace(0, count, most + 1).astype(int)[:-1]
    thinned = []
    for column in values:
        known = np.isfinite(column)
        totals, numbers = np.add.reduceat(np.where(known, column, 0.0), edges), np.add.reduceat(known, edges, dtype=int)
        thinned.append(np.divide(totals, numbers, out=np.full(most, math.nan), where=numbers > 0))
    return thinned


def step_name(snapshot: RunSnapshot) -> str:
    """What the curve of the steps is called."""
    return T.TRAIN_STEP if len(snapshot.steps.step) <= MAX_POINTS else T.TRAIN_MEANS


def how_thinned(snapshot: RunSnapshot) -> str:
    """How the curves of the steps are thinned, in a sentence; empty where every reported step is drawn."""
    steps, count = snapshot.steps, len(snapshot.steps.step)
    if count <= MAX_POINTS:
        return ""
    read = T.THINNED_READ.format(one_in=steps.one_in) if steps.one_in > 1 else T.THINNED_ALL
    return T.THINNED.format(points=MAX_POINTS, mean=max(round(count / MAX_POINTS), 2), read=read)


def left_out(snapshot: RunSnapshot) -> str:
    """Which curves have gaps, in a sentence; empty where none has for want of scores."""
    unsure = [point for point in snapshot.epochs if point.measured and not point.measured.sure]
    return T.UNSURE.format(count=len(unsure)) if unsure else ""


def _class_lines(snapshot: RunSnapshot, names: Sequence[str], metric: str) -> list[dict[str, Any]]:
    """A line for each class. Lines often lie on each other, so each has a dash and a marker of its own, and is thinner
    than the mean below it.
    """
    labels = class_ticks.distinct(names, 24)
    return [
        _told_apart(
            curve(
                label,
                snapshot.epochs,
                [point.measured.per_class[metric][index] if point.measured else None for point in snapshot.epochs],
                palette.class_color(index),
                T.HOVER_SCORE,
                1.6,
            ),
            index,
        )
        for index, label in enumerate(labels)
    ]


_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_MARKERS = ("diamond-open", "square-open", "triangle-up-open", "x-thin-open", "star-open", "cross-open", "hexagon-open")


def _told_apart(drawn: dict[str, Any], index: int) -> dict[str, Any]:
    marker = drawn["marker"] | {"symbol": _MARKERS[index % len(_MARKERS)], "size": drawn["marker"]["size"] + 4}
    return drawn | {"line": drawn["line"] | {"dash": _DASHES[index % len(_DASHES)]}, "marker": marker}


def curve(
    name: str,
    points: Sequence[EpochPoint],
    values: Iterable[float | None],
    color: str,
    hover: str = "",
    width: float = 2.2,
) -> dict[str, Any]:
    """A value of each epoch: with markers, so that the first epoch can be seen before there is a line."""
    drawn = line(name, [point.number for point in points], values, color, hover or T.HOVER_EPOCH, width)
    marker = {"color": color, "size": 6 if len(points) <= 40 else 3}
    return drawn | {"mode": "lines+markers", "marker": marker}


def line(
    name: str, x: Iterable[float], y: Iterable[float | None], color: str, hover: str, width: float
) -> dict[str, Any]:
    """A line of points (x, y), with a gap where y is not known."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [number(value) for value in x],
        "y": [number(value) for value in y],
        "line": {"color": color, "width": width},
        "hovertemplate": hover,
    }


def number(value: float | None) -> float | None:
    """A number that JSON knows: five digits say all that a chart can show."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def steps_per_epoch(snapshot: RunSnapshot) -> float:
    """Optimizer steps per epoch; 1.0 until the start event reports it."""
    steps = snapshot.start.number("steps_per_epoch") if snapshot.start else math.nan
    return steps if steps > 0 else 1.0


def _epochs(snapshot: RunSnapshot) -> int:
    epochs = snapshot.start.number("epochs") if snapshot.start else math.nan
    if epochs > 0:
        return int(epochs)
    return snapshot.config.epochs if snapshot.config else max((point.number for point in snapshot.epochs), default=1)


def epoch_layout(snapshot: RunSnapshot, title: str, first: float) -> dict[str, Any]:
    """Axes over all epochs of the run from `first` on, whether they are done or not."""
    layout = base_layout()
    last = _epochs(snapshot)
    margin = max((last - first) * 0.02, 0.06)
    ticks = {"tickmode": "linear", "tick0": 1, "dtick": 1} if last <= 12 else {"nticks": 8}
    layout["xaxis"] |= {
        "title": {"text": T.EPOCH_AXIS, "standoff": 4},
        "range": [first - margin, last + margin],
        **ticks,
    }
    layout["yaxis"] |= {"title": {"text": title, "standoff": 6}}
    return layout


def _floor(snapshot: RunSnapshot, metric: Metric) -> float | None:
    counts = snapshot.confusion
    return None if counts is None else floor(metric, counts.sum(axis=1))


def score_layout(
    snapshot: RunSnapshot, traces: Sequence[Mapping[str, Any]], metric: Metric, first: float = 1.0
) -> dict[str, Any]:
    """Axes that fit the values of a metric.

    The value that needs no learning is a dotted line where it lies within the axis. Where the axis is cut above it, a
    note says so: a curve that fills the chart may still differ by a thousandth only.
    """
    layout = epoch_layout(snapshot, metric.label, first)
    known = [value for trace in traces for value in trace["y"] if value is not None]
    low, high = (min(known), max(known)) if known else (metric.low, 1.0)
    room = max(high - low, LEAST_SPAN)
    middle = min(max((low + high) / 2, metric.low + room / 2), 1 - room / 2)
    bounds = [max(middle - room * 0.62, metric.low - 0.02), min(middle + room * 0.62, 1.02)]
    layout["yaxis"] |= {"range": bounds, "tickformat": ".2f" if room > 0.08 else ".3f"}
    if (no_skill := _floor(snapshot, metric)) is not None:
        _mark_floor(layout, metric.no_skill, no_skill, bounds)
    return layout


def _mark_floor(layout: dict[str, Any], name: str, value: float, bounds: Sequence[float]) -> None:
    inside = bounds[0] <= value <= bounds[1]
    words = (T.FLOOR if inside else T.FLOOR_BELOW if value < bounds[0] else T.FLOOR_ABOVE).format(
        name=name, value=value
    )
    if inside:
        line_style = {"color": palette.NEUTRAL, "width": 1.2, "dash": "dot"}
        layout["shapes"] = [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": line_style}
        ]
    place = {"y": value, "yanchor": "bottom"} if inside else {"yref": "paper", "y": 0, "yanchor": "bottom"}
    layout["annotations"] = [
        {"text": words, "xref": "paper", "x": 1, "xanchor": "right", "showarrow": False, **place}
        | {"font": {"size": 10.5, "color": palette.NEUTRAL}}
    ]


def base_layout() -> dict[str, Any]:
    """What all charts have in common."""
    axis = {
        "gridcolor": palette.GRID,
        "linecolor": palette.GRID,
        "zeroline": False,
        "automargin": True,
        "title": {"text": ""},
    }
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
        "paper_bgcolor": palette.TRANSPARENT,
        "plot_bgcolor": palette.TRANSPARENT,
        "font": {"color": palette.THEME_TEXT, "family": palette.THEME_FONT, "size": 12},
        "colorway": list(palette.CLASS_COLORS),
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": palette.THEME_RAISED,
            "bordercolor": palette.THEME_BORDER,
            "font": {"color": palette.THEME_TEXT, "family": palette.THEME_FONT},
        },
        "modebar": {"bgcolor": palette.TRANSPARENT, "orientation": "h"},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "font": {"size": 11}},
        "xaxis": dict(axis),
        "yaxis": dict(axis),
        "uirevision": "kept",
    }


def _cell_text(row: int, column: int, count: int, share: float, shades: palette.Shades) -> dict[str, Any]:
    color = shades.ink if share > shades.turns_at else palette.THEME_TEXT
    return {
        "x": column,
        "y": row,
        "text": f"{count:,}",
        "showarrow": False,
        "font": {"color": color, "size": 13},
    }
