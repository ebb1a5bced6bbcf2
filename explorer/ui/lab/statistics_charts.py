"""Figures of a report for the plot component: pure functions that return JSON values."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.augment.draws.report import Labels, Mask, Report, StepReport, histogram
from explorer.draw.encoding import Classes
from explorer.figures import palette
from explorer.figures.charts import base_layout
from explorer.texts import Common
from explorer.texts import Statistics as T

Figure = dict[str, Any]
SMALL = 170  # px
MOST_WORDS = 12


def figures(report: Report, classes: Classes) -> dict[str, Figure]:
    """Return a figure for everything that was counted, by title."""
    found: dict[str, Figure] = {}
    if report.mask is not None:
        found[T.MASK_TITLE] = mask(report.mask, classes)
    for title, labels in ((T.BOXES_TITLE, report.boxes), (T.POINTS_TITLE, report.points)):
        if labels is not None and labels.before:
            found[title] = _labels(labels, classes)
    if report.before is not None and report.after is not None:
        found[T.CHANNELS_TITLE] = _channels(report)
    if report.ssim:
        found[T.SSIM_TITLE] = _histogram(list(report.ssim), "", 270)
    return found


def mask(areas: Mask, classes: Classes) -> Figure:
    """Return a bar chart of each class's share of the picture, before and after."""
    labels = sorted(set(areas.area_before) | set(areas.area_after))
    names = [mask_class(label, classes) for label in labels]
    layout = _layout(T.MASK_AXIS)
    layout["yaxis"] |= {"tickformat": ".0%", "rangemode": "tozero"}
    first, last = ([table.get(label, 0.0) for label in labels] for table in (areas.area_before, areas.area_after))
    return _pairs(names, first, last, layout)


def mask_class(label: int, classes: Classes) -> str:
    """Return the name of a mask value."""
    return T.BACKGROUND if label == 0 else class_name(label - 1, classes)


def class_name(index: int, classes: Classes) -> str:
    """Return the name of a class, or its number if it has no name."""
    return classes.names[index] if index < len(classes.names) else Common.CLASS.format(number=index)


def _labels(counted: Labels, classes: Classes) -> Figure:
    indices = sorted(set(counted.before) | set(counted.after))
    names = [class_name(index, classes) for index in indices]
    first, last = ([table.get(index, 0) for index in indices] for table in (counted.before, counted.after))
    return _pairs(names, first, last, _layout(T.LABELS_AXIS))


def _channels(report: Report) -> Figure:
    traces = []
    for name, found, color in (
        (T.BEFORE, report.before, palette.NEUTRAL),
        (T.AFTERWARDS, report.after, palette.ACCENT),
    ):
        if found is not None:
            bar = _bar(name, list(T.CHANNELS), list(found.mean), color)
            bar["error_y"] = {"type": "data", "array": list(found.deviation), "thickness": 1.2, "width": 4}
            traces.append(bar)
    layout = _layout(T.CHANNELS_AXIS)
    layout["yaxis"] |= {"range": [0, 255]}
    return {"data": traces, "layout": layout | {"barmode": "group"}}


def drawn(step: StepReport) -> Mapping[str, Figure]:
    """Return the distribution of the drawn values, by parameter."""
    return {
        name: _words(values, name)
        if isinstance(values, dict)
        else _histogram(values, T.DRAWN_NAMES.get(name, name), SMALL)
        for name, values in step.drawn.items()
        if values
    }


def _histogram(values: list[float], title: str, height: int) -> Figure:
    middles, counts, width = histogram(values)
    bar = _bar("", [_short(middle) for middle in middles], counts, palette.ACCENT)
    bar |= {"width": width or 1.0, "hovertemplate": "%{x:.4g}: %{y}<extra></extra>"}
    return {"data": [bar], "layout": _small(title, height)}


def _words(counts: Mapping[str, int], title: str) -> Figure:
    often = sorted(counts.items(), key=lambda item: -item[1])[:MOST_WORDS]
    bar = _bar("", [word for word, _ in often], [count for _, count in often], palette.ACCENT)
    return {"data": [bar], "layout": _small(title, SMALL)}


def _small(title: str, height: int) -> dict[str, Any]:
    layout = _layout(T.COUNT)
    layout["xaxis"] |= {"title": {"text": title, "standoff": 4}}
    return layout | {"height": height, "bargap": 0.05, "showlegend": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _layout(axis: str) -> dict[str, Any]:
    layout = base_layout()
    layout["yaxis"] |= {"title": {"text": axis, "standoff": 6}}
    return layout


def _pairs(names: Sequence[str], before: Sequence[float], after: Sequence[float], layout: dict[str, Any]) -> Figure:
    traces = [_bar(T.BEFORE, names, before, palette.NEUTRAL), _bar(T.AFTERWARDS, names, after, palette.ACCENT)]
    return {"data": traces, "layout": layout | {"barmode": "group"}}


def _bar(name: str, x: Sequence[Any], y: Sequence[float], color: str) -> dict[str, Any]:
    return {"type": "bar", "name": name, "x": list(x), "y": list(map(_short, y)), "marker": {"color": color}}
