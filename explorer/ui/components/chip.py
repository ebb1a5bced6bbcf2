"""A line in a node's form that shows whether the node was applied to the image in the preview."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.ui.components.parts import component, event

_component = component("chip", shared=("shown",))


def show(node_id: str, never: bool, words: Mapping[str, Any], key: str, on_jump: Callable[[str], None]) -> None:
    """Mount the line, which stays hidden while the node is applied.

    Args:
        node_id: The node whose form is shown.
        never: Whether no seed can apply the node.
        words: The texts of the line.
        key: The key of the component.
        on_jump: Called with the node when a person asks for a seed that applies it.
    """
    _component(data={"node": node_id, "never": never, "words": dict(words)}, key=key, **event(key, "jump", on_jump))
