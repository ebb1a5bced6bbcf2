"""Lets rows of tabs notice that they have lost the focus, on all pages."""

from explorer.ui.components.parts import component

_component = component("tabs", seen=False)


def show(key: str) -> None:
    """Watch all rows of tabs of the page."""
    _component(key=key)
