"""The drafts that a browser has opened, for File > Recent and for an address without a draft.

There is no login. A random token in a cookie identifies a browser, as the token in its address identifies a draft.
Without the token nobody can list what the browser has opened, or add to it. Each list is a file in
`EXPLORER_HOME/browsers/`, named after a hash of the token so that file names do not reveal tokens.
"""

import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeGuard

import streamlit as st
from filelock import FileLock

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.ui.components import carrier
from explorer.ui.keeping.places import browsers_folder
from explorer.ui.session import opened
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.session.opened import Held
from explorer.ui.session.uploads import Stamp, draft_file, stamp

COOKIE = "explorer_browser"
MOST = 100  # drafts that are remembered of a browser
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,32}")
_VERSION = 1
_NOTED_FOR_S = 86_400.0


@dataclass(frozen=True)
class Recent:
    """A draft that the browser has opened.

    Attributes:
        steps: The transforms and groups at the top level, in order.
        is_touched: Whether it has a name or was edited.
        used: When it was last changed or opened, in seconds since 1970.
    """

    id: str
    name: str
    steps: tuple[str, ...]
    is_touched: bool
    used: float


def token() -> str:
    """The token in the browser's cookie, or a new one that `carry` puts there."""
    known: str | None = st.session_state.get(Key.BROWSER)
    if known is None:
        found = st.context.cookies.get(COOKIE)
        known = found if _is_token(found) else secrets.token_urlsafe(16)
        st.session_state[Key.BROWSER] = known
    return known


def carry(draft_id: str) -> None:
    """Put the token into the browser's cookie and the draft into the links of the top bar. Called once on each page."""
    key = widget_key("carrier")
    carrier.show(COOKIE, token(), Query.DRAFT, draft_id, key, on_token=lambda found: _become(found, draft_id))


def _become(found: str, draft_id: str) -> None:
    """Use the token that another page, opened at the same time, has put into the cookie."""
    if _is_token(found) and found != token():
        st.session_state[Key.BROWSER] = found
        note(draft_id)


def _is_token(found: Any) -> TypeGuard[str]:
    return isinstance(found, str) and _TOKEN.fullmatch(found) is not None


def hold(draft_id: str) -> None:
    """Keep a draft from being deleted while this session lasts."""
    with suppress(OSError):  # where no list can be made nothing is cleared either
        opened.hold(draft_id, _file())


def note(draft_id: str) -> tuple[str, ...]:
    """Add a draft to this browser's list, and return the drafts that no longer fit into it."""
    hold(draft_id)
    try:
        return _note(draft_id, _file())
    except OSError:
        return ()  # the page says of the draft itself that nothing can be written


def note_all(held: Iterable[Held]) -> None:
    """Note that drafts are still open, unless that was noted within a day. Raises OSError."""
    for each in held:
        noted = _opened(each.listed_in).get(each.draft_id, 0.0)
        if each.listed_in.parent == browsers_folder() and noted < time.time() - _NOTED_FOR_S:
            _note(each.draft_id, each.listed_in)


def _note(draft_id: str, file: Path) -> tuple[str, ...]:
    with FileLock(file.with_suffix(".lock")):
        when = {**_opened(file), draft_id: time.time()}
        ranked = sorted(when, key=when.__getitem__, reverse=True)
        write_json_atomic(file, {"version": _VERSION, "drafts": {name: when[name] for name in ranked[:MOST]}})
    return tuple(ranked[MOST:])


def opened_last() -> Mapping[str, float]:
    """When any browser last opened each draft, in seconds since 1970. Raises OSError."""
    found: dict[str, float] = {}
    for file in browsers_folder().glob("*.json"):
        for draft_id, when in _opened(file).items():
            found[draft_id] = max(found.get(draft_id, 0.0), when)
    return found


def recent() -> tuple[Recent, ...]:
    """The existing drafts that this browser has opened, most recently used first."""
    try:
        found = [read(draft_id, when) for draft_id, when in _opened(_file()).items()]
    except OSError:
        return ()  # there is no home that could be read
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.used, reverse=True))


def _opened(file: Path) -> Mapping[str, float]:
    drafts = (read_json_object(file) or {}).get("drafts")
    known = drafts.items() if isinstance(drafts, dict) else ()
    return {name: float(when) for name, when in known if _is_token(name) and isinstance(when, int | float)}


def read(draft_id: str, opened_last: float = 0.0) -> Recent | None:
    """Read a draft's summary from its file. None if it is gone or damaged."""
    return _read(draft_id, stamp(draft_file(draft_id)), opened_last)


@lru_cache(maxsize=256)
def _read(draft_id: str, version: Stamp, opened: float) -> Recent | None:
    record = read_json_object(draft_file(draft_id)) if version is not None else None
    if record is None or version is None:
        return None
    try:
        draft = json.loads(record["present"])
        steps = tuple(str(node.get("transform") or node["kind"]) for node in draft["nodes"])
        name = str(draft.get("name", ""))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # damaged: its own address shows why
    touched = bool(record.get("past") or record.get("future") or name)
    return Recent(draft_id, name, steps, touched, max(opened, version[0] / 1e9))


def _file() -> Path:
    folder = browsers_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{blake2b(token().encode(), digest_size=16).hexdigest()}.json"
