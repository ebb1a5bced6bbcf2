"""Figures of a run for the plot component: pure functions that return JSON values.

A figure is a plotly figure, `{"data": [...], "layout": {...}}`. Unknown numbers are None, which leaves a gap in a line.
The x axis of all curves is the epoch, counted from 1, so that they can be compared side by side.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures import class_ticks, palette
from explorer.metrics.table import LOSS, SCORES, Metric, floor
from explorer.runs.overview.view import EpochPoint, RunSnapshot
from explorer.texts import Charts as T
from explorer.texts import Common

Figure = dict[str, Any]

HEIGHT = 270  # px
MAX_POINTS = 1000  # of a curve of steps: more than a chart has pixel columns, few enough to send each second
MAX_DRAWN = 60  # classes up to which a page draws a matrix as a chart: one of 1,000 classes would be 50 MB
MAX_DIGITS = 60  # that fit side by side into the cells of a row
MAX_COUNTED = 20  # classes up to which the cells of a matrix contain their counts
LEAST_SPAN = 0.04  # of the axis of a score: a shorter axis would show the noise of a small validation set as progress
MAX_LINES = 12  # classes up to which each has its own line
MAX_NAMED = 6  # classes up to which a legend names the lines; a longer one would take the room of the curves


def figures(snapshot: RunSnapshot) -> dict[str, Figure]:
    """Return charts of a run by name: "loss", one for each score, and "confusion" after the first epoch."""
    return {"loss": loss(snapshot)} | epoch_figures(snapshot, SCORES[snapshot.task])


def epoch_figures(snapshot: RunSnapshot, metrics: Iterable[Metric]) -> dict[str, Figure]:
    """Return those charts of a run that change with its epochs only: all but the loss.

    Beyond `MAX_DRAWN` classes there is no chart of the matrix.
    """
    found = {metric.key: scores(snapshot, metric) for metric in metrics}
    if snapshot.confusion is not None and snapshot.confusion.ndim == 2 and len(snapshot.confusion) <= MAX_DRAWN:
        found["confusion"] = confusion(
            snapshot.confusion, class_names(snapshot), pixels=snapshot.task == "segmentation"
        )
    return found


def class_names(snapshot: RunSnapshot) -> tuple[str, ...]:
    """Return the names of the classes; classes without a name are numbered."""
    counts = snapshot.confusion if snapshot.confusion is not None else running_counts(snapshot)
    count = len(counts) if counts is not None else len(snapshot.classes)
    known = snapshot.classes[:count]
    return known + tuple(Common.CLASS.format(number=number) for number in range(len(known) + 1, count + 1))


def class_colors(snapshot: RunSnapshot) -> tuple[str, ...]:
    """Return the color of each class in `class_names`; that of a background is neutral."""
    places = snapshot.color_places
    return palette.class_colors([*places, *range(len(places), len(class_names(snapshot)))])


def running_counts(snapshot: RunSnapshot) -> NDArray[np.int64] | None:
    """Return the (C, C) counts of the training batches in the current or last epoch."""
    return None if snapshot.running is None else snapshot.running.confusion


def loss(snapshot: RunSnapshot) -> Figure:
    """Return the training loss of each reported step, and the training and validation loss of each epoch."""
    per_epoch = steps_per_epoch(snapshot)
    step, value, rate = thin(snapshot.steps.step, snapshot.steps.loss, snapshot.steps.lr)
    traces = [
        line(step_name(snapshot), step / per_epoch, value, palette.NEUTRAL, T.HOVER_STEP, width=1.2)
        | {"customdata": list(map(list, zip(numbers(step), numbers(rate), strict=True)))},
        curve(T.TRAIN_EPOCH, snapshot.epochs, [point.train_loss for point in snapshot.epochs], palette.TRAIN),
        curve(T.VAL_EPOCH, snapshot.epochs, [point.value(LOSS) for point in snapshot.epochs], palette.ACCENT),
    ]
    layout = epoch_layout(snapshot, T.LOSS_AXIS, first=0.0)
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": traces, "layout": layout}


def scores(snapshot: RunSnapshot, metric: Metric) -> Figure:
    """Return a metric of each epoch, with a line for each class if the classes differ from the mean."""
    names, points = class_names(snapshot), snapshot.epochs
    # Two classes have one AUROC, that of the second; two labels have one each.
    one = metric.of == "scores" and len(names) == 2 and snapshot.task != "labels"
    classes = metric.per_class is not None and not one
    values = [point.value(metric.key) for point in points]
    traces = [curve(T.MACRO if classes else metric.label, points, values, palette.ACCENT, T.HOVER_SCORE, 3.0)]
    if classes and len(names) <= MAX_LINES:
        traces += _class_lines(snapshot, names, metric.key)
    return {"data": traces, "layout": score_layout(snapshot, traces, metric)}


def confusion(
    counts: NDArray[np.int64],
    names: Sequence[str],
    shades: palette.Shades = palette.VALIDATED,
    pixels: bool = False,
) -> Figure:
    """Return a heatmap of a (C, C) matrix of counts with the true classes in rows; colors show shares of the row.

    Args:
        counts: Of images, or of pixels.
        names: Of the classes.
        shades: The colors.
        pixels: Whether pixels are counted.
    """
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
        "meta": {"cell": 0, "row": 2, "column": 3},  # what a table of it holds, see saving.js
        "zmin": 0,
        "zmax": 1,
        "colorscale": [list(stop) for stop in shades.stops],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": T.HOVER_CELL_PIXELS if pixels else T.HOVER_CELL,
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
    # Counts of pixels have many digits: where they would overlap, color and tooltip say them.
    if size <= MAX_COUNTED and size * len(f"{counts.max(initial=0):,}") <= MAX_DIGITS:
        layout["annotations"] = [
            _cell_text(row, column, int(counts[row, column])) for row in places for column in places
        ]
    return {"data": [heatmap], "layout": layout}


def row_shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the (C, C) share of each cell in its row; 0 in an empty row."""
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.zeros(counts.shape)
    np.divide(counts, totals, out=shares, where=totals > 0)
    return shares


def thin(x: ArrayLike, *columns: ArrayLike, most: int = MAX_POINTS) -> list[NDArray[np.float64]]:
    """Return (N,) columns reduced to at most `most` rows, each the mean of adjacent values; nan is ignored."""
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
    """Return the name of the curve of the steps."""
    return T.TRAIN_STEP if len(snapshot.steps.step) <= MAX_POINTS else T.TRAIN_MEANS


def how_thinned(snapshot: RunSnapshot) -> str:
    """Return a sentence on how the curves of the steps are thinned; "" if every reported step is drawn."""
    steps, count = snapshot.steps, len(snapshot.steps.step)
    if count <= MAX_POINTS:
        return ""
    read = T.THINNED_READ.format(one_in=steps.one_in) if steps.one_in > 1 else T.THINNED_ALL
    return T.THINNED.format(points=MAX_POINTS, mean=max(round(count / MAX_POINTS), 2), read=read)


def left_out(snapshot: RunSnapshot) -> str:
    """Return a sentence on gaps in the curves that are due to missing scores; "" if there are none."""
    unsure = [point for point in snapshot.epochs if point.measured and not point.measured.sure]
    return T.UNSURE.format(count=len(unsure)) if unsure else ""


def _class_lines(snapshot: RunSnapshot, names: Sequence[str], metric: str) -> list[dict[str, Any]]:
    """Return a line for each class. Lines often coincide, so they differ in dash and marker, and are thin."""
    lines = []
    colors = class_colors(snapshot)
    for index, label in enumerate(class_ticks.distinct(names, 24)):
        points = snapshot.epochs
        values = [point.measured.per_class[metric][index] if point.measured else None for point in points]
        drawn = curve(label, points, values, colors[index], T.HOVER_SCORE, 1.6)
        drawn["showlegend"] = len(names) <= MAX_NAMED  # a line says its name where the pointer is
        drawn["line"]["dash"] = _DASHES[index % len(_DASHES)]
        drawn["marker"] |= {"symbol": _MARKERS[index % len(_MARKERS)], "size": drawn["marker"]["size"] + 4}
        lines.append(drawn)
    return lines


_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_MARKERS = ("diamond-open", "square-open", "triangle-up-open", "x-thin-open", "star-open", "cross-open", "hexagon-open")


def curve(
    name: str,
    points: Sequence[EpochPoint],
    values: Iterable[float | None],
    color: str,
    hover: str = "",
    width: float = 2.2,
) -> dict[str, Any]:
    """Return a value of each epoch as a line with markers, so that a single epoch is visible too."""
    drawn = line(name, [point.number for point in points], values, color, hover or T.HOVER_EPOCH, width)
    marker = {"color": color, "size": 6 if len(points) <= 40 else 3}
    # A marker on the edge, such as that of a score of 0 or 1, is drawn whole.
    return drawn | {"mode": "lines+markers", "marker": marker, "cliponaxis": False}


def line(
    name: str, x: Iterable[float], y: Iterable[float | None], color: str, hover: str, width: float
) -> dict[str, Any]:
    """Return a line of points (x, y), with a gap where y is unknown."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": numbers(x),
        "y": numbers(y),
        "line": {"color": color, "width": width},
        "hovertemplate": hover,
    }


def number(value: float | None) -> float | None:
    """Return a number for JSON, rounded to six digits; None if it is not finite."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def numbers(values: Iterable[float | None]) -> list[float | None]:
    """Return `number` of each value, several times faster for many: a page makes thousands each second."""
    known = tuple(math.nan if value is None else value for value in values)
    found = map(float, ("%.6g " * len(known) % known).split())
    return [value if math.isfinite(value) else None for value in found]


def steps_per_epoch(snapshot: RunSnapshot) -> float:
    """Return the optimizer steps per epoch; 1.0 until the start event reports them."""
    steps = snapshot.start.number("steps_per_epoch") if snapshot.start else math.nan
    return steps if steps > 0 else 1.0


def planned_epochs(snapshot: RunSnapshot) -> int:
    """Return the number of epochs that a run is to have; where it is not known, those that it has."""
    epochs = snapshot.start.number("epochs") if snapshot.start else math.nan
    if epochs > 0:
        return int(epochs)
    return snapshot.config.epochs if snapshot.config else max((point.number for point in snapshot.epochs), default=1)


def epoch_layout(snapshot: RunSnapshot, title: str, first: float) -> dict[str, Any]:
    """Return axes over all planned epochs of the run, from `first` on."""
    layout = base_layout()
    last = planned_epochs(snapshot)
    margin = max((last - first) * 0.03, 0.06)  # room for half a marker
    ticks = {"tickmode": "linear", "tick0": 1, "dtick": 1} if last <= 12 else {"nticks": 8}
    title_x = {"text": T.EPOCH_AXIS, "standoff": 4}
    layout["xaxis"] |= {"title": title_x, "range": [first - margin, last + margin], **ticks}
    layout["yaxis"] |= {"title": {"text": title, "standoff": 6}}
    return layout


def score_layout(
    snapshot: RunSnapshot, traces: Sequence[Mapping[str, Any]], metric: Metric, first: float = 1.0
) -> dict[str, Any]:
    """Return axes that fit the values of a metric.

    The value without skill is a dotted line if the axis includes it; otherwise a note gives it, because a curve that
    fills the chart may still differ by a thousandth only.
    """
    layout = epoch_layout(snapshot, metric.in_sentence, first)
    known = [value for trace in traces for value in trace["y"] if value is not None]
    low, high = (min(known), max(known)) if known else (metric.low, 1.0)
    room = max(high - low, LEAST_SPAN)
    middle = min(max((low + high) / 2, metric.low + room / 2), 1 - room / 2)
    bounds = [max(middle - room * 0.62, metric.low - 0.02), min(middle + room * 0.62, 1.02)]
    layout["yaxis"] |= {"range": bounds, "tickformat": ".2f" if room > 0.08 else ".3f"}
    counts = snapshot.confusion
    if (no_skill := floor(metric, None if counts is None or counts.ndim == 3 else counts.sum(axis=1))) is not None:
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
    """Return the layout that all charts share."""
    lines = {"gridcolor": palette.GRID, "linecolor": palette.GRID, "zeroline": False}
    axis = {**lines, "automargin": True, "title": {"text": ""}}
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


def _cell_text(row: int, column: int, count: int) -> dict[str, Any]:
    font = {"color": palette.THEME_TEXT, "size": 13}
    return {"x": column, "y": row, "text": f"{count:,}", "showarrow": False, "font": font}
