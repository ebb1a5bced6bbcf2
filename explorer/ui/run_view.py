"""One run, live: state and reason, progress, curves, confusion matrix, log, Stop."""

import math
from typing import Any

import streamlit as st

from explorer.runs.control import request_stop
from explorer.runs.paths import run_paths
from explorer.runs.status import State
from explorer.runs.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.words import span
from explorer.ui import charts
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.palette import STATE_COLOURS
from explorer.ui.run_metrics import Metrics, derive
from explorer.ui.state import Key, chart_key
from explorer.ui.texts import Runs as T

EVERY_SECONDS = 1.0
LOG_LINES = 200
Snapshot = RunSnapshot[Metrics]


@st.cache_resource(max_entries=64, show_spinner=False)
def view_of(run_id: str) -> RunView[Metrics]:
    """The reader of a run: one for all tabs. Raises RunNotFound."""
    return RunView(run_paths(run_id), derive)


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
def _figures_of(run_id: str) -> _Figures:
    del run_id  # it is the key of the cache
    return _Figures()


def show(run_id: str) -> None:
    """Draw the run; it looks again each second while the run lives, and not at all when it has ended."""
    view = view_of(run_id)
    over = view.refresh().status.over

    def body() -> None:
        snapshot = view.refresh()
        _draw(view, snapshot)
        if snapshot.status.over and not over:
            st.rerun()  # only the whole page can end the clock of a fragment

    st.fragment(body, run_every=None if over else EVERY_SECONDS)()


def _draw(view: RunView[Metrics], snapshot: Snapshot) -> None:
    # Places of their own: what comes or goes above a chart must not move it, or it would lose its zoom.
    heading, progress, numbers, curves, details = (st.container() for _ in range(5))
    with heading:
        _heading(snapshot)
        if snapshot.problem:
            st.error(escape(snapshot.problem))
    with progress:
        _progress(snapshot)
    with numbers:
        _numbers(snapshot.epochs)
    with curves:
        if snapshot.epochs or len(snapshot.steps.step):
            _charts(snapshot)
        elif not snapshot.status.over:
            st.info(T.WAITING)
    with details:
        if snapshot.damaged_lines:
            st.warning(T.DAMAGED.format(count=snapshot.damaged_lines))
        _details(view, snapshot)


def _heading(snapshot: Snapshot) -> None:
    words, stop = st.columns([5, 1], vertical_alignment="center")
    name = snapshot.config.name if snapshot.config and snapshot.config.name else snapshot.id
    words.subheader(escape(name), anchor=False)
    state = snapshot.status.state
    with words:
        state_line(state, snapshot.status.reason)
    if not snapshot.status.over:
        stopping = state is State.STOPPING
        stop.button(
            T.STOPPING if stopping else T.STOP, key=Key.RUN_STOP, on_click=_stop, args=(snapshot.id,),
            disabled=stopping, help=T.STOP_HELP, width="stretch", icon=":material/stop_circle:",
        )  # fmt: skip


def state_line(state: State, reason: str) -> None:
    """The state as a coloured word, and its reason."""
    badges: dict[str, Any] = {
        STATE_COLOURS["running"]: "violet",
        STATE_COLOURS["finished"]: "green",
        STATE_COLOURS["failed"]: "red",
        STATE_COLOURS["stalled"]: "orange",
        STATE_COLOURS["starting"]: "blue",
    }
    colour = badges.get(STATE_COLOURS[state], "gray")
    st.markdown(T.STATE_LINE.format(colour=colour, state=T.STATES[state], reason=escape(reason)))


def _stop(run_id: str) -> None:
    request_stop(run_paths(run_id))


def _progress(snapshot: Snapshot) -> None:
    if snapshot.status.state is State.FINISHED:
        return
    parts = [T.PHASES.get(snapshot.phase, snapshot.phase)] if snapshot.phase and not snapshot.status.over else []
    if snapshot.total_steps and snapshot.start is not None:
        epochs = int(snapshot.start.number("epochs"))
        parts.append(
            T.PROGRESS_STEP.format(
                epoch=min(snapshot.epoch + 1, epochs), epochs=epochs, step=snapshot.step, total=snapshot.total_steps
            )
        )
    if snapshot.eta_s is not None:
        parts.append(T.PROGRESS_LEFT.format(left=span(snapshot.eta_s)))
    if not snapshot.status.over and math.isfinite(snapshot.images_per_second):
        parts.append(T.PROGRESS_SPEED.format(speed=snapshot.images_per_second))
    if parts:
        st.progress(snapshot.fraction, text=" · ".join(parts))


def _numbers(epochs: tuple[EpochPoint[Metrics], ...]) -> None:
    if not epochs:
        return
    last = epochs[-1]
    columns = st.columns(5)
    columns[0].metric(T.EPOCH, last.number)
    for column, label, name, best, explanation in (
        (columns[1], T.AUROC_TITLE, "auroc", max, T.AUROC_HELP),
        (columns[2], T.F1_MACRO, "f1_macro", max, T.F1_HELP),
        (columns[3], T.ACCURACY, "accuracy", max, None),
        (columns[4], T.VAL_LOSS, "val_loss", min, T.LOSS_HELP),
    ):
        known = [value for point in epochs if math.isfinite(value := getattr(point, name))]
        value = getattr(last, name)
        column.metric(
            label,
            f"{value:.3f}" if math.isfinite(value) else T.UNDEFINED,
            T.BEST.format(value=best(known)) if known else None,
            delta_color="off",
            delta_arrow="off",
            help=explanation,
        )


def _charts(snapshot: Snapshot) -> None:
    figures = _figures_of(snapshot.id).of(snapshot)
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


def _details(view: RunView[Metrics], snapshot: Snapshot) -> None:
    log = st.expander(T.LOG, key=Key.LOG, on_change="rerun")
    if log.open:
        log.code(view.log_tail(LOG_LINES) or T.LOG_EMPTY, language=None, wrap_lines=True)
    settings = st.expander(T.CONFIG, key=Key.CONFIG, on_change="rerun")
    if settings.open and snapshot.config is not None:
        settings.json(snapshot.config.model_dump(mode="json"))
