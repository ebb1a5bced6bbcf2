"""The quick check and the learning rate search on the Train page. Both are runs of their own."""

from collections.abc import Mapping

import streamlit as st

from explorer.runs.life import control, launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.record import rates, results
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.kinds import PROBES, Probe
from explorer.runs.state.status import State, derive
from explorer.settings.fields import title_at
from explorer.texts import Common
from explorer.texts import Probes as T
from explorer.ui.background.jobs import watch
from explorer.ui.components import state_badge
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.train import probe_results, probes, turn, values

EVERY_SECONDS = 1.0


def show(config: RunConfig | None, errors: Mapping[str, str]) -> None:
    """Draw the buttons and the last results. `config` is that of the form, None if the form has `errors`."""
    last = {kind: probes.find(run_id) if (run_id := probes.last(kind)) else None for kind in PROBES}
    pressed: Probe | None = None
    with st.container(horizontal=True, gap="small"):
        for kind in PROBES:
            paths = last[kind]
            alive = paths is not None and not derive(paths).over
            if st.button(
                T.KINDS[kind].start,
                key=widget_key("probe", kind, "start"),
                help=T.KINDS[kind].help,
                icon=T.KINDS[kind].icon,
                disabled=alive,
            ):
                pressed = kind
    if pressed is not None:
        _start(pressed, config, errors)
    if message := st.session_state.get(Key.PROBE_TOLD):
        st.error(escape(message))
    for kind in sorted(PROBES, key=lambda kind: probes.last(kind) or "", reverse=True):  # the newest first
        # Each in its own container: replacing the first does not mount the chart of the second again.
        with st.container():
            _last(kind, last[kind], config)


def _start(kind: Probe, config: RunConfig | None, errors: Mapping[str, str]) -> None:
    st.session_state.pop(Key.PROBE_TOLD, None)
    if config is None:
        st.error(escape(Common.FIX.format(fields=", ".join(title_at(name, values.current()) for name in errors))))
        return
    try:
        with st.spinner(Common.STARTING):
            asked = config.model_copy(update={"kind": kind, "name": config.name or T.KINDS[kind].name})
            probes.keep(kind, launcher.start(asked).id)
    except (LaunchError, ConfigError, OSError) as error:
        st.session_state[Key.PROBE_TOLD] = T.NOT_STARTED.format(reason=error)
    st.rerun()


def _last(kind: Probe, paths: RunPaths | None, config: RunConfig | None) -> None:
    if paths is None:
        if probes.last(kind):
            st.caption(T.GONE)
        return
    over = derive(paths).over

    def result() -> None:
        state_badge.show(derive(paths), T.KINDS[kind].name)
        if said := turn.of_waiting(paths.id):
            st.caption(escape(said))
        probe_results.show(paths, kind, over)

    with st.container(border=True):
        if not probes.is_about(paths, kind, config):
            st.caption(f":orange[:material/history: {T.STALE}]")
        watch(
            paths.root.is_dir() and not over,
            lambda: paths.root.is_dir() and not derive(paths).over,
            result,
            EVERY_SECONDS,
        )
        if not over:
            _cancel(kind, paths)
        elif kind == "rate":
            _use(paths, config)


def _cancel(kind: Probe, paths: RunPaths) -> None:
    stopping = derive(paths).state is State.STOPPING
    st.button(
        T.CANCELLING if stopping else T.KINDS[kind].cancel, key=widget_key("probe", kind, "cancel"),
        on_click=_ask_to_stop,
        args=(paths,), disabled=stopping, icon=":material/stop_circle:",
    )  # fmt: skip


def _ask_to_stop(paths: RunPaths) -> None:
    st.session_state.pop(Key.PROBE_TOLD, None)
    try:
        control.request_stop(paths)
    except OSError as error:
        st.session_state[Key.PROBE_TOLD] = T.NOT_CANCELLED.format(reason=error)


def _use(paths: RunPaths, config: RunConfig | None) -> None:
    found = results.rate_result(paths)
    if found is None or found.suggestion is None:
        return
    rate = rates.in_words(found.suggestion)
    used = config is not None and config.learning_rate == float(rate)
    st.button(
        (T.USED if used else T.USE).format(rate=rate), key=widget_key("probe", "rate", "use"), disabled=used,
        on_click=_take, args=(rate,), icon=":material/check:" if used else ":material/input:",
    )  # fmt: skip


def _take(rate: str) -> None:
    values.change(learning_rate=rate)
