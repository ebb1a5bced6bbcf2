"""Figures of what was measured of a data set: pure functions that return JSON values for the plot component."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.figures import class_ticks, palette
from explorer.figures.charts import Figure, base_layout, number, numbers
from explorer.texts import Measured as T

HEIGHT = 220  # px
_TICKS = 6
_THIN = {"thickness": 1, "width": 0}  # of the line of an interval
_ROW, _AROUND = 22, 60  # px of a row of bars, and of what is around them


def short(value: float) -> str:
    """Return a number of three digits, with a separator where it has more."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def histogram(
    edges: ArrayLike,
    counts: ArrayLike,
    title: str,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    hover: str = T.HOVER_BIN,
) -> Figure:
    """Return bars of equal width, one for each bin, which can be clicked.

    Args:
        edges: (B + 1,) of the bins, whether they are equally wide or not.
        counts: (B,) images, of the whole data set where only some were measured.
        title: Of the values.
        low, high: (B,) intervals of the counts; None where they are exact.
        hover: Of a bar, with its edges as `customdata`.
    """
    ends, bars = np.asarray(edges, np.float64), np.asarray(counts, np.float64)
    places = list(range(len(bars)))
    trace: dict[str, Any] = {
        "type": "bar",
        "x": places,
        "y": numbers(bars),
        "customdata": [[short(ends[at]), short(ends[at + 1])] for at in places],
        "marker": {"color": palette.ACCENT},
        "hovertemplate": hover,
        "meta": {"rows": True},
    }
    if low is not None and high is not None:
        trace["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": numbers(np.asarray(high) - bars),
            "arrayminus": numbers(bars - np.asarray(low)),
            "color": palette.NEUTRAL,
            **_THIN,
        }
    layout = _layout(HEIGHT)
    _ticks(layout["xaxis"], ends, title)
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": [trace], "layout": layout | {"bargap": 0.08}}


def heat(
    counts: NDArray[np.int64], x_edges: ArrayLike, y_edges: ArrayLike, titles: tuple[str, str], hover: str, down: bool
) -> Figure:
    """Return a heat map, whose cells can be clicked.

    Args:
        counts: (Y, X).
        x_edges, y_edges: (X + 1,) and (Y + 1,).
        titles: Of both axes.
        hover: Of a cell, with its edges as `customdata` x from, x to, y from, y to, and its count.
        down: Whether y goes down, as in an image.
    """
    across, along = np.asarray(x_edges, np.float64), np.asarray(y_edges, np.float64)
    rows, columns = counts.shape
    # The root, so that few are seen beside many; an empty cell is none.
    shades = [[number(value) or None for value in row] for row in np.sqrt(counts).tolist()]

    def cell(row: int, column: int) -> list[str | int]:
        ends = (*across[column : column + 2], *along[row : row + 2])
        return [*map(short, ends), int(counts[row, column])]

    trace = {
        "type": "heatmap",
        "x": list(range(columns)),
        "y": list(range(rows)),
        "z": shades,
        "customdata": [[cell(row, column) for column in range(columns)] for row in range(rows)],
        "colorscale": [list(stop) for stop in palette.VALIDATED.stops],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": hover,
    }
    layout = _layout(HEIGHT + 60)
    _ticks(layout["xaxis"], across, titles[0])
    _ticks(layout["yaxis"], along, titles[1])
    if down:
        layout["yaxis"]["range"] = [rows - 0.5, -0.5]
    return {"data": [trace], "layout": layout}


def _ticks(axis: dict[str, Any], ends: NDArray[np.float64], title: str) -> None:
    """Title an axis of bins of equal width, and label some of their edges. ends: (B + 1,)."""
    count = len(ends) - 1
    at = np.unique(np.linspace(0, count, min(_TICKS, count) + 1).astype(int))
    axis |= {
        "title": {"text": title, "standoff": 4},
        "tickvals": (at - 0.5).tolist(),
        "ticktext": [short(ends[place]) for place in at],
        "range": [-0.5, count - 0.5],
        "showgrid": False,
    }


def by_class(
    values: Sequence[float], names: Sequence[str], places: Sequence[int], title: str, hover: str, errors: ArrayLike
) -> Figure:
    """Return a bar for each class in its color, which can be clicked.

    Args:
        values: Of the C classes that are shown.
        names: Their names.
        places: Their numbers, which decide their colors; -1 for the background.
        title: Of the values.
        hover: Of a bar.
        errors: (C,) half widths of the intervals of the values; 0 where they are exact.
    """
    rows, half = list(range(len(values))), np.asarray(errors, np.float64)
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": numbers(values),
        "y": rows,
        "customdata": list(names),
        "marker": {"color": [palette.NEUTRAL if place < 0 else palette.class_color(place) for place in places]},
        "hovertemplate": hover,
        "meta": {"rows": True},
    }
    if half.any():
        trace["error_x"] = {
            "type": "data",
            "array": numbers(half),
            "color": palette.NEUTRAL,
            **_THIN,
        }
    layout = _layout(_AROUND + _ROW * max(3, len(rows)))
    layout["xaxis"] |= {"title": {"text": title, "standoff": 4}, "rangemode": "tozero"}
    layout["yaxis"] |= {
        "tickvals": rows,
        "ticktext": class_ticks.distinct(names, 20),
        "range": [len(rows) - 0.5, -0.5],
        "showgrid": False,
    }
    return {"data": [trace], "layout": layout}


def _layout(height: int) -> dict[str, Any]:
    layout = base_layout() | {"height": height, "showlegend": False}
    layout["margin"] |= {"t": 8}
    return layout
