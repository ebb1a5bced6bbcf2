"""The figure of a study of folds: the validations of the runs of all folds."""

from typing import Any

from explorer.figures import palette
from explorer.figures.charts import Figure, base_layout, number
from explorer.runs.overview.studies.folds import FoldsFound
from explorer.texts import Folds as T

_HEIGHT = 260  # px


def curves(found: FoldsFound) -> Figure:
    """Return the monitor of each run in each epoch; the run that is trained now has the accent color."""
    lines = [_line(found, place) for place, one in enumerate(found.folds) if one.epochs]
    layout = base_layout() | {"height": _HEIGHT, "showlegend": False}
    layout["xaxis"] |= {"title": {"text": T.EPOCH}, "rangemode": "tozero"}
    return {"data": lines, "layout": layout}


def _line(found: FoldsFound, place: int) -> dict[str, Any]:
    one = found.folds[place]
    color = palette.ACCENT if one.stage == "trains" else palette.NEUTRAL
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(one.epochs), "y": [number(value) for value in one.values],
        "name": str(one.fold + 1), "line": {"color": color, "width": 1.5}, "marker": {"size": 4, "color": color},
        "hovertemplate": T.HOVER.format(fold=one.fold + 1) + "<extra></extra>",
    }  # fmt: skip
