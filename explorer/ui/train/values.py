"""What the Train page's form holds: plain values, right or wrong, kept in a file so that a reload loses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.base import records
from explorer.data.specs import FORMATS
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Revision, revision, write_shared
from explorer.ui.train.fields import DEFAULTS, FIELDS

Values = dict[str, Any]

_MOST = 2**53  # a browser counts no further


@dataclass(frozen=True)
class _Kept:
    """The values of a workspace, and which version of their file they are."""

    workspace_id: str
    revision: Revision
    values: Values


def current() -> Values:
    """The form's values of this workspace, in the newest version of their file: another window may have changed it."""
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if kept is None or kept.workspace_id != work:
        for drawn in (Key.TRAIN_CURVE_LAST, Key.TRAIN_SEEN):  # of another workspace
            st.session_state.pop(drawn, None)
    elif kept.revision == revision(_file(work)):
        return kept.values
    found = revision(_file(work))  # before it is read: a version that comes in between is read next time
    kept = _Kept(work, found, _load(_file(work)))
    st.session_state[Key.TRAIN_VALUES] = kept
    return kept.values


def before_arrival() -> tuple[Values, bool]:
    """The values to begin with on this workspace, and whether it has a form of its own already.

    A workspace without one takes over the form that this session showed last: a new pipeline is no reason to choose
    data, network and schedule again.
    """
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if _has_form(work):
        return current(), True
    return (dict(DEFAULTS) if kept is None else kept.values), False


def _has_form(work: str) -> bool:
    """Whether there is a form of this workspace: in its file, or in this window where it could not be written."""
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    here = kept is not None and kept.workspace_id == work and Key.FORM_NOT_WRITTEN in st.session_state
    return here or revision(_file(work)) is not None


def begin(values: Values) -> None:
    """Take over a whole form to begin with, unless another window has begun one meanwhile."""
    work = workspace.current().id
    _edit(lambda newest: newest if _has_form(work) else _whole(values))


def change(**values: Any) -> None:
    """Take over what was typed or chosen, and keep it."""
    edit(lambda newest: values)


def edit(changes: Callable[[Values], Values]) -> None:
    """Take over the fields that `changes` makes of the newest values, and what follows from them; the others stay."""

    def changed(newest: Values) -> Values:
        found = changes(newest)
        return newest | found | following(found)

    _edit(changed)


def following(values: Values) -> Values:
    """What follows from a choice."""
    # What the network should see: a demo on small pictures need not wait for large ones.
    return {"image_size": FORMATS[values["dataset"]].network_size} if "dataset" in values else {}


def fill(values: Mapping[str, Any]) -> None:
    """Take over a whole form, such as that of an earlier run."""
    _edit(lambda _: _whole(values))


def _whole(values: Mapping[str, Any]) -> Values:
    return {name: values[name] for name in DEFAULTS}


def reset() -> None:
    """Back to the defaults, but for the kind of data set and its folder; where it was filled from is forgotten."""

    def emptied(newest: Values) -> Values:
        kept = {name: newest[name] for name in ("dataset", *(name for name, field in FIELDS.items() if field.is_place))}
        return dict(DEFAULTS) | kept | following(kept)

    _edit(emptied)


def _edit(change: Callable[[Values], Values]) -> None:
    """Change the newest version of the values, and keep them. Windows of one address take turns."""
    work = workspace.current().id
    workspace.update(lambda work: work)  # an unchanged pipeline has no file yet, and the form is kept beside it
    with workspace.turn():
        changed = change(current())
        workspace.note_unwritten(Key.FORM_NOT_WRITTEN, lambda: write_shared(_file(work), changed))
        st.session_state[Key.TRAIN_VALUES] = _Kept(work, revision(_file(work)), changed)


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
    """Whether a value of a file is one that a field takes, such as a number that browsers can count to."""
    if isinstance(found, list) and not all(isinstance(part, int | str) for part in found):
        return False
    return type(found) is type(default) and (not isinstance(found, int | float) or abs(found) < _MOST)
