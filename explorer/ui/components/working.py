"""A line that says since when something is computed, with a button that cancels it.

The browser counts the seconds and asks the page to look again, so that no script waits and the page stays usable.
"""

from collections.abc import Callable

from explorer.texts import Common
from explorer.ui.components.parts import component, event

POLL_MS = 500

_component = component("working")


def _look(sent: str) -> None: ...


def show(words: str, seconds: float, key: str, on_cancel: Callable[[], object]) -> None:
    """Mount the line, which stays until the page no longer draws it.

    Args:
        words: What is computed, with {seconds}.
        seconds: The time since it began.
        key: The key of the component. It should name what is computed.
        on_cancel: Called when a person cancels it.
    """
    data = {"words": words, "cancel": Common.CANCEL, "seconds": seconds, "poll": POLL_MS}
    cancels = event(key, "cancel", lambda _: on_cancel())
    _component(data=data, key=key, **cancels, **event(key, "look", _look))
