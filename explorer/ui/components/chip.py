"""A line at the form of a node that shows in the browser whether the node is in the image that the preview shows."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.ui.components.parts import component

_component = component("chip", shared=("shown",))


def show(node_id: str, never: bool, words: Mapping[str, Any], key: str, on_jump: Callable[[], None]) -> None:
    """Mount the line; it stays hidden while the node is in the image.

    Args:
        node_id: Of the node whose form is shown.
        never: Whether no seed can apply it, so that there is nowhere to jump to.
        words: Its texts.
        key: Of the component.
        on_jump: Called when a person wants a seed with which the node is applied; `wanted` says which.
    """
    _component(data={"node": node_id, "never": never, "words": dict(words)}, key=key, on_jump_change=on_jump)


def wanted(key: str) -> str | None:
    """The node for which a seed was asked, or None."""
    found = getattr(st.session_state.get(key), "jump", None)
    return found if isinstance(found, str) else None
