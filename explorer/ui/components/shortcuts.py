"""Keys that work on every page: "?" opens the help."""

from explorer.ui.components.parts import component

_component = component("shortcuts")


def show(help_page: str, key: str) -> None:
    """Listen for the keys. help_page: the last part of the address of the Help page."""
    _component(data={"help": help_page}, key=key)
