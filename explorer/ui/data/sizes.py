"""Widths, heights and aspect ratios of the images of a data set."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.overview import summaries
from explorer.figures import measured as figures
from explorer.figures.measured import short
from explorer.texts import Common
from explorer.texts import Measured as T
from explorer.ui.components import plot
from explorer.ui.data.looking import Looking

_BINS = 24  # of widths and of heights
_LISTED = 20  # sizes in the table
Floats = NDArray[np.float64]


def show(looking: Looking) -> None:
    """Draw the sizes: in words where all are the same, else width by height, aspect ratios and a table."""
    measured = looking.measured
    found = summaries.sizes(measured, _LISTED)
    if len(found) == 1:
        st.markdown(T.ONE_SIZE.format(width=found[0].width, height=found[0].height))
        return
    usable = measured.usable
    count = len(np.unique(measured.width[usable].astype(np.int64) << 32 | measured.height[usable]))
    words = T.MANY_SIZES.format(
        widths=_range(measured.width[usable]), heights=_range(measured.height[usable]), count=count,
        width=found[0].width, height=found[0].height, images=counted(len(found[0].rows), *Common.IMAGE),
    )  # fmt: skip
    st.markdown(words)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{T.SIZE_CHART}**")
        _both(looking)
    with right:
        looking.histogram("aspect")
    with st.expander(T.SIZES_TABLE):
        rows = [(each.width, each.height, len(each.rows)) for each in found]
        st.dataframe(dict(zip(T.SIZE_COLUMNS, zip(*rows, strict=True), strict=True)), hide_index=True, width=420)


def _range(sides: NDArray[np.int32]) -> str:
    return T.RANGE.format(low=int(sides.min()), high=int(sides.max()))


def _both(looking: Looking) -> None:
    """Draw how many images have which width and height."""
    measured = looking.measured
    usable = np.flatnonzero(measured.usable)
    width, height = (_bins(side[usable].astype(np.float64)) for side in (measured.width, measured.height))
    (across, x), (along, y) = width, height
    counts = np.zeros((len(along) - 1, len(across) - 1), np.int64)
    np.add.at(counts, (y, x), 1)

    def clicked(cell: plot.Cell) -> None:
        row, column = cell
        if row >= counts.shape[0] or column >= counts.shape[1]:
            return
        title = T.PICKED_SIZE.format(
            low=short(across[column]), high=short(across[column + 1]), bottom=short(along[row]),
            top=short(along[row + 1]),
        )  # fmt: skip
        looking.pick(title, usable[(y == row) & (x == column)])

    titles = (T.QUANTITIES["width"], T.QUANTITIES["height"])
    figure = figures.heat(counts, across, along, titles, T.HOVER_SIZE, down=False)
    looking.chart(figure, T.SIZE_CHART, "sizes", clicked)


def _bins(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Edges of bins over all values, equally wide in their logarithm where they differ much, and the bin of each."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        edges = np.array([low - 0.5, high + 0.5])
    elif high > 4 * low:
        edges = np.geomspace(low, high, _BINS + 1)
    else:
        edges = np.linspace(low, high, min(_BINS, int(high - low)) + 1)
    places = np.searchsorted(edges, values, side="right") - 1
    return edges, places.clip(0, len(edges) - 2).astype(np.int64)
