"""Figures of a confirmation: the differences of its pairs with their mean, and the validations of all of its runs."""

from typing import Any

from explorer.figures import class_ticks, effect_words, palette
from explorer.figures.charts import Figure, base_layout, line, number
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import Effect
from explorer.runs.overview.studies.confirm import ConfirmFound
from explorer.runs.spec.members import SIDES
from explorer.texts import Confirm as T
from explorer.texts import Study

_ROW = 30  # px
_NAME = 60  # characters of the name of a pipeline
_AROUND = 92  # px above and below the rows
_SIDE_COLORS = {"plus": palette.ACCENT, "minus": palette.NEUTRAL}


def differences(found: ConfirmFound) -> Figure:
    """Return the difference of each pair as a dot, and their mean with its interval in the last row.

    All is gray until the planned pairs are trained.
    """
    effect = found.effect.main[0] if found.effect else None
    color = palette.EFFECT_COLORS[effect.word] if effect is not None and effect.word else palette.NEUTRAL
    unit = effect_words.unit_of(found.metric)
    rows = [pair for pair in range(found.done) if found.difference(pair) is not None]
    shown = [found.difference(pair) or 0.0 for pair in rows]
    dots: dict[str, Any] = {
        "type": "scatter", "mode": "markers", "x": [number(value * unit.scale) for value in shown], "y": rows,
        "marker": {"color": color, "size": 10}, "showlegend": False,
        "hovertext": [
            T.HOVER.format(name=T.PAIR.format(pair=pair + 1), difference=effect_words.amount(value, found.metric))
            for pair, value in zip(rows, shown, strict=True)
        ],
        "hovertemplate": Study.HOVER_EXTRA,
    }  # fmt: skip
    layout = base_layout() | {"height": _AROUND + _ROW * (found.plan.pairs + 1), "showlegend": False}
    layout["margin"] |= {"t": 30, "b": 10}
    layout["yaxis"] |= _rows(found)
    layout["xaxis"] |= _axis(found, effect, shown)
    layout["shapes"] = _behind(found)
    layout["annotations"] = [_above(Study.HARMS_HELPS)]
    return {"data": [dots, *_mean(found, effect, color)], "layout": layout}


def _mean(found: ConfirmFound, effect: Effect | None, color: str) -> list[dict[str, Any]]:
    if effect is None or effect.effect is None or effect.low is None or effect.high is None:
        return []
    scale, row = effect_words.unit_of(found.metric).scale, found.plan.pairs
    hover = T.HOVER_MEAN.format(
        name=T.MEAN,
        difference=effect_words.amount(effect.effect, found.metric),
        ends=effect_words.ends(effect.low, effect.high, found.metric),
    )
    style = {"color": color, "width": 2.5, "dash": "solid" if effect.word else "dot"}
    common = {"type": "scatter", "showlegend": False, "hovertemplate": Study.HOVER_EXTRA}
    ends = [number(end * scale) for end in (effect.low, effect.high)]
    return [
        common | {"mode": "lines", "x": ends, "y": [row, row], "line": style, "hovertext": [hover, hover]},
        common
        | {
            "mode": "markers",
            "x": [number(effect.effect * scale)],
            "y": [row],
            "marker": {"color": color, "size": 12, "symbol": "diamond"},
            "hovertext": [hover],
        },
    ]


def _rows(found: ConfirmFound) -> dict[str, Any]:
    pairs = found.plan.pairs
    names = [T.PAIR.format(pair=pair + 1) + ("" if pair < found.done else f" · {T.WAITS}") for pair in range(pairs)]
    return {
        "range": [pairs + 0.5, -0.5],
        "tickvals": list(range(pairs + 1)),
        "ticktext": [*names, f"<b>{T.MEAN}</b>"],
        "showgrid": False,
        "fixedrange": True,
        "ticks": "",
    }


def _smallest(found: ConfirmFound) -> float:
    return 0.0 if found.effect is None else found.effect.smallest


def _axis(found: ConfirmFound, effect: Effect | None, shown: list[float]) -> dict[str, Any]:
    unit, metric = effect_words.unit_of(found.metric), EVERY[found.metric].in_sentence
    ends = [] if effect is None else [end for end in (effect.low, effect.high) if end is not None]
    around = 1.5 * (_smallest(found) or 0.01)
    low, high = min([*shown, *ends, -around]), max([*shown, *ends, around])
    room = 0.06 * (high - low)
    words = Study.FOREST_AXIS if unit.points else Study.FOREST_AXIS_PLAIN
    title = words.format(metric=metric, unit=Study.POINTS.format(value="").strip())
    return {
        "range": [number((low - room) * unit.scale), number((high + room) * unit.scale)],
        "title": {"text": title, "standoff": 6, "font": {"size": 11.5}},
        "tickformat": "+~f" if unit.points else "+~r",
        "nticks": 6,
    }


def _behind(found: ConfirmFound) -> list[dict[str, Any]]:
    end = _smallest(found) * effect_words.unit_of(found.metric).scale
    row = found.plan.pairs - 0.5
    area = {
        "type": "rect", "xref": "x", "yref": "paper", "x0": -end, "x1": end, "y0": 0, "y1": 1,
        "fillcolor": palette.REGION, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    zero = {
        "type": "line", "xref": "x", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "layer": "below",
        "line": {"color": palette.NEUTRAL, "width": 1},
    }  # fmt: skip
    below = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": row, "y1": row,
        "line": {"color": palette.GRID, "width": 1.5},
    }  # fmt: skip
    return [area, zero, below]


def _above(text: str) -> dict[str, Any]:
    return {
        "text": text, "xref": "x", "x": 0, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4,
        "showarrow": False, "font": {"size": 11, "color": palette.NEUTRAL},
    }  # fmt: skip


def curves(found: ConfirmFound) -> Figure:
    """Return the metric over the epochs of all runs that have begun, in the color of their pipeline."""
    titles = dict(zip(SIDES, class_ticks.distinct([found.titles[side] for side in SIDES], _NAME), strict=True))
    named: set[str] = set()
    traces = []
    for seen in found.members:
        side = seen.member.side
        if not seen.curve.epochs:
            continue
        drawn = line(titles[side], seen.curve.epochs, seen.curve.values, _SIDE_COLORS[side], T.HOVER_CURVE, 1.4)
        traces.append(drawn | {"legendgroup": side, "showlegend": side not in named, "mode": "lines+markers"})
        traces[-1]["marker"] = {"size": 4, "color": _SIDE_COLORS[side]}
        named.add(side)
    layout = base_layout()
    layout["xaxis"] |= {"title": {"text": T.EPOCH, "standoff": 4}, "range": [0, 1.03 * found.epochs]}
    layout["yaxis"] |= {"title": {"text": EVERY[found.metric].title, "standoff": 6}}
    if not traces:  # plotly would make up the ends of the axis
        layout["yaxis"]["range"] = [0, 1]
    return {"data": traces, "layout": layout}
