"""The settings and the log of a run: sections of a page with curves, else behind Details."""

import streamlit as st

from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import logs
from explorer.runs.record.reasons import from_json, in_words
from explorer.runs.state.status import State
from explorer.texts import Predict
from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.run import log as run_log
from explorer.ui.run import settings as run_settings
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the open tab only; the other one is not computed."""
    # The log shows why a run broke, so it is open then.
    broken = snapshot.status.state in (State.FAILED, State.LOST)
    details = st.expander(T.DETAILS, expanded=broken, key=widget_key("run", snapshot.id, "details"), on_change="rerun")
    if not details.open:
        return
    with details:
        first = T.LOG if broken else T.SETTINGS
        settings, log = st.tabs(
            [T.SETTINGS, T.LOG], default=first, key=widget_key("run", snapshot.id, "detail"), on_change="rerun"
        )
        if settings.open:
            with settings:
                show_settings(snapshot)
        if log.open:
            with log:
                show_log(view)


def show_log(view: RunView) -> None:
    """Draw the end of what the run has printed."""
    run_log.show(view.paths, logs.tail(view.paths.log, run_log.TAIL_LINES))


def show_settings(snapshot: RunSnapshot) -> None:
    """Draw the device, where images are kept, and the settings."""
    if snapshot.start is not None:
        cached = snapshot.start.values.get("cached")
        lines = [T.DEVICE.format(device=snapshot.device, precision=snapshot.precision)]
        lines += [in_words(from_json(note)) for note in cached] if isinstance(cached, list) else []
        st.caption("  \n".join(map(escape, lines)))
    if snapshot.config is not None:
        if snapshot.config.kind == "predict":
            st.caption(Predict.SETTINGS)
        run_settings.show(snapshot.config)
