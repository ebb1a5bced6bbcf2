"""The curves of one class, on each of which a mark shows the chosen threshold."""

from collections.abc import Mapping

import streamlit as st

from explorer.figures.charts import HEIGHT, Figure
from explorer.texts import Scores as T
from explorer.ui.components import plot
from explorer.ui.components.plot import Mark
from explorer.ui.session.keys import widget_key

_ROWS = (("roc", "pr", "f1"), ("calibration", "distribution"))
_WITH_LINE = ("f1", "calibration", "distribution")  # those whose x axis is that of the threshold


def show(run_id: str, figures: Mapping[str, Figure], channel: str, words: type[T] = T) -> None:
    """Draw the charts. One that is undefined keeps its place, and says why.

    Args:
        run_id: The id of the run.
        figures: What `score_curves.figures` has made.
        channel: The channel of the threshold that is marked.
        words: Those of classes, or of labels.
    """
    for row in _ROWS:
        for place, name in zip(st.columns(len(row), gap="medium"), row, strict=True):
            with place:
                st.markdown(f"**{words.CHARTS[name]}**", help=words.CHARTS_HELP[name])
                if (figure := figures.get(name)) is None:
                    with st.container(border=True, height=HEIGHT, vertical_alignment="center"):
                        st.caption(words.CHARTS_UNDEFINED[name], text_alignment="center")
                    continue
                mark = Mark(channel, name, line=name in _WITH_LINE)
                plot.show(figure, words.CHARTS[name], widget_key("chart", run_id, name), mark=mark)
