"""The image before and after the pipeline, with mask, boxes and keypoints as layers."""

from explorer.ui.components.parts import component

_component = component("preview", shared=("frame", "indices", "layers", "large", "shown"))


def show(data: bytes, key: str) -> None:
    """Mount the preview or update it with a new frame of `draw.preview`."""
    _component(data=data, key=key)
