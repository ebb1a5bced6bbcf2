"""The values of the Train page's form, valid or not, kept in a file so that a reload loses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.base import records
from explorer.settings.fields import DEFAULTS, FIELDS
from explorer.settings.values import changed
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Revision, revision, write_shared

Values = dict[str, Any]

_MOST = 2**53  # the largest whole number that a browser can represent


@dataclass(frozen=True)
class _Kept:
    """The values of a workspace, with the version of the file that they were read from."""

    workspace_id: str
    revision: Revision
    values: Values


def current() -> Values:
    """Return the values of this workspace's form, including changes of other windows."""
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if kept is None or kept.workspace_id != work:
        for drawn in (Key.TRAIN_CURVE_LAST, Key.TRAIN_SEEN):  # they belong to another workspace
            st.session_state.pop(drawn, None)
    elif kept.revision == revision(_file(work)):
        return kept.values
    found = revision(_file(work))  # before reading, so that a change in between is noticed next time
    kept = _Kept(work, found, _load(_file(work)))
    st.session_state[Key.TRAIN_VALUES] = kept
    return kept.values


def before_arrival() -> tuple[Values, bool]:
    """Return the values to begin with on this workspace, and whether it already has a form of its own.

    A workspace without a form takes over the last form of this session, so that data, network and schedule need
    not be chosen again for a new pipeline.
    """
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if _has_form(work):
        return current(), True
    return (dict(DEFAULTS) if kept is None else kept.values), False


def _has_form(work: str) -> bool:
    """Return whether this workspace has a form: in its file, or in this window if it could not be written."""
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    here = kept is not None and kept.workspace_id == work and Key.FORM_NOT_WRITTEN in st.session_state
    return here or revision(_file(work)) is not None


def begin(values: Values) -> None:
    """Begin with a whole form, unless another window has begun one meanwhile."""
    work = workspace.current().id
    _edit(lambda newest: newest if _has_form(work) else _whole(values))


def change(**values: Any) -> None:
    """Change fields, and the fields that follow from them."""
    edit(lambda newest: values)


def edit(changes: Callable[[Values], Values]) -> None:
    """Change the fields that `changes` returns for the newest values, and the fields that follow from them."""
    _edit(lambda newest: changed(newest, changes(newest)))


def fill(values: Mapping[str, Any]) -> None:
    """Replace the whole form, for example by that of an earlier run."""
    _edit(lambda _: _whole(values))


def _whole(values: Mapping[str, Any]) -> Values:
    return {name: values[name] for name in DEFAULTS}


def reset() -> None:
    """Reset all fields to their defaults, except for the kind of data set and its path."""

    def emptied(newest: Values) -> Values:
        kept = {name: newest[name] for name in ("dataset", *(name for name, field in FIELDS.items() if field.is_place))}
        return changed(DEFAULTS, kept)

    _edit(emptied)


def _edit(change: Callable[[Values], Values]) -> None:
    """Change the newest values and write them. Windows of the same workspace take turns."""
    work = workspace.current().id
    workspace.update(lambda work: work)  # an unchanged pipeline has no file yet, and the form is kept beside it
    with workspace.turn():
        values = change(current())
        workspace.note_unwritten(Key.FORM_NOT_WRITTEN, lambda: write_shared(_file(work), values))
        st.session_state[Key.TRAIN_VALUES] = _Kept(work, revision(_file(work)), values)


def _file(workspace_id: str) -> Path:
    return drafts_folder() / f"{workspace_id}.train.json"


def _load(file: Path) -> Values:
    try:
        found = records.parse(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        found = {}
    known = found if isinstance(found, dict) else {}
    return {name: known[name] if _fits(known.get(name), value) else value for name, value in DEFAULTS.items()}


def _fits(found: Any, default: Any) -> bool:
    """Return whether a value from a file has the type of its field and can be represented in a browser."""
    if isinstance(found, list) and not all(isinstance(part, int | str) for part in found):
        return False
    if isinstance(found, dict) and not all(
        isinstance(part, dict) and all(isinstance(value, str) for value in part.values()) for part in found.values()
    ):
        return False
    return type(found) is type(default) and (not isinstance(found, int | float) or abs(found) < _MOST)
