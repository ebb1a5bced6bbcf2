"""Before and after with mask, boxes and keypoints as layers: one component, one binary frame for each change."""

from explorer.ui.components.parts import component

_component = component("preview", shared=("frame", "layers", "large", "shown"))


def show(data: bytes, key: str) -> None:
    """Mount the preview, or hand a new frame (`draw.preview`) to the one that is mounted."""
    _component(data=data, key=key)
