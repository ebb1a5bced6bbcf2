"""The File menu: saved pipelines, and a new one."""

import streamlit as st

from explorer.augment import library
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, validate
from explorer.runs.paths import pipelines_folder
from explorer.ui import workspace
from explorer.ui.state import Key
from explorer.ui.texts import Files as T


def show(work: workspace.Workspace) -> None:
    """The button, and what it opens."""
    with st.popover(T.FILE, width="stretch"):
        with st.form(Key.SAVE_FORM, border=False):
            st.text_input(T.NAME, work.draft.name, key=Key.NAME, placeholder=T.NAME_PLACEHOLDER, max_chars=60)
            st.form_submit_button(T.SAVE, on_click=_save, help=T.SAVE_HELP, width="stretch")
        _saved()
        st.button(T.NEW, key=Key.NEW, on_click=_new, help=T.NEW_HELP, width="stretch")


def _saved() -> None:
    saved = library.names(pipelines_folder())
    name = st.selectbox(
        T.OPEN, saved, index=None, key=Key.OPEN_SAVED, disabled=not saved,
        placeholder=T.OPEN_PLACEHOLDER if saved else T.OPEN_NOTHING,
    )  # fmt: skip
    if name is not None:
        with st.container(horizontal=True, gap="small"):
            st.button(T.OPEN_THIS, key=Key.OPEN_THIS, on_click=_open, args=(name,), type="primary")
            st.button(T.DELETE, key=Key.DELETE_SAVED, on_click=_delete, args=(name,))
        with st.form(Key.RENAME_FORM, border=False):
            st.text_input(T.NEW_NAME, name, key=Key.NEW_NAME, max_chars=60)
            st.form_submit_button(T.RENAME, on_click=_rename, args=(name,), width="stretch")
    elif (deleted := st.session_state.get(Key.DELETED)) is not None:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(T.DELETED.format(name=deleted.name), width="stretch")
            st.button(T.UNDO, key=Key.UNDELETE, on_click=_undelete, args=(deleted,))


def _tell(notice: str) -> None:
    st.session_state[Key.NOTICE] = notice


def _save() -> None:
    draft = workspace.current().draft.model_copy(update={"name": st.session_state[Key.NAME].strip()})
    try:
        library.save(pipelines_folder(), validate(draft))
    except DraftErrors as error:
        _tell(T.NOT_SAVED.format(reason=next(iter(error.errors.values()))))
    except PipelineFileError as error:
        _tell(str(error))
    else:
        workspace.change(lambda _: draft)
        _tell(T.SAVED.format(name=draft.name))


def _open(name: str) -> None:
    try:
        pipeline = library.load(pipelines_folder(), name)
    except PipelineFileError as error:
        _tell(str(error))
        return
    st.session_state[Key.OPEN_SAVED] = None
    workspace.put(Draft(name=pipeline.name, nodes=pipeline.nodes, targets=pipeline.targets))


def _rename(name: str) -> None:
    new = str(st.session_state[Key.NEW_NAME]).strip()
    try:
        library.rename(pipelines_folder(), name, new)
    except PipelineFileError as error:
        _tell(str(error))
    else:
        st.session_state[Key.OPEN_SAVED] = new
        _tell(T.RENAMED.format(old=name, new=new))


def _delete(name: str) -> None:
    try:
        st.session_state[Key.DELETED] = library.load(pipelines_folder(), name)
        library.delete(pipelines_folder(), name)
    except PipelineFileError as error:
        _tell(str(error))
    st.session_state[Key.OPEN_SAVED] = None


def _undelete(pipeline: Pipeline) -> None:
    try:
        library.save(pipelines_folder(), pipeline)
    except PipelineFileError as error:
        _tell(str(error))
    else:
        st.session_state.pop(Key.DELETED, None)


def _new() -> None:
    workspace.open_new(Draft())
