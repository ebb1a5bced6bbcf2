"""Pictures to choose from: one component, whatever their number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.draw import frames
from explorer.ui.components.parts import component

_component = component("gallery", shared=("frame",))


@dataclass(frozen=True)
class Choice:
    """picture: JPEG."""

    name: str
    title: str
    chosen: bool
    picture: bytes


def show(choices: Sequence[Choice], label: str, key: str, on_toggle: Callable[[], None]) -> None:
    """Mount the gallery; `toggled(key)` says which picture was chosen or put back."""
    data = frames.pack({"rows": list(choices), "label": label})
    _component(data=data, key=key, on_toggle_change=on_toggle)


def toggled(key: str) -> str | None:
    """The name of the picture that was just clicked, or None."""
    found = getattr(st.session_state.get(key), "toggle", None)
    return found if isinstance(found, str) else None
