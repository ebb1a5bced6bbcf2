"""The strip of cards from input to output, one for each step with its sampled values."""

from collections.abc import Callable

from explorer.draw.frames import with_words
from explorer.ui.components.parts import component, text_event

_component = component("strip", shared=("frame", "dom"))


def show(data: bytes, chosen: str | None, key: str, on_focus: Callable[[], None]) -> None:
    """Mount the strip or update it. `chosen` is the node whose form is shown."""
    _component(data=with_words(data, chosen=chosen), key=key, on_focus_change=on_focus)


def chosen(key: str) -> str | None:
    """The id of the card that was just chosen, or None."""
    return text_event(key, "focus")
