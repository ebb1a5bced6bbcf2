"""Sizes, positions and classes of the boxes of a data set."""

import numpy as np
import streamlit as st

from explorer.base.words import counted
from explorer.data.overview import summaries
from explorer.data.overview.summaries import Boxes
from explorer.figures import measured as figures
from explorer.texts import Common
from explorer.texts import Measured as T
from explorer.ui.components import plot
from explorer.ui.data.looking import Looking

_CELLS = 20  # of the map of centers, along each side
_BINS = 25
_MOST_CLASSES = 24


def show(looking: Looking) -> None:
    """Draw where boxes are, how large they are, and how many each class has."""
    found = summaries.boxes(looking.contents, looking.measured)
    if found is None:
        return
    per = found.per_image[found.per_image > 0]
    counts = {"boxes": counted(len(found.label), *T.BOX), "images": counted(len(per), *Common.IMAGE)}
    words = [T.BOXES.format(**counts, per=per.mean(), most=int(per.max()))]
    for text, count in ((T.BOXES_EMPTY, int(found.empty.sum())), (T.BOXES_OUTSIDE, int(found.outside.sum()))):
        words += [counted(count, *text)] if count else []
    st.markdown(" ".join(words))
    for draw, column in zip((_centers, _sides, _classes), st.columns(3, gap="medium"), strict=True):
        with column:
            draw(looking, found)


def _centers(looking: Looking, found: Boxes) -> None:
    inside = np.flatnonzero((found.x >= 0) & (found.x <= 1) & (found.y >= 0) & (found.y <= 1))
    x, y = ((values[inside] * _CELLS).astype(int).clip(0, _CELLS - 1) for values in (found.x, found.y))
    counts = np.zeros((_CELLS, _CELLS), np.int64)
    np.add.at(counts, (y, x), 1)

    def clicked(cell: plot.Cell) -> None:
        looking.pick(T.PICKED_CENTER, np.unique(found.row[inside[(y == cell[0]) & (x == cell[1])]]))

    edges = np.linspace(0, 100, _CELLS + 1)
    st.markdown(f"**{T.CENTERS}**")
    figure = figures.heat(counts, edges, edges, T.CENTER_AXES, T.HOVER_CENTER, down=True)
    looking.chart(figure, T.CENTERS, "centers", clicked)


def _sides(looking: Looking, found: Boxes) -> None:
    area = np.maximum(found.width, 0) * np.maximum(found.height, 0)
    side = 100 * np.sqrt(np.nan_to_num(area)).clip(0, 1)
    edges = np.linspace(0, 100, _BINS + 1)
    place = (side / 100 * _BINS).astype(int).clip(0, _BINS - 1)

    def clicked(cell: plot.Cell) -> None:
        low, high = (figures.short(edges[min(cell[0] + at, _BINS)]) for at in (0, 1))
        looking.pick(T.PICKED.format(name=T.BOX_SIZE, low=low, high=high), np.unique(found.row[place == cell[0]]))

    st.markdown(f"**{T.BOX_SIZE}**", help=T.BOX_SIZE_HELP)
    figure = figures.histogram(edges, np.bincount(place, minlength=_BINS), "", hover=T.HOVER_BOX_BIN)
    looking.chart(figure, T.BOX_SIZE, "sides", clicked)


def _classes(looking: Looking, found: Boxes) -> None:
    shown = np.argsort(-found.counts, kind="stable")[:_MOST_CLASSES]
    names = [looking.contents.classes[at] for at in shown]

    def clicked(cell: plot.Cell) -> None:
        if cell[0] < len(shown):
            rows = np.unique(found.row[found.label == shown[cell[0]]])
            looking.pick(T.PICKED_BOX.format(name=names[cell[0]]), rows)

    st.markdown(f"**{T.BOX_COUNTS}**")
    figure = figures.by_class(
        found.counts[shown].tolist(), names, shown.tolist(), T.BOX_AXIS, T.HOVER_BOXES, np.zeros(len(shown))
    )
    looking.chart(figure, T.BOX_COUNTS, "box-classes", clicked)
