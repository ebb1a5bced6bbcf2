"""What one browser has opened: for File > Recent, and for the address without a draft.

There is no login. A browser is known by a random token in a cookie, as a draft is known by the one in its address: who
does not have the token can neither list what it opened nor add to it. The list is a file of `EXPLORER_HOME/browsers/`,
named after a hash of the token, so that the names of files give no token away.
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
from explorer.ui.session.keys import Key, Query
from explorer.ui.session.opened import Held
from explorer.ui.session.uploads import Stamp, draft_file, stamp

COOKIE = "explorer_browser"
MOST = 100  # drafts that are remembered of a browser
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,32}")
_VERSION = 1
_NOTED_FOR_S = 86_400.0


@dataclass(frozen=True)
class Recent:
    """A draft that the browser has opened. steps: transforms and groups at the top, in order. used: seconds since 1970
    of its last change, or of when it was opened last.
    """

    id: str
    name: str
    steps: tuple[str, ...]
    is_touched: bool
    used: float


def token() -> str:
    """The token of this session's browser: that of its cookie, else a new one, which the page puts into the cookie."""
    known: str | None = st.session_state.get(Key.BROWSER)
    if known is None:
        found = st.context.cookies.get(COOKIE)
        known = found if _is_token(found) else secrets.token_urlsafe(16)
        st.session_state[Key.BROWSER] = known
    return known


def carry(draft_id: str) -> None:
    """Put the token into the browser's cookie, and the draft into the links of the top bar; once on each page."""
    carrier.show(
        COOKIE, token(), Query.DRAFT, draft_id, key=Key.CARRIER,
        on_token=lambda: _become(carrier.found(Key.CARRIER), draft_id),
    )  # fmt: skip


def _become(found: Any, draft_id: str) -> None:
    """Take over the token that the browser has meanwhile, from a page that it opened at the same time."""
    if _is_token(found) and found != token():
        st.session_state[Key.BROWSER] = found
        note(draft_id)


def _is_token(found: Any) -> TypeGuard[str]:
    return isinstance(found, str) and _TOKEN.fullmatch(found) is not None


def hold(draft_id: str) -> None:
    """Let a draft stay as long as this session does, whatever its age."""
    with suppress(OSError):  # where no list can be made nothing is cleared either
        opened.hold(draft_id, _file())


def note(draft_id: str) -> tuple[str, ...]:
    """Remember that this browser has opened a draft. A list that cannot be written costs only the list.

    Returns:
        The drafts that fell off the end of the list, since it has `MOST` others.
    """
    hold(draft_id)
    try:
        return _note(draft_id, _file())
    except OSError:
        return ()  # the page says of the draft itself that nothing can be written


def note_all(held: Iterable[Held]) -> None:
    """Remember that drafts are open still; one that was noted within a day needs no more. Raises OSError."""
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
    """Draft -> when some browser has opened it last, in seconds since 1970. Raises OSError."""
    found: dict[str, float] = {}
    for file in browsers_folder().glob("*.json"):
        for draft_id, when in _opened(file).items():
            found[draft_id] = max(found.get(draft_id, 0.0), when)
    return found


def recent() -> tuple[Recent, ...]:
    """The drafts that this browser has opened and that are still there, the one that was used last first."""
    try:
        found = [read(draft_id, when) for draft_id, when in _opened(_file()).items()]
    except OSError:
        return ()  # there is no home that could be read
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.used, reverse=True))


def _opened(file: Path) -> Mapping[str, float]:
    """Draft -> when it was opened last, in seconds since 1970."""
    drafts = (read_json_object(file) or {}).get("drafts")
    known = drafts.items() if isinstance(drafts, dict) else ()
    return {name: float(when) for name, when in known if _is_token(name) and isinstance(when, int | float)}


def read(draft_id: str, opened_last: float = 0.0) -> Recent | None:
    """What is known of a draft without opening it; None where it is gone or damaged."""
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
        return None  # damaged: who opens its address is shown why
    touched = bool(record.get("past") or record.get("future") or name)
    return Recent(draft_id, name, steps, touched, max(opened, version[0] / 1e9))


def _file() -> Path:
    folder = browsers_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{blake2b(token().encode(), digest_size=16).hexdigest()}.json"
