"""The charts of an overview take the data set together with what was measured of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.data.contents import Contents
from explorer.data.overview import summaries
from explorer.data.overview.measured import Measured
from explorer.figures import measured as figures
from explorer.figures.charts import Figure
from explorer.texts import Measured as T
from explorer.ui.components import plot
from explorer.ui.data import picked
from explorer.ui.data.opened import Opened
from explorer.ui.session.keys import widget_key


@dataclass(frozen=True, eq=False)
class Looking:
    """A data set with its measurements in the order of its contents."""

    opened: Opened
    measured: Measured

    @property
    def contents(self) -> Contents:
        """What the data set holds."""
        return self.opened.contents

    def key(self, *parts: str) -> str:
        """Return the key of a widget."""
        return widget_key("data_overview", self.opened.key, *parts)

    def pick(self, title: str, rows: NDArray[np.integer]) -> None:
        """Have the wall show the images of these rows of the measurements."""
        picked.pick(self.opened.key, title, self.measured.index[rows])

    def chart(self, figure: Figure, label: str, name: str, on_cell: Callable[[plot.Cell], None]) -> None:
        """Draw a chart that can be clicked."""
        plot.show(figure, label, self.key(name), on_cell=on_cell)

    def histogram(self, name: str) -> None:
        """Draw how often the values of one of `summaries.QUANTITIES` are."""
        title, found = T.QUANTITIES[name], summaries.histogram(self.measured, name)

        def clicked(cell: plot.Cell) -> None:
            number = cell[0]
            if number < len(found.counts):
                low, high = (figures.short(found.edges[at]) for at in (number, number + 1))
                words = T.PICKED.format(name=title, low=low, high=high)
                self.pick(words, summaries.rows_in(found, self.measured, name, number))

        bounds = (found.low, found.high) if self.measured.sampled else (None, None)
        st.markdown(f"**{title}**", help=T.QUANTITY_HELP.get(name))
        self.chart(figures.histogram(found.edges, found.whole, "", *bounds), title, name, clicked)
