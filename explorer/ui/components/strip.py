"""The strip of cards from input to output, one for each step with its sampled values."""

from collections.abc import Callable

from explorer.draw.frames import with_words
from explorer.ui.components.parts import component, event

_component = component("strip", shared=("frame", "dom"))


def show(data: bytes, chosen: str | None, key: str, on_focus: Callable[[str], None]) -> None:
    """Mount the strip or update it.

    Args:
        data: The cards.
        chosen: The node whose form is shown.
        key: The key of the component.
        on_focus: Called with the id of a card that a person chooses.
    """
    _component(data=with_words(data, chosen=chosen), key=key, **event(key, "focus", on_focus))
