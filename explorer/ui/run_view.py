"""One run, live: its state and reason, what can be done to it, progress, curves, confusion matrix, log."""

import math
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.runs import meta
from explorer.runs.paths import RunPaths, run_paths
from explorer.runs.status import State
from explorer.runs.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.words import span
from explorer.ui import probe_results, run_charts, run_log, run_notes, run_state, run_tools, usage_line
from explorer.ui.components.markdown import escape
from explorer.ui.run_metrics import Metrics, derive
from explorer.ui.state import Key
from explorer.ui.texts import Runs as T

EVERY_SECONDS = 1.0
PROBE_WIDTH = 860  # px, of what a quick check or a search has found
Snapshot = RunSnapshot[Metrics]


@st.cache_resource(max_entries=64, show_spinner=False)
def _view_of(root: str) -> RunView[Metrics]:
    """The reader of the run in this folder: one for all tabs."""
    return RunView(RunPaths(Path(root)), derive)


def show(run_id: str, tools: DeltaGenerator) -> None:
    """Draw the run; it looks again each second while the run lives, and not at all when it has ended.

    tools: where its buttons go. Raises RunNotFound.
    """
    paths = run_paths(run_id)
    view = _view_of(str(paths.root))
    drawn = view.refresh()
    over, offered = drawn.status.over, run_tools.offered(paths, drawn)
    run_tools.confirm_end(paths)
    # The buttons do not tick: what is drawn anew while somebody types or clicks there swallows the key or the click.
    with tools:
        run_tools.show(paths, view.refresh)

    def body() -> None:
        snapshot = view.refresh()
        # Only the whole page can begin or end the clock of a fragment, change the buttons, or show something else.
        if run_tools.offered(paths, snapshot) != offered or not paths.root.is_dir():
            st.rerun()
        _draw(view, snapshot)

    st.fragment(body, run_every=None if over else EVERY_SECONDS)()


def _draw(view: RunView[Metrics], snapshot: Snapshot) -> None:
    # Places of their own: what comes or goes above a chart must not move it, or it would lose its zoom.
    heading, progress, notes, numbers, found, details = (st.container() for _ in range(6))
    with heading:
        _heading(view.paths, snapshot)
        if snapshot.problem:
            st.error(escape(snapshot.problem))
    with progress:
        if _kind(snapshot) == "train":
            _progress(snapshot)
        if not snapshot.status.over and snapshot.status.state is not State.QUEUED:
            usage_line.show_run(view.paths)
    with notes:
        run_notes.show(view.paths, snapshot)
    with numbers:
        if _works(snapshot):
            _numbers(snapshot.epochs)
    with found:
        _found(view.paths, snapshot)
    with details:
        if snapshot.damaged_lines:
            st.warning(T.DAMAGED.format(count=snapshot.damaged_lines))
        _details(view, snapshot)


def _kind(snapshot: Snapshot) -> str:
    return snapshot.config.kind if snapshot.config else "train"


def _works(snapshot: Snapshot) -> bool:
    """Whether it trains, and has something to draw as curves."""
    return _kind(snapshot) == "train" and bool(snapshot.epochs or len(snapshot.steps.step))


def _found(paths: RunPaths, snapshot: Snapshot) -> None:
    """Curves and matrices, or what a run that only tries something has found."""
    kind = _kind(snapshot)
    if kind != "train":
        with st.container(width=PROBE_WIDTH):
            probe_results.show(paths, kind, snapshot.status.over)
    elif _works(snapshot):
        run_charts.show(str(paths.root), snapshot)
    elif not snapshot.status.over:
        st.info(T.WAITS if snapshot.status.state is State.QUEUED else T.WAITING)


def _heading(paths: RunPaths, snapshot: Snapshot) -> None:
    asked = snapshot.config.name if snapshot.config else ""
    st.subheader(escape(meta.read(paths).name or asked or snapshot.id), anchor=False)
    run_state.show(snapshot.status)


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
    """The latest epoch's values. There from the first step on, so that the first epoch moves no chart."""
    columns = st.columns(5)
    columns[0].metric(T.EPOCH, epochs[-1].number if epochs else T.NONE_YET)
    for column, label, name, best, explanation in (
        (columns[1], T.AUROC_TITLE, "auroc", max, T.AUROC_HELP),
        (columns[2], T.F1_MACRO, "f1_macro", max, T.F1_HELP),
        (columns[3], T.ACCURACY, "accuracy", max, None),
        (columns[4], T.VAL_LOSS, "val_loss", min, T.LOSS_HELP),
    ):
        values = [getattr(point, name) for point in epochs]
        known = list(filter(math.isfinite, values))
        column.metric(
            label,
            T.NONE_YET if not values else f"{values[-1]:.3f}" if math.isfinite(values[-1]) else T.UNDEFINED,
            T.BEST.format(value=best(known)) if known else T.BEST_NONE,
            delta_color="off",
            delta_arrow="off",
            help=explanation,
        )


def _details(view: RunView[Metrics], snapshot: Snapshot) -> None:
    log = st.expander(T.LOG, key=Key.LOG, on_change="rerun")
    if log.open:
        with log:
            run_log.show(view.paths, view.log_tail(run_log.TAIL_LINES))
    settings = st.expander(T.CONFIG, key=Key.CONFIG, on_change="rerun")
    if settings.open and snapshot.config is not None:
        settings.json(snapshot.config.model_dump(mode="json"))
