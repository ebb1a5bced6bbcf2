"""A gallery of pictures to choose from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.draw import frames
from explorer.ui.components.parts import component, text_event

_component = component("gallery", shared=("frame",))


@dataclass(frozen=True)
class Choice:
    """A picture of the gallery, as JPEG."""

    name: str
    title: str
    chosen: bool
    picture: bytes


def show(choices: Sequence[Choice], label: str, key: str, on_toggle: Callable[[], None]) -> None:
    """Mount the gallery. After `on_toggle`, `toggled` returns the picture that was chosen or deselected."""
    data = frames.pack({"rows": list(choices), "label": label})
    _component(data=data, key=key, on_toggle_change=on_toggle)


def toggled(key: str) -> str | None:
    """The name of the picture that was just clicked, or None."""
    return text_event(key, "toggle")
