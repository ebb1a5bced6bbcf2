"""Scrolls to a widget and focuses it, for links that lead to a field."""

import re

from explorer.ui.components.parts import component

_component = component("focus", seen=False)


def show(widget: str, landing: str, key: str, *, reveals: bool = False) -> None:
    """Focus the widget with the key `widget`, once for each value of `landing`.

    Args:
        widget: The key of a widget or a container.
        landing: Another one for each time.
        key: The key of the component.
        reveals: Whether the page only scrolls to it, and only where it is not seen; the focus stays.
    """
    # Streamlit makes a CSS class of a key: all but letters, digits, dashes and underscores become dashes.
    _component(data={"field": re.sub(r"[^a-zA-Z0-9_-]", "-", widget), "landing": landing, "reveals": reveals}, key=key)
