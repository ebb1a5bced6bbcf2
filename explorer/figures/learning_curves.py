"""Learning curves with and without a pipeline, with their intervals and the horizontal distance between them."""

import math
from collections.abc import Sequence
from typing import Any

from explorer.figures import charts, palette
from explorer.figures.charts import Figure
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.worth import Curve, Worth
from explorer.texts import Worth as T

_HEIGHT = 360  # px


def learning_curves(found: Worth, metric: str, speaks: bool) -> Figure:
    """Return both curves over the number of training images, on a logarithmic axis.

    Args:
        found: The curves and their distance.
        metric: Its key.
        speaks: Whether the planned repeats are done; before that, the curves are dotted and gray.
    """
    traces: list[dict[str, Any]] = []
    if found.plus is not None and found.minus is not None:
        traces += _curve(found.sizes, found.minus, T.NOTHING, palette.NEUTRAL, speaks)
        traces += _curve(found.sizes, found.plus, T.PIPELINE, palette.ACCENT if speaks else palette.NEUTRAL, speaks)
    layout = _layout(found.sizes, metric)
    if found.plus is not None and found.minus is not None and found.photographs:
        _mark_distance(layout, found, found.plus, found.minus, metric)
    return {"data": traces, "layout": layout}


def _curve(sizes: Sequence[int], curve: Curve, name: str, color: str, speaks: bool) -> list[dict[str, Any]]:
    x = [float(size) for size in sizes]
    red, green, blue = palette.rgb(color)
    area = charts.line(name, [*x, *reversed(x)], [*curve.high, *reversed(curve.low)], color, "", 0) | {
        "fill": "toself",
        "fillcolor": f"rgba({red}, {green}, {blue}, 0.16)",
        "hoverinfo": "skip",
        "showlegend": False,
    }
    drawn = charts.line(name, x, curve.values, color, T.HOVER, 2.4)
    drawn["line"] |= {"dash": "solid" if speaks else "dot"}
    return [
        area,
        drawn
        | {
            "mode": "lines+markers",
            # Both are gray at first: shapes distinguish them too.
            "marker": {"color": color, "size": 8, "symbol": "circle-open" if name == T.NOTHING else "circle"},
            "customdata": [[low, high] for low, high in zip(curve.low, curve.high, strict=True)],
        },
    ]


def _layout(sizes: Sequence[int], metric: str) -> dict[str, Any]:
    layout = charts.base_layout() | {"height": _HEIGHT}
    room = 0.04 * (math.log10(sizes[-1]) - math.log10(sizes[0]))
    layout["xaxis"] |= {
        "type": "log",
        "title": {"text": T.AXIS, "standoff": 4},
        "range": [math.log10(sizes[0]) - room, math.log10(sizes[-1]) + room],
        "tickvals": list(sizes),
        "ticktext": [f"{size:,}" for size in sizes],
    }
    layout["yaxis"] |= {"title": {"text": EVERY[judged(metric)].in_sentence, "standoff": 6}, "nticks": 6}
    return layout


def _mark_distance(layout: dict[str, Any], found: Worth, plus: Curve, minus: Curve, metric: str) -> None:
    """Draw an arrow at the end of the worse curve, to the size at which the better one is as good."""
    photographs = found.photographs or 0.0
    level = (minus if photographs > 0 else plus).values[-1]
    end, start = found.sizes[-1], found.sizes[-1] - abs(photographs)
    arrow = {
        # The arrow of an annotation has ends on a logarithmic axis in powers of 10, and a shape in numbers.
        "x": math.log10(start), "y": level, "ax": math.log10(end), "ay": level, "xref": "x", "yref": "y",
        "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowsize": 1.2, "arrowwidth": 1.8,
        "arrowcolor": palette.THEME_TEXT, "text": "",
    }  # fmt: skip
    below = EVERY[judged(metric)].better == "higher"
    words = {
        "x": (math.log10(start) + math.log10(end)) / 2, "y": level, "xref": "x", "yref": "y", "showarrow": False,
        "text": T.DISTANCE.format(count=f"{round(abs(photographs)):,}"), "yshift": -12 if below else 12,
        "font": {"size": 12, "color": palette.THEME_TEXT},
    }  # fmt: skip
    layout["annotations"] = [arrow, words]
