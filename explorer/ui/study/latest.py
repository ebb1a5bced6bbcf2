"""What is known of a study: computed in a thread, with the last result shown while a newer one is computed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

import streamlit as st

from explorer.ui.background import jobs
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.later import Later

Found = TypeVar("Found")
EVERY_SECONDS = 0.5  # while the result of a study that is over is computed


class Latest(Generic[Found]):
    """Results by study, shared by all sessions. kept: Studies whose last result is shown meanwhile."""

    def __init__(self, kept: int = 32) -> None:
        self._kept = kept
        self._later: Later[Found | None] = Later()
        self._last: OrderedDict[Hashable, Found] = OrderedDict()

    def get(self, study: Hashable, state: Hashable, compute: Callable[[], Found | None]) -> Found | None:
        """Return the newest result that is there; None before the first.

        Args:
            study: Identifies the study and what is asked of it.
            state: What of it is done: another state is computed again.
            compute: Computes the result.

        Raises:
            Exception: What `compute` raises.
        """
        found = self._later.get((study, state), compute)
        if found is not None:
            self._last[study] = found
            self._last.move_to_end(study)
            while len(self._last) > self._kept:
                self._last.popitem(last=False)
        return self._last.get(study)

    def computes(self, study: Hashable, state: Hashable) -> bool:
        """Return whether the result of this state of a study is being computed."""
        return self._later.computes((study, state))


def watch(
    over: bool,
    look: Callable[[], Found | None],
    computes: Callable[[], bool],
    draw: Callable[[Found], None],
    nothing: Callable[[], None],
    damaged: str = "{reason}",
) -> None:
    """Draw what is known of a study, and again once a newer result is computed.

    Args:
        over: Whether the study has ended. While it works, the fragment of the whole page draws it each second.
        look: Returns what is known, and starts a computation where there is a newer state. It raises ValueError for a
            damaged record, whose message is shown.
        computes: Whether the newest result is being computed.
        draw: Draws what is known.
        nothing: Says why nothing is known.
        damaged: The message for a damaged record, with a place for its `reason`.
    """

    def body() -> None:
        try:
            found = look()
        except ValueError as error:
            st.error(escape(damaged.format(reason=error)))
            return
        if found is None:
            nothing()
        else:
            draw(found)

    if not over:
        body()
        return
    with suppress(ValueError):  # `body` says so
        look()
    jobs.watch(computes(), computes, body, EVERY_SECONDS)
