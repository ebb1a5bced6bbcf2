"""The keyboard shortcut of all pages: "?" opens the help."""

from explorer.ui.components.parts import component

_component = component("shortcuts", seen=False)


def show(help_page: str, key: str) -> None:
    """Listen for the key. `help_page` is the last part of the Help page's address."""
    _component(data={"help": help_page}, key=key)
