"""The workspace of a session: a draft with its history and its view, in a file, so that a reload loses nothing.

The file's name is in the address (`?draft=ID`). The id is a random token, so a stranger cannot guess the address of
another person's work.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.augment.edits import MissingNodeError, TooLargeError, add, set_p, set_param
from explorer.augment.pipeline import Draft
from explorer.texts import Augment as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import browsers, dropping
from explorer.ui.session.browsers import Recent
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, Page, Query
from explorer.ui.session.uploads import Revision, draft_lock
from explorer.ui.session.view import View
from explorer.ui.session.workspace_files import Workspace, WorkspaceError, load, save, version

__all__ = ["View", "Workspace", "WorkspaceError", "load", "save"]  # the imported names that callers use from here

_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_OF_ONE_WORKSPACE = (
    Key.LAST_GOOD, Key.NOT_WRITTEN, Key.FORM_NOT_WRITTEN, Key.UPLOAD_ERROR, Key.REFERENCE_ERROR, Key.INSTEAD,
)  # fmt: skip


def demo_draft() -> Draft:
    """The sample pipeline for newcomers: three visible steps that are mild enough to train with."""
    draft, _ = add(Draft(), "HorizontalFlip", None)
    draft, affine = add(draft, "Affine", None)
    draft = set_param(draft, affine, "scale", [0.9, 1.2])
    draft = set_param(draft, affine, "keep_ratio", True)
    draft = set_param(draft, affine, "rotate", [-15.0, 15.0])
    draft = set_p(draft, affine, 0.8)
    draft, color = add(draft, "RandomBrightnessContrast", None)
    draft = set_p(draft, color, 0.7)
    # With these ids all steps fire with the first seed, so that the first picture need not be drawn again with another.
    names = ("mirror", "turn", "light")
    nodes = tuple(node.model_copy(update={"id": name}) for node, name in zip(draft.nodes, names, strict=True))
    return draft.model_copy(update={"nodes": nodes})


def is_work(recent: Recent) -> bool:
    """Whether a draft holds anything besides an empty pipeline or the unchanged sample."""
    sample = tuple(node.transform if node.kind == "step" else node.kind for node in demo_draft().nodes)
    return recent.is_touched or recent.steps not in ((), sample)


def is_id(text: str) -> bool:
    """Whether a text can be the id of a workspace."""
    return _ID.fullmatch(text) is not None


def current() -> Workspace:
    """The workspace of this session.

    When the session begins, and after Back or Forward in the browser, it is the one in the address. Without a draft in
    the address a session begins with the browser's last one.
    """
    if Key.WORKSPACE not in st.session_state:
        _begin()
    elif there := _gone_to():
        _enter(*there)
    workspace = _taken_over(st.session_state[Key.WORKSPACE])
    # A change of page may clear the browser's address while the server keeps the old one: write it on each new page.
    if st.query_params.get(Query.DRAFT) != workspace.id or st.session_state.get(Key.ADDRESS) != st.context.url:
        st.session_state[Key.ADDRESS] = st.context.url
        st.query_params[Query.DRAFT] = workspace.id
    return workspace


def _begin() -> None:
    """Open the workspace in the address, else the browser's last one, else the sample pipeline."""
    asked, problem = st.query_params.get(Query.DRAFT), ""
    try:
        if asked:
            _enter(*_asked_for(asked))
            return
    except WorkspaceError as error:
        problem = str(error)
    if last := _last():
        _enter(*last)
    else:
        open_new(demo_draft())
        st.session_state[Key.GREET] = True
    if problem:
        st.session_state[Key.INSTEAD] = f"{problem} {T.LAST_INSTEAD if last else T.SAMPLE_INSTEAD}"


Read = tuple[Workspace, Revision]  # a workspace, and the version of the file that it was read from


def _asked_for(draft_id: str) -> Read:
    """Read the workspace with this id. Raises WorkspaceError."""
    if is_id(draft_id):
        browsers.hold(draft_id)  # first, so that it is not deleted in between
    if not is_id(draft_id) or version(draft_id) is None:
        raise WorkspaceError(T.DRAFT_UNKNOWN)
    return _read(draft_id)


def _read(draft_id: str) -> Read:
    found = version(draft_id)  # before the content, so that a change in between is noticed next time
    return load(draft_id), found


def _last() -> Read | None:
    """The most recent readable draft of this browser."""
    for recent in browsers.recent():
        try:
            return _asked_for(recent.id)
        except WorkspaceError:
            continue  # its own address shows why
    return None


def _gone_to() -> Read | None:
    """The workspace that Back or Forward has led to, or None.

    At other times the browser's address may be older than what was opened here, so it is ignored.
    """
    context, asked = get_script_run_ctx(), st.query_params.get(Query.DRAFT)
    if context is None or not context.is_history_navigation or asked in (None, st.session_state[Key.WORKSPACE].id):
        return None
    try:
        return _asked_for(str(asked))
    except WorkspaceError as error:
        st.session_state[Key.INSTEAD] = f"{error} {T.LAST_INSTEAD}"
        return None


def arrive() -> Workspace:
    """Return `current()` at the top of a page, with a warning if it is not the draft in the address."""
    work = current()
    problem = st.session_state.get(Key.INSTEAD)
    if isinstance(problem, str):
        st.session_state[Key.INSTEAD] = problem = (problem, work)
    if problem is not None:
        if work.history == problem[1].history and work.id == problem[1].id:
            st.warning(escape(problem[0]))
        else:  # the person has accepted the draft by working on it
            del st.session_state[Key.INSTEAD]
    return work


def open_new(draft: Draft, view: View | None = None) -> str:
    """Open `draft` as a new workspace with a file of its own, and return its id. The earlier workspace is kept."""
    view = View(_first(draft)) if view is None else view
    new = Workspace(secrets.token_urlsafe(16), History(draft), view)
    _enter(new, None)
    update(lambda work: work)
    return new.id


def open_draft(draft_id: str) -> None:
    """Open an existing workspace. Raises WorkspaceError."""
    _enter(*_asked_for(draft_id))


def _enter(workspace: Workspace, known: Revision) -> None:
    """Make a workspace the session's, put it into the address and add it to the browser's recent drafts."""
    _take(workspace, known)
    for of_another in _OF_ONE_WORKSPACE:
        st.session_state.pop(of_another, None)
    st.query_params[Query.DRAFT] = workspace.id
    dropping.drop_fallen(browsers.note(workspace.id))


def _first(draft: Draft) -> str | None:
    return draft.nodes[0].id if draft.nodes else None


def put(edit: Callable[[Draft], Draft]) -> None:
    """Replace the draft by `edit(draft)`, as a pipeline to start from. This can be undone."""

    def replaced(work: Workspace) -> Workspace:
        new = edit(work.draft)
        return work.drafted(new, selected=_first(new), focus="")

    update(replaced)
    st.session_state[Key.SETTLE] = True


def add_behind_selected(name: str) -> bool:
    """Add a transform or a kind of group behind the selected node and select it.

    Returns:
        False if the pipeline would become too large; a notice then says so.
    """

    def added(work: Workspace) -> Workspace:
        draft, new_id = add(work.draft, name, work.view.selected)
        return work.drafted(draft, selected=new_id)

    try:
        update(added)
    except TooLargeError as error:
        st.session_state[Key.NOTICE] = str(error)
        return False
    return True


def _taken_over(workspace: Workspace) -> Workspace:
    """The workspace with changes that another window has made. Each window keeps its own view."""
    if version(workspace.id) == st.session_state.get(Key.REVISION):
        return workspace
    try:
        newest, known = _read(workspace.id)
    except WorkspaceError:
        return workspace  # gone or damaged: the next change here writes it again
    workspace = replace(workspace, history=newest.history)
    _take(workspace, known)
    return workspace


def _take(workspace: Workspace, known: Revision) -> None:
    st.session_state[Key.WORKSPACE] = workspace
    st.session_state[Key.REVISION] = known


def update(change: Callable[[Workspace], Workspace]) -> None:
    """Apply `change` to the newest workspace, including other windows' changes, and write it to its file.

    Derive values from the draft inside `change` only: before it another window may write.
    """
    current()  # opens a workspace if there is none yet, so that it can be locked
    with turn():
        workspace = change(current())
        note_unwritten(Key.NOT_WRITTEN, lambda: save(workspace))
        _take(workspace, version(workspace.id))


def note_unwritten(key: Key, write: Callable[[], None]) -> None:
    """Call `write`. If it raises OSError, keep the reason under `key` for `show_unwritten`."""
    st.session_state.pop(key, None)
    try:
        write()
    except OSError as error:
        st.session_state[key] = T.NOT_WRITTEN.format(reason=error.strerror or error)


@contextmanager
def turn() -> Iterator[None]:
    """Hold the lock of the session's draft. If the lock cannot be created, nothing can be written anyway."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(draft_lock(st.session_state[Key.WORKSPACE].id))
        yield


def change(edit: Callable[[Draft], Draft], merge: tuple[str, str] | None = None, **view: Any) -> None:
    """Apply an edit to the newest draft, change fields of the view with it, and save.

    If another window has removed the node that the edit is about, nothing changes and a notice says so.
    """
    try:
        update(lambda work: work.drafted(edit(work.draft), merge, **view))
    except MissingNodeError:
        st.session_state[Key.NOTICE] = T.NODE_GONE


def look(**view: Any) -> None:
    """Change fields of the `View` and save. Raises ValueError for an invalid value."""
    update(lambda work: work.looking(**view))


def go(page: Page, **query: str) -> None:
    """Switch to another page with the workspace in the address, and further query parameters."""
    st.switch_page(page, query_params={Query.DRAFT.value: current().id, **query})


def show_unwritten() -> None:
    """Warn if the last change could not be written to its file."""
    problems = [st.session_state.get(key) for key in (Key.NOT_WRITTEN, Key.FORM_NOT_WRITTEN)]
    for problem in dict.fromkeys(filter(None, problems)):  # both usually fail for the same reason
        st.warning(escape(problem))
