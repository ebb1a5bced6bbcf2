"""What one person works on: the draft with its history and the view of it, in a file, so that a reload loses nothing.

The file's name is in the address (`?draft=ID`). The id is a random token, so a stranger cannot guess the address of
somebody else's work.
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.augment.edits import add, set_p, set_param
from explorer.augment.files import PipelineFileError, dumps_draft, loads_draft
from explorer.augment.pipeline import Draft
from explorer.runs.atomic import write_bytes_atomic, write_json_atomic
from explorer.runs.paths import home
from explorer.ui.history import History
from explorer.ui.state import Key, Query
from explorer.ui.texts import Augment as T

_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_VERSION = 1
PARTS = ("picture", "mask")  # uploads that belong to a workspace


class WorkspaceError(ValueError):
    """A workspace file that cannot be read."""


@dataclass(frozen=True)
class View:
    """What is looked at, and how: the selected node, the seed, the picture's name."""

    selected: str | None = None
    seed: int = 0
    picture: str = ""


@dataclass(frozen=True)
class Workspace:
    id: str
    history: History
    view: View

    @property
    def is_new(self) -> bool:
        """Whether nothing has been changed or looked at yet."""
        return not self.history.past and not self.history.future and self.view.seed == 0 and not self.view.picture

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
    """The workspace of this session: the open one, else the one in the address, else a new one.

    Raises WorkspaceError where the address names one that cannot be read; a new one is open then.
    """
    if Key.WORKSPACE not in st.session_state:
        asked = st.query_params.get(Query.DRAFT, "")
        if asked and _ID.fullmatch(asked) and _file(asked).exists():
            try:
                st.session_state[Key.WORKSPACE] = load(asked)
            except WorkspaceError:
                open_new(demo_draft())
                raise
        else:
            open_new(demo_draft())
    workspace: Workspace = st.session_state[Key.WORKSPACE]
    # A change of page may clear the browser's address while the server still knows the old one: write it on arrival.
    if st.query_params.get(Query.DRAFT) != workspace.id or st.session_state.get(Key.ADDRESS) != st.context.url:
        st.session_state[Key.ADDRESS] = st.context.url
        st.query_params[Query.DRAFT] = workspace.id
    return workspace


def open_new(draft: Draft) -> None:
    """Start a workspace of its own for `draft`; the earlier one stays under its address."""
    selected = draft.nodes[0].id if draft.nodes else None
    st.session_state[Key.WORKSPACE] = Workspace(secrets.token_urlsafe(16), History(draft), View(selected))


def change(edit: Callable[[Draft], Draft], merge: tuple[str, str] | None = None, **view: Any) -> None:
    """Apply a pure edit to the draft and, with it, changes of the view; then save."""
    workspace = current()
    history = workspace.history.record(edit(workspace.draft), merge)
    keep(replace(workspace, history=history, view=replace(workspace.view, **view)))


def look(**view: Any) -> None:
    """Change what is looked at (`selected`, `seed`, `picture`), then save."""
    workspace = current()
    keep(replace(workspace, view=replace(workspace.view, **view)))


def keep(workspace: Workspace) -> None:
    """Make `workspace` the session's and write it to its file."""
    st.session_state[Key.WORKSPACE] = workspace
    save(workspace)


def save(workspace: Workspace) -> None:
    """Write the workspace to its file, atomically."""
    history = workspace.history
    write_json_atomic(
        _file(workspace.id),
        {
            "version": _VERSION,
            "past": [dumps_draft(draft) for draft in history.past],
            "present": dumps_draft(history.present),
            "future": [dumps_draft(draft) for draft in history.future],
            "view": asdict(workspace.view),
        },
    )


def load(workspace_id: str) -> Workspace:
    """Read a workspace from its file. Raises WorkspaceError with the reason."""
    try:
        record = json.loads(_file(workspace_id).read_text())
        past, future = ([loads_draft(text) for text in record[part]] for part in ("past", "future"))
        history = History(loads_draft(record["present"]), tuple(past), tuple(future))
        known = {field.name for field in fields(View)}
        view = View(**{name: value for name, value in record["view"].items() if name in known})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PipelineFileError) as error:
        raise WorkspaceError(T.DRAFT_DAMAGED.format(reason=error)) from error
    return Workspace(workspace_id, history, view)


def keep_upload(part: str, content: bytes | None) -> None:
    """Keep an uploaded `part` ("picture" or "mask") with the workspace, or drop it where `content` is None."""
    target = _upload(current().id, part)
    if content is None:
        target.unlink(missing_ok=True)
    else:
        write_bytes_atomic(target, content)


def upload(part: str) -> bytes | None:
    """The uploaded `part` of this workspace, or None."""
    target = _upload(current().id, part)
    return target.read_bytes() if target.exists() else None


def _folder() -> Path:
    folder = home() / "drafts"
    folder.mkdir(exist_ok=True)
    return folder


def _file(workspace_id: str) -> Path:
    return _folder() / f"{workspace_id}.json"


def _upload(workspace_id: str, part: str) -> Path:
    if part not in PARTS:
        raise KeyError(part)
    return _folder() / f"{workspace_id}.{part}"
