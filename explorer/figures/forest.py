"""The forest plot of a study: a row for each step with its interval, in the user's metric and, smaller, in log loss.

The first row is the whole pipeline against nothing. The shaded region holds effects that do not matter. Until the
planned repeats are done all rows are gray and have no word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.base.words import signed
from explorer.figures import class_ticks, effect_words, palette
from explorer.figures.charts import Figure, base_layout, number
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import Effect, Effects
from explorer.runs.overview.studies.words import short
from explorer.texts import Study as T

ROW = 46  # px
_AROUND = 92  # px above and below the rows
_NAME = 22  # characters of a step's name
_MARKS = {
    "helps": "triangle-right",
    "harms": "triangle-left",
    "same": "square",
    "unknown": "circle-open",
    None: "circle",
}
_WHOLE, _WIDE, _NARROW = (0.0, 1.0), (0.0, 0.64), (0.72, 1.0)  # shares of the width for one metric, and for two


@dataclass(frozen=True)
class Column:
    """Where the effects in one metric are drawn."""

    axis: str  # "x" or "x2"
    metric: str
    smallest: float
    domain: tuple[float, float]

    @property
    def scale(self) -> float:
        """By which an effect is multiplied."""
        return effect_words.unit_of(self.metric).scale


def rows_of(effects: Effects) -> tuple[Effect, ...]:
    """Return the effects in the order of the rows: the whole pipeline, where it is compared, and the steps."""
    return effects.main if effects.gate is None else (effects.gate, *effects.main)


def forest(names: Sequence[str], effects: Effects, second: Effects | None = None, chosen: int | None = None) -> Figure:
    """Return the forest plot.

    Args:
        names: What each row is about, in the order of `rows_of`.
        effects: In the user's metric.
        second: The same contrasts in another metric.
        chosen: The row that is selected, from 0.
    """
    rows = rows_of(effects)
    columns = [(Column("x", effects.metric, effects.smallest, _WHOLE if second is None else _WIDE), rows)]
    if second is not None:
        columns.append((Column("x2", second.metric, second.smallest, _NARROW), rows_of(second)))
    traces: list[dict[str, Any]] = []
    for column, found in columns:
        traces += _column(column, names, found)
    layout = _layout(names, effects, bool(second))
    layout["shapes"] = [*_chosen(chosen), *_line_below_gate(effects), *(s for c, _ in columns for s in _region(c))]
    for column, found in columns:
        layout["xaxis" if column.axis == "x" else "xaxis2"] |= _axis(column, found)
    return {"data": traces, "layout": layout}


def _column(column: Column, names: Sequence[str], rows: Sequence[Effect]) -> list[dict[str, Any]]:
    parts = [part for place, effect in enumerate(rows) for part in _interval(column, place, effect)]
    return [*parts, _touched(column, names, rows)]


def _interval(column: Column, place: int, effect: Effect) -> list[dict[str, Any]]:
    """Return the lines and the mark of one row; nothing where the effect is undefined."""
    if effect.effect is None or effect.low is None or effect.high is None:
        return []
    color = palette.EFFECT_COLORS[effect.word] if effect.word else palette.NEUTRAL
    scale = column.scale
    lines = [(effect.low, effect.high, 2.0)]
    if effect.low_90 is not None and effect.high_90 is not None:
        lines.append((effect.low_90, effect.high_90, 5.0))
    drawn = [
        _trace(column, [low * scale, high * scale], place)
        | {"mode": "lines", "line": {"color": color, "width": width, "dash": "solid" if effect.word else "dot"}}
        for low, high, width in lines[: 2 if effect.word else 1]
    ]
    mark = {"color": color, "size": 12, "symbol": _MARKS[effect.word], "line": {"color": color, "width": 2}}
    return [*drawn, _trace(column, [effect.effect * scale], place) | {"mode": "markers", "marker": mark}]


def _trace(column: Column, x: Sequence[float], place: int) -> dict[str, Any]:
    return {
        "type": "scatter", "x": [number(value) for value in x], "y": [place] * len(x), "xaxis": column.axis,
        "yaxis": "y", "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _touched(column: Column, names: Sequence[str], rows: Sequence[Effect]) -> dict[str, Any]:
    """Return invisible bars over whole rows, so that a pointer anywhere in a row finds it."""
    low, high = _range(column, rows)
    return {
        "type": "bar", "orientation": "h", "base": low, "x": [high - low] * len(rows), "y": list(range(len(rows))),
        "xaxis": column.axis, "yaxis": "y", "width": 0.96, "marker": {"color": palette.TRANSPARENT},
        "hovertext": [_hover(name, effect, column.metric) for name, effect in zip(names, rows, strict=True)],
        "hovertemplate": T.HOVER_EXTRA, "showlegend": False, "meta": {"rows": True},
    }  # fmt: skip


def _hover(name: str, effect: Effect, metric: str) -> str:
    name = class_ticks.distinct([name], 60)[0]
    if effect.effect is None or effect.low is None or effect.high is None:
        return T.HOVER_CLASS_UNDEFINED.format(name=name, why=effect.why)
    shown = f"{effect_words.amount(effect.effect, metric)}, {short(effect)}"
    return T.HOVER_EFFECT.format(step=name, effect=shown, ends=effect_words.ends(effect.low, effect.high, metric))


def _range(column: Column, rows: Sequence[Effect]) -> tuple[float, float]:
    """Return the axis: all intervals, and the region with some room around it."""
    known = [end for effect in rows for end in (effect.low, effect.high) if end is not None]
    low, high = min([*known, -1.5 * column.smallest]), max([*known, 1.5 * column.smallest])
    room = 0.06 * (high - low)
    return (low - room) * column.scale, (high + room) * column.scale


def _axis(column: Column, rows: Sequence[Effect]) -> dict[str, Any]:
    unit = effect_words.unit_of(column.metric)
    words = T.FOREST_AXIS if unit.points else T.FOREST_AXIS_PLAIN
    metric = EVERY[column.metric].in_sentence
    title = words.format(metric=metric, unit=T.POINTS.format(value="").strip())
    return {
        "range": [number(end) for end in _range(column, rows)],
        "title": {"text": title, "standoff": 6, "font": {"size": 11.5}},
        "nticks": 5 if column.axis == "x" else 4,
        "tickangle": 0,
        "tickformat": "+~f" if unit.points else "+~r",
        "domain": list(column.domain),
    }


def _region(column: Column) -> list[dict[str, Any]]:
    end = column.smallest * column.scale
    area = {
        "type": "rect", "xref": column.axis, "yref": "paper", "x0": -end, "x1": end, "y0": 0, "y1": 1,
        "fillcolor": palette.REGION, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    zero = {
        "type": "line", "xref": column.axis, "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "layer": "below",
        "line": {"color": palette.NEUTRAL, "width": 1},
    }  # fmt: skip
    return [area, zero]


def _chosen(chosen: int | None) -> list[dict[str, Any]]:
    if chosen is None:
        return []
    return [
        {
            "type": "rect", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": chosen - 0.48, "y1": chosen + 0.48,
            "fillcolor": palette.CHOSEN, "line": {"width": 0}, "layer": "below",
        }
    ]  # fmt: skip


def _line_below_gate(effects: Effects) -> list[dict[str, Any]]:
    if effects.gate is None:
        return []
    style = {"color": palette.GRID, "width": 1.5}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": 0.5, "y1": 0.5, "line": style}]


def _layout(names: Sequence[str], effects: Effects, two: bool) -> dict[str, Any]:
    rows = rows_of(effects)
    layout = base_layout() | {"height": _AROUND + ROW * max(len(rows), 1), "showlegend": False, "barmode": "overlay"}
    layout["margin"] |= {"t": 30, "b": 10}
    layout["yaxis"] |= {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": list(range(len(rows))),
        "ticktext": [
            _label(name, effect, effects) for name, effect in zip(class_ticks.distinct(names, _NAME), rows, strict=True)
        ],
        "showgrid": False,
        "fixedrange": True,
        "ticks": "",
    }
    if two:
        layout["xaxis2"] = dict(layout["xaxis"]) | {"anchor": "y"}
    layout["annotations"] = [_above(T.HARMS_HELPS, 0)]
    return layout


def _above(text: str, x: float) -> dict[str, Any]:
    return {
        "text": text, "xref": "x", "x": x, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4,
        "showarrow": False, "font": {"size": 11, "color": palette.NEUTRAL},
    }  # fmt: skip


def _label(name: str, effect: Effect, family: Effects) -> str:
    """Return the label of a row: its name, and below it the effect with its word."""
    color = palette.EFFECT_COLORS[effect.word] if effect.word in ("helps", "harms") else palette.NEUTRAL
    unit = effect_words.unit_of(family.metric)
    shown = "" if effect.effect is None else f"{signed(effect.effect * unit.scale, unit.digits)} · "
    return f'{name}<br><span style="color:{color};font-size:11px">{shown}{short(effect)}</span>'
