"""The left side of the Augment page: the pipeline as a list of steps, and the actions on it."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.augment.catalog import GROUPS, catalog, exclusions
from explorer.augment.pipeline import GROUP_KINDS
from explorer.texts import Augment as T
from explorer.ui.augment import export_dialog, import_dialog, pipeline_menu, preset_dialog, stage, steps, targets_panel
from explorer.ui.components.markdown import escape, table
from explorer.ui.preview.looks import Errors
from explorer.ui.session import workspace
from explorer.ui.session.gestures import obey_all
from explorer.ui.session.keys import Key, Page, widget_key


def show(work: workspace.Workspace, errors: Errors, ask: Callable[[workspace.Workspace], None]) -> None:
    """Draw the pipeline as a tree, the list of transforms to add, and the actions.

    Args:
        work: The pipeline.
        errors: Of its steps.
        ask: Draws the button that asks what the steps are worth.
    """
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=widget_key("heading")):
        pipeline_menu.heading(work)
        pipeline_menu.show(work)
    with st.container(horizontal=True, gap="xsmall"):
        preset_dialog.offer()
        targets_panel.show(work, st.session_state[Key.FOUND])
    if notice := st.session_state.pop(Key.NOTICE, None):
        st.toast(escape(notice))
    ask(work)
    _add()
    heard = st.session_state.setdefault(Key.HEARD, 0)
    steps.show(work.history, work.view.selected, errors, heard, key=Key.STEPS, on_command=_obey)
    if st.button(T.TRAIN_WITH, key=widget_key("train_with"), type="primary", width="stretch", help=T.TRAIN_WITH_HELP):
        # Not in the address: removing it from there would add an entry to the browser's history.
        st.session_state[Key.CARRY] = True
        workspace.go(Page.TRAIN)
    with st.container(horizontal=True, gap="xsmall"):
        import_dialog.offer()
        export_dialog.offer(work)
    _left_out()


def _add() -> None:
    names = sorted(catalog(), key=lambda name: (GROUPS.index(catalog()[name].group), name))
    st.selectbox(
        T.ADD, [*GROUP_KINDS, *names], index=None, key=Key.ADD, on_change=_added, help=T.ADD_HELP,
        format_func=_option, placeholder=T.ADD_PLACEHOLDER.format(count=len(names)), label_visibility="collapsed",
    )  # fmt: skip


def _option(name: str) -> str:
    return T.ADD_OPTION.format(group=T.GROUP if name in GROUP_KINDS else catalog()[name].group, name=name)


def _added() -> None:
    name = st.session_state[Key.ADD]
    st.session_state[Key.ADD] = None
    context = get_script_run_ctx()
    # A choice reruns the whole page. In a rerun of the preview alone, which its timer starts, the value is the previous
    # choice: the browser did not know yet that the list was emptied.
    if name is None or (context is not None and context.fragment_ids_this_run):
        return
    workspace.add_behind_selected(name)


def _obey() -> None:
    batch = steps.received(st.session_state[Key.STEPS].command, st.session_state[Key.HEARD])
    if batch is not None:
        st.session_state[Key.HEARD] = batch.number
        workspace.update(lambda work: obey_all(work, batch.commands, _notify))


def _notify(notice: str) -> None:
    st.session_state[Key.NOTICE] = notice


def _left_out() -> None:
    if st.button(T.LEFT_OUT, key=widget_key("left_out"), type="tertiary", on_click=stage.stop_playing):
        _left_out_table()


@st.dialog(T.LEFT_OUT, width="large")
def _left_out_table() -> None:
    st.markdown(table(T.LEFT_OUT_HEAD, ((f"**{name}**", reason) for name, reason in exclusions().items())))
