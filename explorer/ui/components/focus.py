"""Brings a widget into sight and gives it the focus: for links that lead to a field."""

import re

from explorer.ui.components.parts import component

_component = component("focus")


def show(widget: str, landing: str, key: str) -> None:
    """Focus the widget of this key. landing: a name of the occasion; each is obeyed once."""
    # Streamlit makes a class of a key by putting a dash for all that is not a letter, a digit, a dash or a line.
    _component(data={"field": re.sub(r"[^a-zA-Z0-9_-]", "-", widget), "landing": landing}, key=key)
