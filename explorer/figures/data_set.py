"""Figures of what a data set holds: pure functions that return JSON values for the plot component."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures import class_ticks, palette
from explorer.figures.charts import Figure, base_layout
from explorer.texts import Data as T

MOST_CLASSES = 16  # that a chart shows
_ROW = 24  # px of a class
_AROUND = 74  # px of the axis and the legend
_PART_COLORS = {"train": palette.TRAIN, "val": palette.ACCENT}


def largest(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the classes that a chart shows: all in their order, or of too many the largest ones, largest first."""
    totals = counts.sum(axis=0)
    if len(totals) <= MOST_CLASSES:
        return np.arange(len(totals))
    return np.argsort(-totals, kind="stable")[:MOST_CLASSES]


def balance(counts: NDArray[np.int64], classes: Sequence[str], parts: Sequence[str], titles: Sequence[str]) -> Figure:
    """Return bars of how many images each class has in each part.

    Args:
        counts: (P, C) images of each part and class, of the classes that are shown.
        classes: Their C names.
        parts: The P names of parts.
        titles: What pages call them.
    """
    places = list(range(len(classes)))
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "x": counts[number].tolist(),
            "y": places,
            "customdata": list(classes),
            "marker": {"color": _PART_COLORS.get(part, palette.NEUTRAL)},
            "hovertemplate": T.HOVER_BALANCE.replace("{part}", title).replace("%{y}", "%{customdata}"),
            "meta": {"rows": True, "column": number},
        }
        for number, (part, title) in enumerate(zip(parts, titles, strict=True))
    ]
    layout = base_layout() | {
        "height": _AROUND + _ROW * max(3, len(classes) * (len(parts) if len(classes) <= 4 else 1)),
        "barmode": "group",
        "bargap": 0.25,
        "showlegend": len(parts) > 1,
    }
    layout["xaxis"] |= {"title": {"text": T.COUNT_AXIS, "standoff": 4}, "rangemode": "tozero"}
    layout["yaxis"] |= {
        "tickvals": places,
        "ticktext": class_ticks.distinct(classes, 20),
        "range": [len(classes) - 0.5, -0.5],
        "showgrid": False,
    }
    layout["legend"] |= {"traceorder": "normal"}
    return {"data": traces, "layout": layout}
