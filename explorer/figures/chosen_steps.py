"""How often a search chose each step, as bars."""

from collections.abc import Sequence

from explorer.figures import charts, class_ticks, palette
from explorer.figures.charts import Figure
from explorer.texts import Search as T

_ROW, _AROUND = 24, 56  # px


def chosen_steps(titles: Sequence[str], counts: Sequence[int], total: int, chosen: Sequence[int]) -> Figure:
    """Return a bar for each candidate.

    Args:
        titles: Of the candidates.
        counts: In how many outer folds each was chosen.
        total: How many outer folds there are.
        chosen: The candidates that are chosen on all images, whose bars have the accent color.
    """
    shown = class_ticks.distinct(titles, 30)
    colors = [palette.ACCENT if place in chosen else palette.NEUTRAL for place in range(len(titles))]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [int(count) for count in counts],
        "y": list(range(len(titles))),
        "customdata": shown,
        "text": [str(int(count)) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colors, "line": {"width": 0}},
        "hovertemplate": T.HOVER_STEP.format(total=total),
    }
    layout = charts.base_layout() | {"height": _AROUND + _ROW * len(titles), "showlegend": False, "bargap": 0.35}
    layout["xaxis"] |= {
        "title": {"text": T.STABILITY_AXIS.format(total=total), "standoff": 4},
        "range": [0, total * 1.06],
        "nticks": 6,
    }
    layout["yaxis"] |= {
        "range": [len(titles) - 0.5, -0.5],
        "tickvals": list(range(len(titles))),
        "ticktext": shown,
        "showgrid": False,
    }
    layout["margin"] |= {"t": 8}
    return {"data": [bars], "layout": layout}
