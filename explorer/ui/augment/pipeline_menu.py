"""Pipelines as documents: the name with its mark, and the File menu with a new one, recent ones and saved ones."""

import time
from contextlib import suppress
from math import isfinite

import streamlit as st

from explorer.augment import library
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, content, validate
from explorer.base import words
from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Common, Keeping
from explorer.texts import Files as T
from explorer.ui.components.markdown import escape
from explorer.ui.keeping import limits, room
from explorer.ui.keeping.room import NoRoom
from explorer.ui.session import browsers, workspace
from explorer.ui.session.browsers import Recent
from explorer.ui.session.keys import Key, widget_key

_SHOWN_RECENT = 8
_SHOWN_STEPS = 2


def heading(work: workspace.Workspace) -> None:
    """The name of the pipeline, and whether it is saved as it is."""
    mark = _mark(work.draft)
    st.markdown(
        f"**{escape(work.draft.name.strip() or T.UNTITLED)}** " + (f":small[{mark}]" if mark else ""), width="stretch"
    )


def _mark(draft: Draft) -> str:
    """What stands beside the name."""
    if not draft.name.strip():
        return T.NEVER_SAVED if draft.nodes else ""
    known = library.saved(pipelines_folder(), draft.name)
    if known is None:
        return T.NEVER_SAVED
    return T.AS_SAVED if content(known) == content(draft) else T.CHANGED


def show(work: workspace.Workspace) -> None:
    """The button, and what it opens; nothing of it is on the page while it is closed."""
    menu = st.popover(T.FILE, key=Key.FILE_MENU, on_change="rerun", width="content")
    if not menu.open:
        return
    with menu:
        st.button(T.NEW, key=Key.NEW, on_click=_new, help=T.NEW_HELP, width="stretch")
        _recent(work)
        with st.form(Key.SAVE_FORM, border=False):
            st.text_input(Common.NAME, work.draft.name, key=Key.NAME, placeholder=T.NAME_PLACEHOLDER, max_chars=60)
            st.form_submit_button(Common.SAVE, on_click=_save, help=T.SAVE_HELP, width="stretch")
        _saved()


def _close() -> None:
    st.session_state[Key.FILE_MENU] = False


# Recent


def _recent(work: workspace.Workspace) -> None:
    others = [one for one in browsers.recent() if one.id != work.id and workspace.is_work(one)][:_SHOWN_RECENT]
    st.caption(T.RECENT if others else T.RECENT_NONE)
    _say_how_long()
    for one in others:
        label = T.RECENT_LINE.format(title=_title(one), when=words.clock(one.used, time.time()))
        st.button(
            escape(label),
            key=widget_key("recent", one.id),
            on_click=_reopen,
            args=(one.id,),
            width="stretch",
            type="tertiary",
        )


def _say_how_long() -> None:
    with suppress(limits.WrongLimit):  # the start has said so; nothing is cleared
        days = limits.keep_days()
        words = Keeping.KEPT if isfinite(days) else Keeping.KEPT_FOREVER
        st.caption(words.format(days=days, most=browsers.MOST))


def _title(recent: Recent) -> str:
    if recent.name:
        return recent.name
    more = len(recent.steps) - _SHOWN_STEPS
    shown = ", ".join(recent.steps[:_SHOWN_STEPS])
    return (Common.STEPS_AND_MORE.format(steps=shown, count=more) if more > 0 else shown) or T.RECENT_EMPTY


def _reopen(draft_id: str) -> None:
    _close()
    try:
        workspace.open_draft(draft_id)
    except workspace.WorkspaceError as error:
        _tell(str(error))


def _new() -> None:
    _close()
    workspace.open_new(Draft())


# Saved pipelines


def _saved() -> None:
    saved = library.names(pipelines_folder())
    name = st.selectbox(
        T.OPEN, saved, index=None, key=Key.OPEN_SAVED, disabled=not saved,
        placeholder=T.OPEN_PLACEHOLDER if saved else T.OPEN_NOTHING,
    )  # fmt: skip
    if name is not None:
        with st.container(horizontal=True, gap="small"):
            st.button(T.OPEN_THIS, key=Key.OPEN_THIS, on_click=_open, args=(name,), type="primary")
            st.button(Common.DELETE, key=Key.DELETE_SAVED, on_click=_delete, args=(name,))
        with st.form(Key.RENAME_FORM, border=False):
            st.text_input(T.NEW_NAME, name, key=Key.NEW_NAME, max_chars=60)
            st.form_submit_button(T.RENAME, on_click=_rename, args=(name,), width="stretch")
    elif (deleted := st.session_state.get(Key.DELETED)) is not None:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(T.DELETED.format(name=deleted.name), width="stretch")
            st.button(Common.UNDO, key=Key.UNDELETE, on_click=_undelete, args=(deleted,))


def _tell(notice: str) -> None:
    st.session_state[Key.NOTICE] = notice


def _save() -> None:
    draft = workspace.current().draft.model_copy(update={"name": st.session_state[Key.NAME].strip()})
    try:
        room.check()
        library.save(pipelines_folder(), validate(draft))
    except DraftErrors as error:
        _tell(T.NOT_SAVED.format(reason=next(iter(error.errors.values()))))
    except PipelineFileError as error:
        _tell(str(error))
    except NoRoom as error:
        _tell(T.NOT_SAVED.format(reason=f"{error.strerror}."))
    else:
        # The name alone: what another window has changed meanwhile stays, and counts as not saved yet.
        workspace.change(lambda newest: newest.model_copy(update={"name": draft.name}))
        _tell(T.SAVED.format(name=draft.name))


def _open(name: str) -> None:
    try:
        pipeline = library.load(pipelines_folder(), name)
    except PipelineFileError as error:
        _tell(str(error))
        return
    st.session_state[Key.OPEN_SAVED] = None
    _close()
    st.session_state[Key.SETTLE] = True
    workspace.open_new(Draft(name=pipeline.name, nodes=pipeline.nodes, targets=pipeline.targets))


def _rename(name: str) -> None:
    new = str(st.session_state[Key.NEW_NAME]).strip()
    try:
        library.rename(pipelines_folder(), name, new)
    except PipelineFileError as error:
        _tell(str(error))
    else:
        st.session_state[Key.OPEN_SAVED] = new
        workspace.change(lambda draft: _renamed(draft, name, new))
        _tell(T.RENAMED.format(old=name, new=new))


def _renamed(draft: Draft, old: str, new: str) -> Draft:
    """The draft with its new name, where it is the saved pipeline that was renamed: it stays the one that is saved."""
    return draft.model_copy(update={"name": new}) if draft.name.strip() == old else draft


def _delete(name: str) -> None:
    try:
        found = library.load(pipelines_folder(), name)
        library.delete(pipelines_folder(), name)
    except PipelineFileError as error:
        _tell(str(error))
    else:
        st.session_state[Key.DELETED] = found
    st.session_state[Key.OPEN_SAVED] = None


def _undelete(pipeline: Pipeline) -> None:
    try:
        library.restore(pipelines_folder(), pipeline)
    except PipelineFileError as error:
        _tell(str(error))
    else:
        st.session_state.pop(Key.DELETED, None)
