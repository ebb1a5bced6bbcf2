"""Pipelines as documents: the name with its saved state, and the File menu with new, recent and saved pipelines."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import isfinite

import streamlit as st

from explorer.augment import library
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, as_draft, content, renewed, validate
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
from explorer.ui.session.renewal import renew, renewable

_SHOWN_RECENT = 8
_SHOWN_STEPS = 2


def heading(work: workspace.Workspace) -> None:
    """Draw the name of the pipeline, and whether its present state is saved."""
    mark = _mark(work.draft)
    st.markdown(
        f"**{escape(work.draft.name.strip() or T.UNTITLED)}** " + (f":small[{mark}]" if mark else ""), width="stretch"
    )


def _mark(draft: Draft) -> str:
    if not draft.name.strip():
        return T.NEVER_SAVED if draft.nodes else ""
    known = library.saved(pipelines_folder(), draft.name)
    if known is None:
        return T.NEVER_SAVED
    return T.AS_SAVED if content(known) == content(draft) else T.CHANGED


def show(work: workspace.Workspace) -> None:
    """Draw the menu; its content is on the page only while it is open."""
    menu = st.popover(T.FILE, key=renewable(Key.FILE_MENU), on_change="rerun", width="content")
    if not menu.open:
        return
    with menu:
        st.button(T.NEW, key=widget_key("new_pipeline"), on_click=_new, help=T.NEW_HELP, width="stretch")
        _recent(work)
        with st.form(widget_key("save_form"), border=False):
            st.text_input(Common.NAME, work.draft.name, key=Key.NAME, placeholder=T.NAME_PLACEHOLDER, max_chars=60)
            st.form_submit_button(Common.SAVE, on_click=_save, help=T.SAVE_HELP, width="stretch")
        _saved()
        _streams(work.draft)


def _close() -> None:
    renew(Key.FILE_MENU)


# Recent


def _recent(work: workspace.Workspace) -> None:
    others = [one for one in browsers.recent() if one.id != work.id and workspace.is_work(one)][:_SHOWN_RECENT]
    st.caption(T.RECENT if others else T.RECENT_NONE)
    with suppress(limits.WrongLimit):  # reported at the start; nothing is deleted
        days = limits.keep_days()
        kept = Keeping.KEPT if isfinite(days) else Keeping.KEPT_FOREVER
        st.caption(kept.format(days=days, most=browsers.MOST))
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


def _title(recent: Recent) -> str:
    if recent.name:
        return recent.name
    more = len(recent.steps) - _SHOWN_STEPS
    shown = ", ".join(recent.steps[:_SHOWN_STEPS])
    return (Common.STEPS_AND_MORE.format(steps=shown, count=more) if more > 0 else shown) or T.RECENT_EMPTY


def _reopen(draft_id: str) -> None:
    _close()
    with _noticed():
        workspace.open_draft(draft_id)


def _new() -> None:
    _close()
    workspace.open_new(Draft())


# Random numbers


def _streams(draft: Draft) -> None:
    """Say that an old pipeline draws as before, and offer to renew it."""
    if draft.streams == 1:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(T.OLD_STREAMS, width="stretch")
            st.button(
                T.RENEW_STREAMS, key=widget_key("renew_streams"), on_click=_renew_streams, help=T.RENEW_STREAMS_HELP
            )


def _renew_streams() -> None:
    workspace.change(renewed)
    _notify(T.RENEWED_STREAMS)


# Saved pipelines


def _saved() -> None:
    saved = library.names(pipelines_folder())
    name = st.selectbox(
        T.OPEN, saved, index=None, key=Key.OPEN_SAVED, disabled=not saved,
        placeholder=T.OPEN_PLACEHOLDER if saved else T.OPEN_NOTHING,
    )  # fmt: skip
    if name is not None:
        with st.container(horizontal=True, gap="small"):
            st.button(T.OPEN_THIS, key=widget_key("open_this"), on_click=_open, args=(name,), type="primary")
            st.button(Common.DELETE, key=widget_key("delete_saved"), on_click=_delete, args=(name,))
        with st.form(widget_key("rename_form"), border=False):
            st.text_input(T.NEW_NAME, name, key=Key.NEW_NAME, max_chars=60)
            st.form_submit_button(T.RENAME, on_click=_rename, args=(name,), width="stretch")
    elif (deleted := st.session_state.get(Key.DELETED)) is not None:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(T.DELETED.format(name=deleted.name), width="stretch")
            st.button(Common.UNDO, key=widget_key("undelete"), on_click=_undelete, args=(deleted,))


def _notify(notice: str) -> None:
    st.session_state[Key.NOTICE] = notice


@contextmanager
def _noticed() -> Iterator[None]:
    """Show an error of the library of pipelines, or of the drafts, as a notice."""
    try:
        yield
    except (PipelineFileError, workspace.WorkspaceError) as error:
        _notify(str(error))


def _save() -> None:
    draft = workspace.current().draft.model_copy(update={"name": st.session_state[Key.NAME].strip()})
    try:
        room.check()
        library.save(pipelines_folder(), validate(draft))
    except DraftErrors as error:
        _notify(T.NOT_SAVED.format(reason=next(iter(error.errors.values()))))
    except PipelineFileError as error:
        _notify(str(error))
    except NoRoom as error:
        _notify(T.NOT_SAVED.format(reason=f"{error.strerror}."))
    else:
        # Only the name: changes from another window stay, and count as not saved yet.
        workspace.change(lambda newest: newest.model_copy(update={"name": draft.name}))
        _notify(T.SAVED.format(name=draft.name))


def _open(name: str) -> None:
    with _noticed():
        pipeline = library.load(pipelines_folder(), name)
        st.session_state[Key.OPEN_SAVED] = None
        _close()
        st.session_state[Key.SETTLE] = True
        workspace.open_new(as_draft(pipeline))


def _rename(name: str) -> None:
    new = str(st.session_state[Key.NEW_NAME]).strip()
    with _noticed():
        library.rename(pipelines_folder(), name, new)
        st.session_state[Key.OPEN_SAVED] = new
        # A draft of the renamed pipeline takes the new name, so that it still counts as saved.
        workspace.change(lambda old: old.model_copy(update={"name": new}) if old.name.strip() == name else old)
        _notify(T.RENAMED.format(old=name, new=new))


def _delete(name: str) -> None:
    with _noticed():
        found = library.load(pipelines_folder(), name)
        library.delete(pipelines_folder(), name)
        st.session_state[Key.DELETED] = found
    st.session_state[Key.OPEN_SAVED] = None


def _undelete(pipeline: Pipeline) -> None:
    with _noticed():
        library.restore(pipelines_folder(), pipeline)
        st.session_state.pop(Key.DELETED, None)
