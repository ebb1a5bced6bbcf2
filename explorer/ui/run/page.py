"""The live page of one run: state, facts, metrics, actions, charts and details."""

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.base.words import rate, span
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths, run_paths
from explorer.runs.state.status import State
from explorer.texts import Runs as T
from explorer.ui.components import state_badge, usage_line
from explorer.ui.components.markdown import escape
from explorer.ui.predict import page as predict_page
from explorer.ui.run import answer as run_answer
from explorer.ui.run import details as run_details
from explorer.ui.run import final_set, sections
from explorer.ui.run import notes as run_notes
from explorer.ui.run import tools as run_tools
from explorer.ui.run.readers import view_of
from explorer.ui.session.keys import Query
from explorer.ui.study import page as study_page
from explorer.ui.study import progress as study_progress
from explorer.ui.train import probe_results, turn

EVERY_SECONDS = 1.0
PROBE_WIDTH = 860  # px, of the result of a quick check or a search


def show(run_id: str, tools: DeltaGenerator) -> None:
    """Draw a run, and update it each second until it has ended.

    Args:
        run_id: The id of the run.
        tools: The place of its buttons.

    Raises:
        RunNotFound: There is no such run.
    """
    paths = run_paths(run_id)
    view = view_of(str(paths.root))
    drawn = view.refresh()
    over, offered = drawn.status.over, run_tools.offered(paths, drawn)
    run_tools.confirm_end(paths, drawn)
    run_tools.open_predict(paths, drawn)
    # The buttons are outside of the timed fragment: redrawing them would swallow a key press or a click.
    with tools:
        run_tools.show(paths, view.refresh)

    def body() -> None:
        snapshot = view.refresh()
        # Only the whole page can start or stop the timer, change the buttons, or show something else.
        changed = run_tools.offered(paths, snapshot) != offered
        if changed or st.query_params.get(Query.RUN) != run_id or not paths.root.is_dir():
            st.rerun()
        _draw(view, snapshot)

    st.fragment(body, run_every=None if over else EVERY_SECONDS)()


def _draw(view: RunView, snapshot: RunSnapshot) -> None:
    # Containers, so that what appears above a chart does not mount it again, which would lose its zoom.
    heading, answer, numbers, progress, notes, found, details = (st.container() for _ in range(7))
    with heading:
        _heading(view.paths, snapshot)
        if snapshot.problem:
            st.error(escape(snapshot.problem))
    with answer:
        if _kind(snapshot) == "predict":
            predict_page.show_facts(view, snapshot)
        else:
            run_answer.show_facts(view.paths, snapshot)
    with numbers:
        if _works(snapshot):
            run_answer.show_numbers(view, snapshot, sections.evidence_of(view))
            final_set.show(view, snapshot)
    with progress:
        if snapshot.status.state is State.QUEUED:
            st.info(" ".join(filter(None, [escape(turn.of_waiting(snapshot.id)), T.WAITS])))
        if _kind(snapshot) == "train":
            _progress(snapshot)
        elif _kind(snapshot) == "study":
            study_progress.show(snapshot)
        elif _kind(snapshot) == "predict":
            predict_page.show_progress(snapshot)
        if not snapshot.status.over and snapshot.status.state is not State.QUEUED:
            usage_line.show_run(view.paths)
    with notes:
        run_notes.show(view.paths, snapshot)
    with found:
        _found(view, snapshot)
    with details:
        if snapshot.damaged_lines:
            st.warning(T.DAMAGED.format(count=snapshot.damaged_lines))
        if not _works(snapshot):  # else they are sections
            run_details.show(view, snapshot)


def _kind(snapshot: RunSnapshot) -> str:
    return snapshot.config.kind if snapshot.config else "train"


def _works(snapshot: RunSnapshot) -> bool:
    """Whether it is a training run with data for curves."""
    return _kind(snapshot) == "train" and bool(snapshot.epochs or len(snapshot.steps.step))


def _found(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the charts of a training run, the answer of a study or a prediction, or the result of a probe."""
    kind = _kind(snapshot)
    if kind == "study":
        study_page.show(view, snapshot)
    elif kind == "predict":
        predict_page.show(view, snapshot)
    elif kind != "train":
        with st.container(width=PROBE_WIDTH):
            probe_results.show(view.paths, kind, snapshot.status.over)
    elif _works(snapshot):
        sections.show(view, snapshot)
    elif not snapshot.status.over and snapshot.status.state is not State.QUEUED:
        st.info(T.WAITING)


def _heading(paths: RunPaths, snapshot: RunSnapshot) -> None:
    asked = snapshot.config.name if snapshot.config else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.subheader(escape(meta.read(paths).name or asked or snapshot.id), anchor=False, width="content")
        state_badge.show(snapshot.status)


def _progress(snapshot: RunSnapshot) -> None:
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
        parts.append(T.PROGRESS_SPEED.format(speed=rate(snapshot.images_per_second)))
    if parts:
        st.progress(snapshot.fraction, text=" · ".join(parts))
