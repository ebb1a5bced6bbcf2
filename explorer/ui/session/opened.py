"""Which drafts the sessions of this server have open, or had open and may come back to: these are never cleared."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

import streamlit as st

from explorer.ui.session.keys import Key


class Held:
    """Lies in the state of a session and goes with it. listed_in: the browser's list of what it has opened."""

    def __init__(self, draft_id: str, listed_in: Path) -> None:
        self.draft_id, self.listed_in = draft_id, listed_in


_lock = threading.Lock()
_held: WeakSet[Held] = WeakSet()


def hold(draft_id: str, listed_in: Path) -> None:
    """Let the draft stay as long as this session does."""
    of_session: dict[str, Held] = st.session_state.setdefault(Key.HELD, {})
    if draft_id not in of_session:
        of_session[draft_id] = held = Held(draft_id, listed_in)
        with _lock:
            _held.add(held)


@contextmanager
def unless_held(draft_id: str) -> Iterator[bool]:
    """Whether no session holds a draft; none can take hold of it until the block ends."""
    with _lock:
        yield all(each.draft_id != draft_id for each in _held)


def held() -> tuple[Held, ...]:
    """What the sessions of this server hold."""
    with _lock:
        return tuple(_held)
