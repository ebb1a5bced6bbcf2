"""A line in a node's form that shows whether the node was applied to the image in the preview."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.ui.components.parts import component, text_event

_component = component("chip", shared=("shown",))


def show(node_id: str, never: bool, words: Mapping[str, Any], key: str, on_jump: Callable[[], None]) -> None:
    """Mount the line, which stays hidden while the node is applied.

    Args:
        node_id: The node whose form is shown.
        never: Whether no seed can apply the node.
        words: The texts of the line.
        key: The key of the component.
        on_jump: Called when a person asks for a seed that applies the node; `wanted` returns the node.
    """
    _component(data={"node": node_id, "never": never, "words": dict(words)}, key=key, on_jump_change=on_jump)


def wanted(key: str) -> str | None:
    """The node for which a person has asked for a seed, or None."""
    return text_event(key, "jump")
