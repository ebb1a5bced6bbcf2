"""The curves and the confusion matrices of a run."""

import streamlit as st

from explorer.runs.view import RunSnapshot
from explorer.ui import charts, step_charts
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.run_metrics import Metrics
from explorer.ui.state import Key, chart_key
from explorer.ui.step_charts import Line
from explorer.ui.texts import Runs as T

Snapshot = RunSnapshot[Metrics]


class _Figures:
    """The figures of a run, made anew only where something new has come: all tabs share them."""

    def __init__(self) -> None:
        self._made: tuple[tuple[object, ...], dict[str, charts.Figure]] = ((), {})
        self._plan: tuple[float, Line | None] = (0.0, None)

    def of(self, snapshot: Snapshot) -> dict[str, charts.Figure]:
        running = snapshot.running
        place = None if running is None else (running.epoch, running.step)
        stamp = (snapshot.revision, place, snapshot.status.over)
        before, figures = self._made
        if before != stamp:
            figures = self._make(snapshot)
            self._made = (stamp, figures)
        return figures

    def _make(self, snapshot: Snapshot) -> dict[str, charts.Figure]:
        figures = charts.figures(snapshot)
        figures["accuracy"] = step_charts.accuracy(snapshot)
        figures["lr"] = step_charts.learning_rate(snapshot, self._planned(snapshot))
        if (matrix := step_charts.running(snapshot)) is not None:
            figures["running"] = matrix
        return figures

    def _planned(self, snapshot: Snapshot) -> Line | None:
        """It stays the same for the whole run, and takes a while to work out where that is long."""
        per_epoch = charts.steps_per_epoch(snapshot)
        if self._plan[0] != per_epoch or self._plan[1] is None:
            self._plan = (per_epoch, step_charts.planned(snapshot))
        return self._plan[1]


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures_of(root: str) -> _Figures:
    del root  # it is the key of the cache
    return _Figures()


def show(root: str, snapshot: Snapshot) -> None:
    """Draw them. root: the folder of the run."""
    figures = _figures_of(root).of(snapshot)
    over = snapshot.status.over
    # The matrix of the running epoch stands last: when it goes, the others stay where they are, zoom and all.
    top, bottom = st.columns([1.15, 1] if over else [1.15, 1, 1], gap="medium"), st.columns(4, gap="small")
    with top[0]:
        _chart(snapshot, figures, "loss", T.LOSS_TITLE, T.LOSS_HELP)
    with top[1]:
        if "confusion" in figures:
            _confusion(snapshot, figures)
        elif not over:
            _not_yet(T.VALIDATION_TITLE, T.VALIDATION_COMES)
    if not over:
        with top[2]:
            _running(snapshot, figures)
    for place, name, title, explanation in (
        (bottom[0], "accuracy", T.ACCURACY, T.ACCURACY_HELP),
        (bottom[1], "auroc", T.AUROC_TITLE, T.AUROC_HELP),
        (bottom[2], "f1", T.F1_TITLE, T.F1_HELP),
        (bottom[3], "lr", T.RATE_TITLE, T.RATE_HELP),
    ):
        with place:
            _chart(snapshot, figures, name, title, explanation)


def _chart(snapshot: Snapshot, figures: dict[str, charts.Figure], name: str, title: str, explanation: str) -> None:
    st.markdown(f"**{title}**", help=explanation)
    plot.show(figures[name], title, chart_key(snapshot.id, name))


def _not_yet(title: str, why: str) -> None:
    st.markdown(f"**{title}**")
    with st.container(border=True, height=charts.HEIGHT, vertical_alignment="center", horizontal_alignment="center"):
        st.caption(why, text_alignment="center")


def _running(snapshot: Snapshot, figures: dict[str, charts.Figure]) -> None:
    """What the training batches of this epoch were taken for, so far."""
    now = snapshot.running
    if now is None or "running" not in figures:
        _not_yet(T.RUNNING_TITLE, T.RUNNING_MIXED if _all_mixed(snapshot) else T.RUNNING_COMES)
        return
    st.markdown(f"**{T.RUNNING_TITLE}**", help=T.RUNNING_HELP)
    plot.show(figures["running"], T.RUNNING_TITLE, chart_key(snapshot.id, "running"))
    st.caption(_so_far(snapshot))


def _all_mixed(snapshot: Snapshot) -> bool:
    config = snapshot.config
    return config is not None and config.mixing != "none" and config.mix_probability == 1


def _so_far(snapshot: Snapshot) -> str:
    """How much of the epoch the running matrix holds."""
    assert snapshot.running is not None
    counts = snapshot.running.confusion
    seen, total = snapshot.running.seen, snapshot.start.number("train_images") if snapshot.start else 0
    words = T.RUNNING_CAPTION_MIXED if snapshot.config and snapshot.config.mixing != "none" else T.RUNNING_CAPTION
    return words.format(
        epoch=snapshot.running.epoch + 1,
        seen=seen,
        total=int(total) if total > 0 else seen,
        share=counts.trace() / max(seen, 1),
    )


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
