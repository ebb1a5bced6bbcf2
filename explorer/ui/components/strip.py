"""The strip from input to output: a card for each step, and the values that were drawn."""

from collections.abc import Callable

import streamlit as st

from explorer.draw.frames import with_words
from explorer.ui.components.parts import component

_component = component("strip", shared=("frame",))


def show(data: bytes, chosen: str | None, key: str, on_focus: Callable[[], None]) -> None:
    """Mount the strip, or hand a new frame to the one that is mounted. chosen: the node whose form is shown."""
    _component(data=with_words(data, chosen=chosen), key=key, on_focus_change=on_focus)


def chosen(key: str) -> str | None:
    """The id of the card that was just chosen, or None."""
    found = getattr(st.session_state.get(key), "focus", None)
    return found if isinstance(found, str) else None
