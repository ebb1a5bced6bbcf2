"""The effect of a step on the recall of each class: who gains, and who pays."""

from collections.abc import Sequence
from typing import Any

from explorer.figures import class_ticks, effect_words, palette
from explorer.figures.charts import Figure, base_layout, number
from explorer.metrics.verdicts.classes import ClassEffect, ClassEffects
from explorer.texts import Study as T

MOST = 20  # classes that are drawn: those that change most
ROW = 30  # px
_AROUND = 70  # px
_LEAST = 0.02
_SHARE = "recall"


def shown(found: ClassEffects, most: int = MOST) -> list[ClassEffect]:
    """Return the classes that are drawn, in their order: all, or those that are worth a look and that change most."""
    known = [one for one in found.classes if one.effect is not None]
    ranked = sorted(known, key=lambda one: (not one.notable, -abs(one.effect or 0.0)))[:most]
    return sorted(ranked, key=lambda one: one.index)


def figure(names: Sequence[str], found: ClassEffects) -> Figure:
    """Return the difference of recall of each class with its interval. `names` are those of all classes."""
    rows = shown(found)
    scale = effect_words.unit_of(_SHARE).scale
    traces = [trace for place, one in enumerate(rows) for trace in _row(place, one, names[one.index], scale)]
    layout = base_layout() | {"height": _AROUND + ROW * max(len(rows), 1), "showlegend": False}
    layout["margin"] |= {"t": 10, "b": 10}
    layout["xaxis"] |= {"title": {"text": T.CLASS_AXIS, "standoff": 6}, "tickformat": "+~f", "nticks": 6}
    layout["xaxis"]["range"] = [number(end * scale) for end in _range(rows)]
    layout["yaxis"] |= {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": list(range(len(rows))),
        "ticktext": [_label(name, one) for name, one in zip(_short(names, rows), rows, strict=True)],
        "showgrid": False,
        "fixedrange": True,
    }
    line = {"color": palette.NEUTRAL, "width": 1}
    layout["shapes"] = [
        {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}
    ]
    return {"data": traces, "layout": layout}


def _range(rows: Sequence[ClassEffect]) -> tuple[float, float]:
    """Return the axis: all intervals and zero, and at least two points to both sides."""
    known = [end for one in rows for end in (one.low, one.high, one.effect) if end is not None]
    low, high = min([*known, -_LEAST]), max([*known, _LEAST])
    room = 0.06 * (high - low)
    return low - room, high + room


def _short(names: Sequence[str], rows: Sequence[ClassEffect]) -> list[str]:
    return class_ticks.distinct([names[one.index] for one in rows], 20)


def _label(name: str, one: ClassEffect) -> str:
    return f"<b>{name}</b>" if one.notable else name


def _row(place: int, one: ClassEffect, name: str, scale: float) -> list[dict[str, Any]]:
    assert one.effect is not None
    color = palette.class_color(one.index)
    low, high = one.low if one.low is not None else one.effect, one.high if one.high is not None else one.effect
    shared = {"type": "scatter", "showlegend": False}
    hover = T.HOVER_CLASS.format(
        name=class_ticks.distinct([name], 60)[0],
        images=f"{one.images:,}",
        effect=effect_words.amount(one.effect, _SHARE),
        ends=effect_words.ends(low, high, _SHARE),
    )
    line = {"color": color, "width": 4 if one.notable else 2}
    mark: dict[str, Any] = {"color": color, "size": 11, "symbol": "circle" if one.notable else "circle-open"}
    mark["line"] = {"color": color, "width": 2}
    return [
        shared | {"mode": "lines", "x": [number(low * scale), number(high * scale)], "y": [place, place], "line": line}
        | {"hoverinfo": "skip"},
        shared | {"mode": "markers", "x": [number(one.effect * scale)], "y": [place], "marker": mark}
        | {"hovertext": [hover], "hovertemplate": T.HOVER_EXTRA},
    ]  # fmt: skip
