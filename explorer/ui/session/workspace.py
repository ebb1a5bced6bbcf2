"""What one person works on: the draft with its history and the view of it, in a file, so that a reload loses nothing.

The file's name is in the address (`?draft=ID`). The id is a random token, so a stranger cannot guess the address of
somebody else's work.
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
from explorer.ui.session.keys import Key, Query
from explorer.ui.session.uploads import Revision, draft_lock
from explorer.ui.session.view import View
from explorer.ui.session.workspace_files import Workspace, WorkspaceError, load, save, version

__all__ = [
    "View",
    "Workspace",
    "WorkspaceError",
    "add_behind_selected",
    "arrive",
    "change",
    "current",
    "demo_draft",
    "load",
    "look",
    "note_unwritten",
    "open_draft",
    "open_new",
    "put",
    "save",
    "show_unwritten",
    "turn",
    "update",
]

_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_OF_ONE_WORKSPACE = (
    Key.LAST_GOOD, Key.NOT_WRITTEN, Key.FORM_NOT_WRITTEN, Key.UPLOAD_ERROR, Key.REFERENCE_ERROR, Key.INSTEAD,
)  # fmt: skip


def demo_draft() -> Draft:
    """The pipeline that greets a newcomer: three steps whose effect is seen at once, and mild enough to train with."""
    draft, _ = add(Draft(), "HorizontalFlip", None)
    draft, affine = add(draft, "Affine", None)
    draft = set_param(draft, affine, "scale", [0.9, 1.2])
    draft = set_param(draft, affine, "keep_ratio", True)
    draft = set_param(draft, affine, "rotate", [-15.0, 15.0])
    draft = set_p(draft, affine, 0.8)
    draft, color = add(draft, "RandomBrightnessContrast", None)
    return set_p(draft, color, 0.7)


def is_work(recent: Recent) -> bool:
    """Whether somebody could miss it: an empty pipeline and the sample as it came are no work."""
    sample = tuple(node.transform if node.kind == "step" else node.kind for node in demo_draft().nodes)
    return recent.is_touched or recent.steps not in ((), sample)


def is_id(text: str) -> bool:
    """Whether a text can be the id of a workspace."""
    return _ID.fullmatch(text) is not None


def current() -> Workspace:
    """The workspace of this session; at its beginning the one in the address, else what this browser had last.

    Back and Forward of the browser lead to the one in the address too.
    """
    if Key.WORKSPACE not in st.session_state:
        _begin()
    elif there := _gone_to():
        _enter(*there)
    workspace = _taken_over(st.session_state[Key.WORKSPACE])
    # A change of page may clear the browser's address while the server still knows the old one: write it on arrival.
    if st.query_params.get(Query.DRAFT) != workspace.id or st.session_state.get(Key.ADDRESS) != st.context.url:
        st.session_state[Key.ADDRESS] = st.context.url
        st.query_params[Query.DRAFT] = workspace.id
    return workspace


def _begin() -> None:
    """Open the workspace that the address names, else the last one of this browser, else the sample pipeline."""
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


Read = tuple[Workspace, Revision]  # a workspace, and the version of its file that it is


def _asked_for(draft_id: str) -> Read:
    """The workspace of an address. Raises WorkspaceError."""
    if is_id(draft_id):
        browsers.hold(draft_id)  # before it is looked for: from here on nobody clears it
    if not is_id(draft_id) or version(draft_id) is None:
        raise WorkspaceError(T.DRAFT_UNKNOWN)
    return _read(draft_id)


def _read(draft_id: str) -> Read:
    """The workspace in its file. Raises WorkspaceError."""
    found = version(draft_id)  # before it is read: a version that comes in between is read next time
    return load(draft_id), found


def _last() -> Read | None:
    """What this browser had last, of what can be read."""
    for recent in browsers.recent():
        try:
            return _asked_for(recent.id)
        except WorkspaceError:
            continue  # who opens its own address is shown why
    return None


def _gone_to() -> Read | None:
    """The workspace that Back or Forward of the browser has led to; None where the session's own is in the address.

    Only then does the address decide: what else comes from the browser may be older than what was opened here.
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
    """`current`, at the beginning of a page; where something else is open than the address named, the page says so."""
    work = current()
    problem = st.session_state.get(Key.INSTEAD)
    if isinstance(problem, str):
        st.session_state[Key.INSTEAD] = problem = (problem, work)
    if problem is not None:
        if work.history == problem[1].history and work.id == problem[1].id:
            st.warning(escape(problem[0]))
        else:  # the person works on with it
            del st.session_state[Key.INSTEAD]
    return work


def open_new(draft: Draft, view: View | None = None) -> str:
    """Start a workspace of its own for `draft`, with a file; its id is its address. The earlier one stays as it is."""
    view = View(_first(draft)) if view is None else view
    new = Workspace(secrets.token_urlsafe(16), History(draft), view)
    _enter(new, None)
    update(lambda work: work)
    return new.id


def open_draft(draft_id: str) -> None:
    """Open an earlier workspace. Raises WorkspaceError."""
    _enter(*_asked_for(draft_id))


def _enter(workspace: Workspace, known: Revision) -> None:
    """Make it the session's, with its address; this browser finds it again under Recent."""
    _take(workspace, known)
    for of_another in _OF_ONE_WORKSPACE:
        st.session_state.pop(of_another, None)
    st.query_params[Query.DRAFT] = workspace.id
    dropping.drop_fallen(browsers.note(workspace.id))


def _first(draft: Draft) -> str | None:
    return draft.nodes[0].id if draft.nodes else None


def put(edit: Callable[[Draft], Draft]) -> None:
    """Let what a function makes of the newest draft take its place, as a pipeline to begin with; it can be undone."""

    def replaced(work: Workspace) -> Workspace:
        new = edit(work.draft)
        return work.drafted(new, selected=_first(new), focus="")

    update(replaced)
    st.session_state[Key.SETTLE] = True


def add_behind_selected(name: str) -> bool:
    """Add a transform or a kind of group behind the selected node, and select it.

    Returns:
        Whether it was added: where the pipeline would become too large, a notice says so.
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
    """The workspace with what another window of the same address has done meanwhile; each window keeps its own view."""
    if version(workspace.id) == st.session_state.get(Key.REVISION):
        return workspace
    try:
        newest, known = _read(workspace.id)
    except WorkspaceError:
        return workspace  # gone or damaged: the next change writes this window's
    workspace = replace(workspace, history=newest.history)
    _take(workspace, known)
    return workspace


def _take(workspace: Workspace, known: Revision) -> None:
    st.session_state[Key.WORKSPACE] = workspace
    st.session_state[Key.REVISION] = known


def update(change: Callable[[Workspace], Workspace]) -> None:
    """Change the workspace as it is now, also by another window, and write it to its file.

    Whatever is worked out of the draft is worked out in `change`: outside of it another window may come in between.
    """
    current()  # there is one, before the lock is taken
    with turn():
        workspace = change(current())
        note_unwritten(Key.NOT_WRITTEN, lambda: save(workspace))
        _take(workspace, version(workspace.id))


def note_unwritten(key: Key, write: Callable[[], None]) -> None:
    """Write something; where that fails it lives on in this window only, and `show_unwritten` says so.

    Args:
        key: of the session, where the reason is kept.
        write: may raise OSError.
    """
    st.session_state.pop(key, None)
    try:
        write()
    except OSError as error:
        st.session_state[key] = T.NOT_WRITTEN.format(reason=error.strerror or error)


@contextmanager
def turn() -> Iterator[None]:
    """The lock of the session's draft; without it where none can be made: then nothing can be written either."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(draft_lock(st.session_state[Key.WORKSPACE].id))
        yield


def change(edit: Callable[[Draft], Draft], merge: tuple[str, str] | None = None, **view: Any) -> None:
    """Apply a pure edit to the newest draft and, with it, changes of the view; then save.

    Where the edit is about a node that another window has removed, nothing changes, and a notice says so.
    """
    try:
        update(lambda work: work.drafted(edit(work.draft), merge, **view))
    except MissingNodeError:
        st.session_state[Key.NOTICE] = T.NODE_GONE


def look(**view: Any) -> None:
    """Change what is looked at (fields of `View`), then save. Raises ValueError for what a view cannot be."""
    update(lambda work: work.looking(**view))


def show_unwritten() -> None:
    """Say on the page that the last change is not in its file, where that is so."""
    problems = [st.session_state.get(key) for key in (Key.NOT_WRITTEN, Key.FORM_NOT_WRITTEN)]
    for problem in dict.fromkeys(filter(None, problems)):  # one disk has one reason
        st.warning(escape(problem))
