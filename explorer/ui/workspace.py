"""What one person works on: the draft with its history and the view of it, in a file, so that a reload loses nothing.

The file's name is in the address (`?draft=ID`). The id is a random token, so a stranger cannot guess the address of
somebody else's work.
"""

import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.augment.edits import add, set_p, set_param
from explorer.augment.files import PipelineFileError, dumps_draft, loads_draft
from explorer.augment.pipeline import Draft
from explorer.runs.atomic import write_json_atomic
from explorer.texts import Augment as T
from explorer.ui import browsers
from explorer.ui.components.markdown import escape
from explorer.ui.history import History
from explorer.ui.state import Key, Query
from explorer.ui.uploads import Stamp, Uploads, draft_file, drafts_lock, stamp
from explorer.ui.view import View

_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_VERSION = 1
_KEPT_TEXTS = 256


class WorkspaceError(ValueError):
    """A workspace file that cannot be read."""


@dataclass(frozen=True)
class Workspace:
    id: str
    history: History
    view: View

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.id)

    @property
    def draft(self) -> Draft:
        return self.history.present


def demo_draft() -> Draft:
    """The pipeline that greets a newcomer: three steps whose effect is seen at once, and mild enough to train with."""
    draft, _ = add(Draft(), "HorizontalFlip", None)
    draft, affine = add(draft, "Affine", None)
    draft = set_param(draft, affine, "scale", [0.9, 1.2])
    draft = set_param(draft, affine, "keep_ratio", True)
    draft = set_param(draft, affine, "rotate", [-15.0, 15.0])
    draft = set_p(draft, affine, 0.8)
    draft, colour = add(draft, "RandomBrightnessContrast", None)
    return set_p(draft, colour, 0.7)


def current() -> Workspace:
    """The workspace of this session; at its beginning the one in the address, else what this browser had last.

    Back and Forward of the browser lead to the one in the address too.
    """
    if Key.WORKSPACE not in st.session_state:
        _begin()
    elif there := _gone_to():
        _enter(there)
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
            _enter(_asked_for(asked))
            return
    except WorkspaceError as error:
        problem = str(error)
    if last := _last():
        _enter(last)
    else:
        open_new(demo_draft())
        st.session_state[Key.GREET] = True
    if problem:
        st.session_state[Key.INSTEAD] = f"{problem} {T.LAST_INSTEAD if last else T.SAMPLE_INSTEAD}"


def _asked_for(draft_id: str) -> Workspace:
    """The workspace of an address. Raises WorkspaceError."""
    if not _ID.fullmatch(draft_id) or _stamp(draft_id) is None:
        raise WorkspaceError(T.DRAFT_UNKNOWN)
    return load(draft_id)


def _last() -> Workspace | None:
    """What this browser had last, of what can be read."""
    for recent in browsers.recent():
        try:
            return load(recent.id)
        except WorkspaceError:
            continue  # who opens its own address is shown why
    return None


def _gone_to() -> Workspace | None:
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
    _enter(new)
    update(lambda work: work)
    return new.id


def open_draft(draft_id: str) -> None:
    """Open an earlier workspace. Raises WorkspaceError."""
    _enter(_asked_for(draft_id))


def _enter(workspace: Workspace) -> None:
    """Make it the session's, with its address; this browser finds it again under Recent."""
    st.session_state[Key.WORKSPACE] = workspace
    st.session_state[Key.STAMP] = _stamp(workspace.id)
    for of_another in (Key.LAST_GOOD, Key.NOT_WRITTEN, Key.UPLOAD_ERROR, Key.REFERENCE_ERROR, Key.INSTEAD):
        st.session_state.pop(of_another, None)
    st.query_params[Query.DRAFT] = workspace.id
    browsers.note(workspace.id)


def _first(draft: Draft) -> str | None:
    return draft.nodes[0].id if draft.nodes else None


def put(draft: Draft | Callable[[Draft], Draft]) -> None:
    """Let another draft take the place of the present one, or what a function makes of it; it can be undone."""
    new = draft(current().draft) if callable(draft) else draft
    change(lambda _: new, selected=_first(new), focus="")
    st.session_state[Key.SETTLE] = True


def _taken_over(workspace: Workspace) -> Workspace:
    """The workspace with what another window of the same address has done meanwhile; each window keeps its own view."""
    if _stamp(workspace.id) == st.session_state.get(Key.STAMP):
        return workspace
    try:
        workspace = replace(workspace, history=load(workspace.id).history)
    except WorkspaceError:
        return workspace  # gone or damaged: the next change writes this window's
    st.session_state[Key.WORKSPACE] = workspace
    st.session_state[Key.STAMP] = _stamp(workspace.id)
    return workspace


def update(change: Callable[[Workspace], Workspace]) -> None:
    """Change the workspace as it is now, also by another window, and write it to its file."""
    current()  # there is one, before the lock is taken
    with _turn():
        workspace = change(current())
        st.session_state[Key.WORKSPACE] = workspace
        st.session_state.pop(Key.NOT_WRITTEN, None)
        try:
            save(workspace)
        except OSError as error:  # the work goes on in this window; the page says that a reload would lose it
            st.session_state[Key.NOT_WRITTEN] = T.NOT_WRITTEN.format(reason=error.strerror or error)
        st.session_state[Key.STAMP] = _stamp(workspace.id)


@contextmanager
def _turn() -> Iterator[None]:
    """The lock of the drafts; without it where none can be made, for then nothing can be written either."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(drafts_lock())
        yield


def change(edit: Callable[[Draft], Draft], merge: tuple[str, str] | None = None, **view: Any) -> None:
    """Apply a pure edit to the draft and, with it, changes of the view; then save."""
    update(
        lambda workspace: replace(
            workspace,
            history=workspace.history.record(edit(workspace.draft), merge),
            view=_seen(workspace.view, view),
        )
    )


def look(**view: Any) -> None:
    """Change what is looked at (fields of `View`), then save. Raises ValueError for what a view cannot be."""
    update(lambda workspace: replace(workspace, view=_seen(workspace.view, view)))


def _seen(view: View, changes: Mapping[str, Any]) -> View:
    """The view with some fields changed; with another selection comes its card, unless a card is chosen too."""
    if "selected" in changes and "focus" not in changes:
        view = view.choosing(changes["selected"])
    return replace(view, **changes)


def save(workspace: Workspace) -> None:
    """Write the workspace to its file, atomically."""
    history = workspace.history
    write_json_atomic(
        draft_file(workspace.id),
        {
            "version": _VERSION,
            "past": [_text(draft) for draft in history.past],
            "present": _text(history.present),
            "future": [_text(draft) for draft in history.future],
            "view": asdict(workspace.view),
        },
    )


_texts: OrderedDict[int, tuple[Draft, str]] = OrderedDict()


def _text(draft: Draft) -> str:
    """The draft as JSON. The whole history is written with each change, and all of it but one draft was before."""
    known = _texts.get(id(draft))
    if known is None or known[0] is not draft:
        known = (draft, dumps_draft(draft))
    _texts[id(draft)] = known
    _texts.move_to_end(id(draft))
    while len(_texts) > _KEPT_TEXTS:
        _texts.popitem(last=False)
    return known[1]


def load(workspace_id: str) -> Workspace:
    """Read a workspace from its file. Raises WorkspaceError with the reason."""
    try:
        record = json.loads(draft_file(workspace_id).read_text())
        past, future = ([loads_draft(text) for text in record[part]] for part in ("past", "future"))
        history = History(loads_draft(record["present"]), tuple(past), tuple(future))
        view = View(**record["view"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PipelineFileError) as error:
        raise WorkspaceError(T.DRAFT_DAMAGED.format(reason=error)) from error
    return Workspace(workspace_id, history, view)


def _stamp(workspace_id: str) -> Stamp:
    try:
        return stamp(draft_file(workspace_id))
    except OSError:
        return None  # not even its folder can be made
