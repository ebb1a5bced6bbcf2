"""The image before and after the pipeline, with mask, boxes and keypoints as layers."""

from collections.abc import Callable

from explorer.draw import frames
from explorer.ui.components.parts import component, event

_component = component("preview", shared=("frame", "indices", "layers", "large", "shown"))


def show(data: bytes, key: str, on_painted: Callable[[str], None] | None = None) -> None:
    """Mount the preview or update it with a new frame of `draw.preview`.

    Args:
        data: The frame.
        key: The key of the component.
        on_painted: Called when the browser has painted this frame; with None the browser sends no message about it.
    """
    if on_painted is None:
        _component(data=data, key=key)
    else:
        data = frames.with_words(data, awaited=True)
        _component(data=data, key=key, **event(key, "painted", on_painted))
