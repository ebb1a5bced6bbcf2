"""A chart of the schedule, drawn while a person fills in the form."""

import math
from typing import Any

import numpy as np

from explorer.figures import charts, palette
from explorer.runs.spec.recipe import Recipe
from explorer.runs.spec.schedules import curve
from explorer.texts import Train as T

Figure = dict[str, Any]

HEIGHT = 190
MAX_POINTS = 600  # a curve of more steps is drawn with fewer, longer ones


def figure(recipe: Recipe, per_epoch: int) -> Figure:
    """Return a chart of the learning rate over epochs, with the momentum if it moves, and the end of freezing."""
    drawn = max(1, min(per_epoch, MAX_POINTS // recipe.epochs))
    found = curve(recipe, drawn)
    epochs = np.arange(len(found.lr)) / drawn
    traces = [charts.line(T.RATE, epochs, found.lr, palette.ACCENT, T.HOVER_RATE, 2.4)]
    layout = _layout(recipe)
    if (rate := _backbone(recipe, epochs, found.lr)) is not None:
        traces.append(charts.line(T.BACKBONE_RATE, epochs, rate, palette.TRAIN, T.HOVER_BACKBONE, 1.8))
    if found.momentum is not None:
        line = charts.line(T.MOMENTUM, epochs, found.momentum, palette.NEUTRAL, T.HOVER_MOMENTUM, 1.4)
        traces.append(line | {"yaxis": "y2", "line": line["line"] | {"dash": "dot"}})
        layout["yaxis2"] = layout["yaxis"] | {
            "overlaying": "y", "side": "right", "showgrid": False, "rangemode": "normal",
            "title": {"text": T.MOMENTUM, "standoff": 6},
            "tickmode": "array", "tickvals": sorted({recipe.base_momentum, recipe.max_momentum}),
        }  # fmt: skip
    layout["showlegend"] = len(traces) > 1
    return {"data": traces, "layout": layout}


def _backbone(recipe: Recipe, epochs: np.ndarray, lr: np.ndarray) -> list[float | None] | None:
    """Return the rates of the backbone, None before it is unfrozen; no list if they are those of the head."""
    free = 0 if not recipe.frozen else math.inf if recipe.unfreeze_epoch is None else recipe.unfreeze_epoch - 1
    if recipe.backbone_lr_factor == 1 or not math.isfinite(free):
        return None
    return [
        float(rate * recipe.backbone_lr_factor) if epoch >= free else None
        for epoch, rate in zip(epochs, lr, strict=True)
    ]


def _layout(recipe: Recipe) -> dict[str, Any]:
    layout = charts.base_layout()
    layout |= {"height": HEIGHT, "uirevision": "live"}
    layout["margin"] |= {"t": 26}
    layout["xaxis"] |= {
        "title": {"text": T.EPOCH_AXIS, "standoff": 2},
        "range": [0, recipe.epochs],
        **({"tick0": 0, "dtick": 1} if recipe.epochs <= 12 else {"nticks": 9}),
    }
    layout["yaxis"] |= {
        "rangemode": "tozero",
        "nticks": 5,
        "exponentformat": "e",
        "title": {"text": T.RATE, "standoff": 6},
    }
    if recipe.unfreeze_epoch is not None:
        place = recipe.unfreeze_epoch - 1
        layout["shapes"] = [
            {
                "type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1,
                "line": {"color": palette.TRAIN, "width": 1.5, "dash": "dash"},
            }
        ]  # fmt: skip
        late = place > recipe.epochs / 2
        layout["annotations"] = [
            {
                "x": place, "y": 1, "yref": "paper", "text": T.UNFREEZES, "showarrow": False,
                "xanchor": "right" if late else "left", "yanchor": "top", "font": {"size": 11, "color": palette.TRAIN},
            }
        ]  # fmt: skip
    return layout
