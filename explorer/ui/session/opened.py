"""The drafts that sessions of this server have opened and may return to. These are never deleted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

import streamlit as st

from explorer.ui.session.keys import Key


class Held:
    """A draft held by a session: it lives in the session state and disappears with it.

    `listed_in` is the file that lists what the browser has opened.
    """

    def __init__(self, draft_id: str, listed_in: Path) -> None:
        self.draft_id, self.listed_in = draft_id, listed_in


_lock = threading.Lock()
_held: WeakSet[Held] = WeakSet()


def hold(draft_id: str, listed_in: Path) -> None:
    """Keep a draft from being deleted while this session lasts."""
    of_session: dict[str, Held] = st.session_state.setdefault(Key.HELD, {})
    if draft_id not in of_session:
        of_session[draft_id] = held = Held(draft_id, listed_in)
        with _lock:
            _held.add(held)


@contextmanager
def unless_held(draft_id: str) -> Iterator[bool]:
    """Yield whether no session holds a draft. None can hold it until the block ends."""
    with _lock:
        yield all(each.draft_id != draft_id for each in _held)


def held() -> tuple[Held, ...]:
    """All drafts that sessions of this server hold."""
    with _lock:
        return tuple(_held)
