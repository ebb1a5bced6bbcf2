"""What was decided about the images of a data set: the list, what can be taken back, and its file."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.base.names import shown
from explorer.base.words import counted
from explorer.data import curation, curation_csv
from explorer.data.contents import Contents
from explorer.data.curation import Curation, CurationError
from explorer.data.formats.spec import FileSpec
from explorer.texts import Common
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.data.finding_actions import attempt
from explorer.ui.data.finding_words import listed
from explorer.ui.data.opened import Opened
from explorer.ui.session.keys import widget_key
from explorer.ui.train import decided

_MOST_ROWS = 1_000


def line(opened: Opened, spec: FileSpec, kept: Curation, *, undoes: bool = True) -> None:
    """Draw what was decided in a sentence; nothing without any. undoes: whether the latest change is undone there."""
    if kept.empty and not kept.steps:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not kept.empty:
            words = T.FROM_NOW_ON.format(decided=decided.words(kept))
            st.markdown(f":material/rule: {escape(words)}", width="content")
        if undoes:
            undo(opened, spec, kept)


def undo(opened: Opened, spec: FileSpec, kept: Curation) -> None:
    """Draw the button that undoes the latest change."""
    if kept.steps:
        step = kept.steps[-1]
        st.button(
            T.UNDO.format(step=T.STEPS[step.what].format(count=step.images)), icon=":material/undo:",
            key=widget_key("decided", opened.key, "undo"), type="tertiary", on_click=_undo,
            args=(spec, kept.changes),
        )  # fmt: skip


def details(opened: Opened, spec: FileSpec, kept: Curation) -> None:
    """Draw the list of what was decided, and its file, behind a click."""
    with st.expander(T.LIST, key=widget_key("decided", opened.key, "list"), on_change="rerun") as more:
        if more.open:
            st.caption(T.LIST_HELP if not kept.empty else T.LIST_EMPTY)
            _list(opened, spec, kept)
            _file(opened, spec, kept)


def _undo(spec: FileSpec, changes: int) -> None:
    try:
        curation.undo(spec, changes)
    except CurationError as error:
        st.toast(escape(T.NOT_DONE.format(reason=error)), icon=":material/error:")


def _list(opened: Opened, spec: FileSpec, kept: Curation) -> None:
    if kept.left_out:
        names = list(kept.left_out)[:_MOST_ROWS]
        rows = {
            T.LIST_COLUMNS[0]: [False] * len(names),
            T.LIST_COLUMNS[1]: [shown(name) for name in names],
            T.LIST_COLUMNS[2]: [kept.left_out[name] for name in names],
        }
        found = st.data_editor(
            rows, hide_index=True, width="stretch", disabled=T.LIST_COLUMNS[1:],
            key=widget_key("decided", opened.key, "rows", str(kept.changes)),
        )  # fmt: skip
        marked = [name for name, mark in zip(names, _marks(found), strict=True) if mark]
        if len(names) < len(kept.left_out):
            st.caption(T.LIST_CUT.format(shown=len(names), count=len(kept.left_out)))
        if gone := _gone(kept, opened.contents):
            st.caption(counted(gone, *T.LEFT_OUT_GONE))
        with st.container(horizontal=True, gap="small"):
            st.button(
                T.TAKE_BACK, key=widget_key("decided", opened.key, "back"), disabled=not marked,
                on_click=_take_back, args=(spec, tuple(marked)),
            )  # fmt: skip
            st.button(
                T.TAKE_ALL_BACK.format(count=len(kept.left_out)), key=widget_key("decided", opened.key, "all"),
                type="tertiary", on_click=_take_back, args=(spec, tuple(kept.left_out)),
            )  # fmt: skip
    if kept.together:
        st.button(
            T.APART, key=widget_key("decided", opened.key, "apart"), type="tertiary",
            on_click=lambda: _quietly(lambda: curation.let_apart(spec, kept.together)),
        )  # fmt: skip


def _marks(table: Any) -> list[bool]:
    """Return which rows of the table are marked."""
    return [bool(mark) for mark in table[T.LIST_COLUMNS[0]]]


def _gone(kept: Curation, contents: Contents) -> int:
    """Return how many of the images that are left out the data set no longer has."""
    return len(kept.left_out.keys() - set(contents.ids) - {one.name for one in contents.left_out})


def _take_back(spec: FileSpec, ids: tuple[str, ...]) -> None:
    _quietly(lambda: curation.take_back(spec, ids))


def _quietly(change: Callable[[], object]) -> None:
    """Make a change whose result the list shows; show why where it could not be made."""
    try:
        change()
    except CurationError as error:
        st.toast(escape(T.NOT_DONE.format(reason=error)), icon=":material/error:")


def _file(opened: Opened, spec: FileSpec, kept: Curation) -> None:
    if not kept.empty:
        st.download_button(
            T.SAVE, curation_csv.dumps(kept), T.FILE, mime="text/csv", type="tertiary",
            icon=":material/download:", key=widget_key("decided", opened.key, "save"), on_click="ignore",
        )  # fmt: skip
    uploaded = st.file_uploader(
        T.LOAD, type="csv", help=T.LOAD_HELP, key=widget_key("decided", opened.key, "load", str(kept.changes))
    )
    if uploaded is None:
        return
    try:
        found = curation_csv.loads(uploaded.getvalue(), opened.contents.ids)
    except CurationError as error:
        st.error(escape(str(error)))
        return
    if found.unknown:
        names = listed([shown(name) for name in found.unknown])
        st.warning(escape(counted(len(found.unknown), *T.LOADED_UNKNOWN).format(names=names)))
    words = T.LOADED.format(
        images=counted(len(found.left_out), *Common.IMAGE), groups=counted(len(found.together), *Common.GROUP)
    )
    if st.button(words, key=widget_key("decided", opened.key, "take"), type="primary"):
        attempt(lambda: _both(spec, found), words)
        st.rerun()


def _both(spec: FileSpec, found: curation_csv.Listed) -> None:
    if found.left_out:
        curation.leave_out(spec, found.left_out)
    if found.together:
        curation.keep_together(spec, found.together)
