"""The curves and the confusion matrix of a run."""

import streamlit as st

from explorer.runs.view import RunSnapshot
from explorer.ui import charts
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.run_metrics import Metrics
from explorer.ui.state import Key, chart_key
from explorer.ui.texts import Runs as T

Snapshot = RunSnapshot[Metrics]


class _Figures:
    """The figures of a run, made anew only where its revision is another: all tabs share them."""

    def __init__(self) -> None:
        self._made: tuple[int, dict[str, charts.Figure]] = (-1, {})

    def of(self, snapshot: Snapshot) -> dict[str, charts.Figure]:
        revision, figures = self._made
        if revision != snapshot.revision:
            figures = charts.figures(snapshot)
            self._made = (snapshot.revision, figures)
        return figures


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures_of(root: str) -> _Figures:
    del root  # it is the key of the cache
    return _Figures()


def show(root: str, snapshot: Snapshot) -> None:
    """Draw them. root: the folder of the run."""
    figures = _figures_of(root).of(snapshot)
    top, bottom = st.columns(2, gap="medium"), st.columns(2, gap="medium")
    with top[0]:
        _chart(snapshot, figures, "loss", T.LOSS_TITLE, T.LOSS_HELP)
    with bottom[0]:
        _chart(snapshot, figures, "auroc", T.AUROC_TITLE, T.AUROC_HELP)
    with bottom[1]:
        _chart(snapshot, figures, "f1", T.F1_TITLE, T.F1_HELP)
    if "confusion" in figures:
        with top[1]:
            _confusion(snapshot, figures)


def _chart(snapshot: Snapshot, figures: dict[str, charts.Figure], name: str, title: str, explanation: str) -> None:
    st.markdown(f"**{title}**", help=explanation)
    plot.show(figures[name], title, chart_key(snapshot.id, name))


def _confusion(snapshot: Snapshot, figures: dict[str, charts.Figure]) -> None:
    title = T.CONFUSION_TITLE.format(epoch=(snapshot.latest_epoch or 0) + 1)
    st.markdown(f"**{title}**", help=T.CONFUSION_HELP)
    key = chart_key(snapshot.id, "confusion")

    def clicked() -> None:
        cell = plot.clicked(key)
        if cell is not None:
            st.session_state[Key.CELL] = (snapshot.id, *cell)

    plot.show(figures["confusion"], title, key, on_cell=clicked)
    st.caption(_cell(snapshot))


def _cell(snapshot: Snapshot) -> str:
    """The cell that was clicked last, as it is now."""
    run_id, row, column = st.session_state.get(Key.CELL, ("", 0, 0))
    counts, names = snapshot.confusion, charts.class_names(snapshot)
    if run_id != snapshot.id or counts is None or max(row, column) >= len(counts):
        return T.CELL_HINT
    return escape(
        T.CELL.format(
            true=names[row],
            predicted=names[column],
            count=int(counts[row, column]),
            total=int(counts[row].sum()),
            epoch=(snapshot.latest_epoch or 0) + 1,
        )
    )
