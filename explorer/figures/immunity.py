"""Figures of an immunity map: the colors of its cells, and the metric against the strength of each distortion."""

from collections.abc import Sequence
from typing import Any

from explorer.figures import class_ticks, palette
from explorer.figures.charts import Figure, base_layout, number
from explorer.metrics.table import EVERY
from explorer.runs.overview.studies.immunity import CLEAN_PLACE, STRENGTHS, ImmunityMap, MapRow, Place
from explorer.texts import Immunity as T

_LEAST_SCALE = 0.05  # of the metric: a map of smaller differences is pale, as it should be
_COLUMNS = 5  # of small multiples
_SMALL = 170  # px of one of them
_LARGE = 300
_MOST_BARS = 3  # rows of small multiples that have intervals
_NAME = 40  # characters of a name or title
_APART = 0.06  # by which the rows are moved sideways, so that their intervals do not cover each other


def reach(found: ImmunityMap) -> float:
    """Return the difference that has the full color."""
    effects = (effect.effect for row in found.rows for effect in row.effects.values())
    return max([_LEAST_SCALE, *(abs(effect) for effect in effects if effect is not None)])


def colors(found: ImmunityMap, places: Sequence[Place]) -> list[list[str]]:
    """Return the color of each cell, row by row; "" where there is no difference to show."""
    most = reach(found)

    def color(row: MapRow, place: Place) -> str:
        effect = row.effects.get(place)
        if effect is None or effect.effect is None:
            return ""
        return palette.difference_color(effect.effect / most)

    return [[color(row, place) for place in places] for row in found.rows]


def curves(found: ImmunityMap, names: Sequence[str], titles: Sequence[str], chosen: int = -1) -> Figure:
    """Return the metric against the strength, a line for each row.

    Args:
        found: The map.
        names: The names of the rows.
        titles: The titles of all distortions of the plan.
        chosen: The distortion that is drawn large and alone; -1 draws all that are finished as small multiples.
    """
    names, titles = class_ticks.distinct(names, _NAME), class_ticks.distinct(titles, _NAME)
    shown = [chosen] if chosen in found.done else list(found.done)
    grid = _Grid(len(shown))
    traces = [
        _line(found, names, row, distortion, grid.axis(at), first=at == 0, bars=grid.alone or len(names) <= _MOST_BARS)
        for at, distortion in enumerate(shown)
        for row in range(len(names))
    ]
    layout = base_layout() | {"height": grid.height}
    layout.pop("xaxis"), layout.pop("yaxis")
    ends = _ends(traces)
    for at, distortion in enumerate(shown):
        layout |= grid.axes(at, EVERY[found.metric].in_sentence, ends)
        layout.setdefault("annotations", []).append(grid.title(at, titles[distortion]))
    layout["margin"] |= {"t": 56, "b": 40}
    layout["legend"] |= {"y": 1.0, "yref": "container", "yanchor": "top"}
    return {"data": traces, "layout": layout}


class _Grid:
    """Where each of several small charts stands."""

    def __init__(self, count: int) -> None:
        self.alone = count == 1
        self.columns = min(count, _COLUMNS) or 1
        self.rows = -(-count // _COLUMNS) or 1
        self.height = (_LARGE if self.alone else _SMALL * self.rows) + 70

    def axis(self, at: int) -> str:
        """The number of the axes of a chart, as plotly writes it: "" for the first."""
        return "" if at == 0 else str(at + 1)

    def _domains(self, at: int) -> tuple[list[float], list[float]]:
        row, column = divmod(at, self.columns)
        gap_x, gap_y = 0.035, 0.2 / self.rows
        wide, high = (1 - gap_x * (self.columns - 1)) / self.columns, (1 - gap_y * (self.rows - 1)) / self.rows
        left, top = column * (wide + gap_x), 1 - row * (high + gap_y)
        return [round(left, 5), round(left + wide, 5)], [round(max(top - high, 0), 5), round(top, 5)]

    def axes(self, at: int, metric: str, ends: list[float]) -> dict[str, Any]:
        """Return both axes of a chart."""
        x, y = self._domains(at)
        axis = self.axis(at)
        common = {"gridcolor": palette.GRID, "linecolor": palette.GRID, "zeroline": False}
        first_of_row, last_row = at % self.columns == 0, at // self.columns == self.rows - 1
        return {
            f"xaxis{axis}": common
            | {
                "domain": x, "anchor": f"y{axis}", "range": [-0.35, STRENGTHS + 0.35], "dtick": 1, "tick0": 0,
                "automargin": True,
                "title": {"text": T.STRENGTH_AXIS if last_row else "", "standoff": 4, "font": {"size": 11}},
            },
            f"yaxis{axis}": common
            | {
                "domain": y, "anchor": f"x{axis}", "range": ends, "nticks": 5, "showticklabels": first_of_row,
                "title": {"text": metric if first_of_row else "", "standoff": 6, "font": {"size": 11}},
                "automargin": True,
            },
        }  # fmt: skip

    def title(self, at: int, text: str) -> dict[str, Any]:
        """Return the title of a chart."""
        x, y = self._domains(at)
        return {
            "text": text, "xref": "paper", "yref": "paper", "x": sum(x) / 2, "y": y[1], "yanchor": "bottom",
            "xanchor": "center", "showarrow": False, "font": {"size": 12},
        }  # fmt: skip


def _line(
    found: ImmunityMap, names: Sequence[str], row: int, distortion: int, axis: str, *, first: bool, bars: bool
) -> dict[str, Any]:
    places = [CLEAN_PLACE, *(Place(distortion, strength) for strength in range(STRENGTHS))]
    known = found.rows[row].levels
    levels = [known[place] for place in places]
    ends = [[number(level.low), number(level.high)] for level in levels]
    reference = found.reference == row
    color = palette.NEUTRAL if reference else palette.run_color(row - (1 if _after(found, row) else 0))
    shift = _APART * (row - (len(names) - 1) / 2) if bars and len(names) > 1 else 0.0
    drawn: dict[str, Any] = {
        "type": "scatter", "mode": "lines+markers", "name": names[row], "x": [at + shift for at in range(len(places))],
        "y": [number(level.value) for level in levels], "customdata": ends, "hovertemplate": T.HOVER,
        "line": {"color": color, "width": 2.4 if reference else 1.8, "dash": "dot" if reference else "solid"},
        "marker": {"color": color, "size": 5}, "legendgroup": str(row), "showlegend": first,
        "xaxis": f"x{axis}", "yaxis": f"y{axis}",
    }  # fmt: skip
    if bars:
        drawn["error_y"] = {
            "type": "data", "symmetric": False, "thickness": 1.2, "width": 0, "color": color,
            "array": [_arm(level.high, level.value) for level in levels],
            "arrayminus": [_arm(level.value, level.low) for level in levels],
        }  # fmt: skip
    return drawn


def _after(found: ImmunityMap, row: int) -> bool:
    """Whether the reference, which has no color of the palette, comes before a row."""
    return found.reference is not None and found.reference < row


def _arm(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else number(max(high - low, 0.0))


def _ends(traces: Sequence[dict[str, Any]]) -> list[float]:
    """Return one range for all charts, so that they can be compared."""
    known = [value for trace in traces for value in trace["y"] if value is not None]
    known += [end for trace in traces if "error_y" in trace for pair in trace["customdata"] for end in pair if end]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = max(0.06 * (high - low), 0.01)
    return [low - room, high + room]
