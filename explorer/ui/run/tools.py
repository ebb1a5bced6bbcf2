"""The row of buttons that fit the state of a run."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.base.processes import Moment
from explorer.base.words import counted
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life import control, launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import has_checkpoint, saved_step
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import limits_of
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.runs.state.escalation import TERMINATE_AFTER_S
from explorer.runs.state.status import State
from explorer.texts import Common, Predict
from explorer.texts import Run as T
from explorer.ui.predict import dialog as predict_dialog
from explorer.ui.predict import networks as predict_networks
from explorer.ui.run import export as run_export
from explorer.ui.run import last_action, menu
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page, Query, widget_key
from explorer.ui.study import actions as study_actions


@dataclass(frozen=True)
class Offered:
    """The values that the row of buttons depends on. When they change, the row is drawn again."""

    state: State
    checkpoint: bool
    networks: bool
    overdue: bool
    name: str


def offered(paths: RunPaths, snapshot: RunSnapshot) -> Offered:
    """Read what the buttons depend on."""
    status = snapshot.status
    age = control.stop_age(paths, Moment.now()) if status.state is State.STOPPING else None
    return Offered(
        state=status.state,
        checkpoint=status.over and has_checkpoint(paths),
        networks=status.over and predict_networks.of_run(paths, snapshot.config) is not None,
        overdue=age is not None and age >= TERMINATE_AFTER_S,
        name=meta.read(paths).name,  # the heading shows it
    )


def show(paths: RunPaths, refresh: Callable[[], RunSnapshot]) -> None:
    """Draw the buttons, and below them the result of the last action. `refresh` reads the run again."""
    before = offered(paths, refresh())

    def body() -> None:
        snapshot = refresh()
        if not paths.root.is_dir() or (now := offered(paths, snapshot)) != before:
            st.rerun()  # the rest of the page changes too
        _row(paths, snapshot, now)
        last_action.show(paths.id)

    st.fragment(body)()


def _row(paths: RunPaths, snapshot: RunSnapshot, now: Offered) -> None:
    # Containers, so that an open More menu stays open when another button appears or disappears.
    with st.container(horizontal=True, gap="small"):
        first, second, third, export, more, last = (st.container(width="content") for _ in range(6))
    with first:
        if not snapshot.status.over:
            _stop(paths, snapshot)
        elif now.state is not State.FINISHED:
            _resume(paths, snapshot)
    if now.checkpoint:
        with second:
            _extend(paths, snapshot)
    with third, st.container(horizontal=True, gap="small"):
        if now.networks:
            _predict(paths, snapshot)
        _lead_on(paths, snapshot)
    with export:
        run_export.show(paths, snapshot)
    with more:
        menu.show(paths, snapshot)
    if now.overdue:
        with last:
            _end(paths)


def _predict(paths: RunPaths, snapshot: RunSnapshot) -> None:
    networks = predict_networks.of_run(paths, snapshot.config)
    label = Predict.START
    if networks is not None and networks.of_folds:
        label = Predict.START_FOLDS.format(networks=counted(len(networks.of), *Common.NETWORK))
    if st.button(label, key=widget_key("run_predict"), help=Predict.START_HELP, icon=":material/batch_prediction:"):
        # The whole page opens the dialog, because the next run of this fragment would close it.
        st.session_state[Key.PREDICT_ASKED] = paths.id
        st.rerun()


def open_predict(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Open the dialog if the Predict button was pressed. Call it outside of fragments."""
    if st.session_state.pop(Key.PREDICT_ASKED, None) == paths.id:
        networks = predict_networks.of_run(paths, snapshot.config)
        if networks is not None:
            predict_dialog.open_for(networks)


def _is_prediction(snapshot: RunSnapshot) -> bool:
    return snapshot.config is not None and snapshot.config.kind == "predict"


def _is_study(snapshot: RunSnapshot) -> bool:
    return snapshot.config is not None and snapshot.config.kind == "study"


def _stop(paths: RunPaths, snapshot: RunSnapshot) -> None:
    waits = snapshot.status.state is State.QUEUED
    stopping = snapshot.status.state is State.STOPPING
    label = T.STOPPING if stopping else T.LEAVE if waits else T.STOP
    st.button(
        label, key=widget_key("run_stop"), on_click=_ask_to_stop, args=(paths,), disabled=stopping,
        help=T.LEAVE_HELP if waits else T.STOP_STUDY_HELP if _is_study(snapshot) else T.STOP_HELP,
        icon=":material/stop_circle:",
    )  # fmt: skip


def _ask_to_stop(paths: RunPaths) -> None:
    with last_action.attempt(paths.id, OSError):
        control.request_stop(paths)


def _end(paths: RunPaths) -> None:
    if st.button(T.END, key=widget_key("run_end"), help=T.END_HELP, icon=":material/dangerous:"):
        # The whole page opens the dialog, because the next run of this fragment would close it.
        st.session_state[Key.END_ASKED] = paths.id
        st.rerun()


def confirm_end(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Open the dialog if the End button was pressed. Call it outside of fragments."""
    if st.session_state.pop(Key.END_ASKED, None) == paths.id:
        _confirm(paths, snapshot)


@st.dialog(T.END_TITLE)
def _confirm(paths: RunPaths, snapshot: RunSnapshot) -> None:
    st.markdown(T.END_LOSES_STUDY if _is_study(snapshot) else _lost(saved_step(paths)))
    with st.container(horizontal=True, horizontal_alignment="right"):
        answered = [
            st.button(T.END_NO, key=widget_key("end_no")),
            st.button(T.END_YES, key=widget_key("end_yes"), type="primary", on_click=_end_now, args=(paths,)),
        ]
    if any(answered):
        st.rerun()  # closes the dialog


def _lost(step: int | None) -> str:
    """Return what ending a training at once would lose."""
    words = T.END_LOSES_UNKNOWN if step is None else T.END_LOSES if step else T.END_LOSES_ALL
    return words.format(step=step)


def _end_now(paths: RunPaths) -> None:
    with last_action.attempt(paths.id, Unreachable, OSError):
        control.end_now(paths)


def _resume(paths: RunPaths, snapshot: RunSnapshot) -> None:
    where = T.RESUME_STUDY if _is_study(snapshot) else _goes_on(saved_step(paths))
    if st.button(T.RESUME, key=widget_key("run_resume"), help=where, icon=":material/play_arrow:"):
        with last_action.attempt(paths.id, LaunchError), st.spinner(Common.STARTING):
            launcher.resume(paths)
        st.rerun()


def _goes_on(step: int | None) -> str:
    """Return where a training continues."""
    words = T.RESUME_FROM_LAST if step is None else T.RESUME_FROM if step else T.RESUME_START
    return words.format(step=step)


def _extend(paths: RunPaths, snapshot: RunSnapshot) -> None:
    with (
        st.popover(T.EXTEND, icon=":material/trending_up:"),
        st.form(widget_key("run", paths.id, "extend"), border=False),
    ):
        st.markdown(T.EXTEND_WHAT, width=360)
        asked = snapshot.config.epochs if snapshot.config else 1
        least, most = limits_of(RunConfig, "epochs")
        epochs = st.number_input(
            T.EXTEND_EPOCHS, min_value=least, max_value=most, value=asked, key=widget_key("run", paths.id, "epochs")
        )
        if not st.form_submit_button(T.EXTEND_START, type="primary", icon=":material/play_arrow:"):
            return
    with last_action.attempt(paths.id, LaunchError, ConfigError), st.spinner(Common.STARTING):
        st.query_params[Query.RUN] = launcher.extend(paths, int(epochs)).id
    st.rerun()


def _lead_on(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the buttons of a study, or the one that fills the form with the settings of a run."""
    if _is_study(snapshot):
        with st.container(horizontal=True, gap="small"):
            study_actions.show(paths, snapshot)
            if isinstance(snapshot.config and snapshot.config.study, FoldsPlan):
                _duplicate(snapshot)
    elif not _is_prediction(snapshot):
        _duplicate(snapshot)


def _duplicate(snapshot: RunSnapshot) -> None:
    pressed = st.button(
        T.DUPLICATE, key=widget_key("run_duplicate"), help=T.DUPLICATE_HELP, disabled=snapshot.config is None,
        icon=":material/content_copy:",
    )  # fmt: skip
    if pressed:
        workspace.go(Page.TRAIN, **{Query.DUPLICATE.value: snapshot.id})
