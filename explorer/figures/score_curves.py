"""Charts of the scores of one class against the rest: ROC, precision and recall, F1, calibration, distribution.

Axes begin and end where a curve does something, and their titles say so: the ROC curve of a good model is otherwise a
line along two edges.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures import charts, palette
from explorer.figures.charts import Figure
from explorer.metrics import thresholds
from explorer.metrics.thresholds import Cuts
from explorer.texts import Charts as T

Values = NDArray[np.float64]

_BINS = 40
_FAR = 40.0  # log odds; beyond it a probability is 0 or 1 for every purpose
_LEAST = 0.02  # the shortest axis of a share
_WHOLE = 0.6  # an axis that would show more than this is shown whole
_TICKS = tuple(10.0**-power for power in (15, 12, 9, 6, 4, 3, 2, 1))  # probabilities, and 1 minus these


def figures(cuts: Cuts, names: tuple[str, str], colors: tuple[str, str], view: str) -> dict[str, Figure]:
    """Return the charts of one class by name; those that are undefined are left out.

    Args:
        cuts: The scores of the class.
        names: What images of the class and others are called.
        colors: Their colors.
        view: Zoom is kept from one figure to the next as long as this is the same.
    """
    positives, negatives = int(cuts.positives.sum()), int(cuts.negatives.sum())
    found: dict[str, Figure] = {}
    if positives and negatives:
        found["roc"] = roc(cuts)
    if positives:
        found |= {"pr": precision_recall(cuts), "f1": f1(cuts)}
    if positives + negatives:
        found |= {"calibration": calibration(cuts), "distribution": distribution(cuts, names, colors)}
    for figure in found.values():
        figure["layout"]["uirevision"] = view
    return found


def roc(cuts: Cuts) -> Figure:
    """Return recall over the false positive rate. Both kinds of images must be there."""
    found, wrong = cuts.true_positives, cuts.false_positives
    x, y = wrong / wrong[-1], found / found[-1]
    at = _kept(x, y)
    drawn = charts.line(T.ROC, x[at], y[at], palette.ACCENT, T.HOVER_ROC, 2.4)
    layout = _layout(T.FALSE_POSITIVE_RATE, T.RECALL_AXIS)
    # Before the first false positive the curve runs along the left edge, and after the last one it finds, at the top.
    _show(layout["xaxis"], 0.0, float(x[int(np.argmax(found == found[-1]))]))
    _show(layout["yaxis"], float(y[np.flatnonzero(wrong == 0)[-1]]), 1.0)
    guess = _line([0.0, 1.0], [0.0, 1.0], T.GUESSING)
    return {"data": [guess, drawn], "layout": layout}


def precision_recall(cuts: Cuts) -> Figure:
    """Return precision over recall. Images of the class must be there."""
    found, wrong = cuts.true_positives[1:], cuts.false_positives[1:]
    x, y = found / found[-1], found / (found + wrong)
    at = _kept(x, y)
    drawn = charts.line(T.PRECISION_RECALL, x[at], y[at], palette.ACCENT, T.HOVER_PR, 2.4)
    share = float(y[-1])
    layout = _layout(T.RECALL_AXIS, T.PRECISION_AXIS)
    perfect = np.flatnonzero(wrong == 0)
    needed = y[: int(np.argmax(found == found[-1])) + 1]
    _show(layout["xaxis"], float(x[perfect[-1]]) if len(perfect) else 0.0, 1.0)
    _show(layout["yaxis"], float(needed.min()), 1.0)
    return {"data": [_line([0.0, 1.0], [share, share], T.SHARE_OF_CLASS), drawn], "layout": layout}


def f1(cuts: Cuts) -> Figure:
    """Return F1 over the threshold. Images of the class must be there."""
    found, wrong = cuts.true_positives[1:], cuts.false_positives[1:]
    y = 2 * found / (found[-1] + found + wrong)
    # A score reaches a threshold that is equal to it, so that F1 changes just above each score.
    odds = np.clip(cuts.scores, -_FAR, _FAR)
    at = _kept(odds / (2 * _FAR), y)
    drawn = charts.line(T.F1, odds[at], y[at], palette.ACCENT, T.HOVER_F1, 2.4)
    drawn |= {"customdata": _shown(odds[at])}
    drawn["line"] |= {"shape": "hv"}
    layout = _layout(T.THRESHOLD_AXIS, T.F1)
    layout["xaxis"] |= _odds_axis(odds)
    _show(layout["yaxis"], min(float(y[-1]), float(y.max()) - 0.1), float(y.max()))
    return {"data": [drawn], "layout": layout}


def calibration(cuts: Cuts) -> Figure:
    """Return the observed share of the class over the predicted probability, above a histogram of the probabilities."""
    groups = thresholds.calibration(cuts)
    low, high = thresholds.wilson(groups.observed, groups.images)
    drawn = charts.line(T.OBSERVED, groups.predicted, groups.observed, palette.ACCENT, T.HOVER_CALIBRATION, 2.0) | {
        "mode": "lines+markers",
        "marker": {"color": palette.ACCENT, "size": 7},
        "customdata": [[int(count), a, b] for count, a, b in zip(groups.images, low, high, strict=True)],
        "error_y": {
            "array": _numbers(high - groups.observed),
            "arrayminus": _numbers(groups.observed - low),
            "color": palette.NEUTRAL,
            "thickness": 1,
            "width": 3,
        },
    }
    # A rare class has no high probabilities, so that the axis ends below 1.
    ends = 0.0, float(max(groups.predicted.max(), high.max()))
    edges = np.linspace(0, 1, min(200, round(20 / min(_fit(*ends)[1], 1.0))) + 1)
    with np.errstate(divide="ignore"):
        mine, rest = thresholds.counted(cuts, np.log(edges) - np.log1p(-edges))
    bars = _bars(T.IMAGES, (edges[:-1] + edges[1:]) / 2, mine + rest, float(edges[1]), palette.NEUTRAL)
    bars |= {"yaxis": "y2", "hovertemplate": T.HOVER_BAR_PROBABILITY, "opacity": 0.6}
    layout = _layout(T.PROBABILITY_AXIS, T.OBSERVED_AXIS)
    for axis in (layout["xaxis"], layout["yaxis"]):
        _show(axis, *ends)
    layout["xaxis"] |= {"anchor": "y2"}
    layout["yaxis"] |= {"domain": [0.28, 1]}
    images = {"title": {"text": T.IMAGES, "standoff": 6}, "rangemode": "tozero", "nticks": 3}
    layout["yaxis2"] = charts.base_layout()["yaxis"] | images | {"domain": [0, 0.2], "anchor": "x"}
    return {"data": [_line([0.0, 1.0], [0.0, 1.0], T.CALIBRATED), drawn, bars], "layout": layout}


def distribution(cuts: Cuts, names: tuple[str, str], colors: tuple[str, str]) -> Figure:
    """Return the share of the images of the class, and of others, at each score, so that a rare class is seen too."""
    axis = _odds_axis(np.clip(cuts.scores, -_FAR, _FAR))
    low, high = axis["range"]
    edges = np.linspace(low, high, _BINS + 1, dtype=np.float64)
    width = float(edges[1] - edges[0])
    middles = (edges[:-1] + edges[1:]) / 2
    traces = []
    for name, counts, color in zip(names, thresholds.counted(cuts, edges), colors, strict=True):
        bars = _bars(name, middles, counts, width, color) | {"opacity": 0.65, "hovertemplate": T.HOVER_BAR_CLASS}
        bars["customdata"] = list(map(list, zip(_shown(middles), counts.tolist(), strict=True)))
        bars["y"] = _numbers(counts / max(int(counts.sum()), 1))
        traces.append(bars)
    layout = _layout(T.PROBABILITY_AXIS, T.SHARE_AXIS) | {"barmode": "overlay", "showlegend": True}
    layout["xaxis"] |= axis
    layout["yaxis"] |= {"rangemode": "tozero", "tickformat": ".0%"}
    return {"data": traces, "layout": layout}


def _layout(x: str, y: str) -> dict[str, Any]:
    layout = charts.base_layout() | {"showlegend": False}
    layout["xaxis"] |= {"title": {"text": x, "standoff": 4}, "nticks": 7}
    layout["yaxis"] |= {"title": {"text": y, "standoff": 6}, "nticks": 6}
    layout["margin"] |= {"t": 12, "r": 14}
    return layout


def _line(x: Sequence[float], y: Sequence[float], name: str) -> dict[str, Any]:
    drawn = charts.line(name, x, y, palette.NEUTRAL, T.HOVER_NAME, 1.2)
    drawn["line"] |= {"dash": "dot"}
    return drawn


def _bars(name: str, x: Values, counts: NDArray[np.int64], width: float, color: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": _numbers(x),
        "y": counts.tolist(),
        "width": width,
        "marker": {"color": color, "line": {"width": 0}},
    }


def _numbers(values: Values) -> list[float | None]:
    return [charts.number(float(value)) for value in values]


def _kept(x: Values, y: Values, most: int = charts.MAX_POINTS) -> NDArray[np.int64]:
    """Return the indices of at most `most` points, evenly along the curve, so that no part of it is lost.

    Points in the middle of a straight line go first, so that a curve of a few long steps keeps its corners.
    """
    if len(x) <= most:
        return np.arange(len(x))
    dx, dy = np.diff(x), np.diff(y)
    turns = np.abs(dx[:-1] * dy[1:] - dy[:-1] * dx[1:]) > 1e-15
    corners = np.concatenate([[0], np.flatnonzero(turns) + 1, [len(x) - 1]])
    if len(corners) <= most:
        return corners
    gone = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x[corners])) + np.abs(np.diff(y[corners])))])
    wanted = np.searchsorted(gone, np.linspace(0, gone[-1], most))
    return corners[np.unique(np.clip(wanted, 0, len(corners) - 1))]


def _fit(low: float, high: float) -> list[float]:
    """Return an axis of shares around low to high, which are between 0 and 1."""
    room = max(high - low, _LEAST)
    if room > _WHOLE:
        return [-0.02, 1.02]
    middle = min(max((low + high) / 2, room / 2), 1 - room / 2)
    return [middle - room * 0.56, middle + room * 0.56]


def _show(axis: dict[str, Any], low: float, high: float) -> None:
    """Fit an axis of shares around low to high, and say in its title where that is a part of it."""
    axis["range"] = _fit(low, high)
    begin, end = (min(max(at, 0.0), 1.0) for at in axis["range"])
    if (begin, end) != (0.0, 1.0):
        axis["title"]["text"] = T.AXIS_PART.format(title=axis["title"]["text"], low=begin, high=end)


def _odds_axis(odds: Values) -> dict[str, Any]:
    """Return an axis of log odds, whose ticks are probabilities."""
    low, high = (float(odds.min()), float(odds.max())) if len(odds) else (0.0, 0.0)
    low, high = min(low, -1.0), max(high, 1.0)
    margin = 0.04 * (high - low)
    low, high = low - margin, high + margin
    ticks: list[tuple[float, str]] = [(0.0, "0.5")]
    for share in _TICKS:
        place = math.log(share) - math.log1p(-share)
        power = f"10<sup>−{-round(math.log10(share))}</sup>"
        ticks += [(place, power if share < 1e-3 else f"{share:g}")]
        ticks += [(-place, f"1−{power}" if share < 1e-3 else f"{1 - share:g}")]
    shown: list[tuple[float, str]] = []
    for place, text in sorted(ticks, key=lambda tick: abs(tick[0])):
        if low <= place <= high and all(abs(place - other) > (high - low) / 9 for other, _ in shown):
            shown.append((place, text))
    return {
        "range": [low, high],
        "tickvals": [charts.number(place) for place, _ in shown],
        "ticktext": [text for _, text in shown],
        "tickangle": 0,
    }


def _shown(odds: Values) -> list[str]:
    return [f"{value:.4g}" for value in thresholds.probabilities(odds)]
