"""Announces on every page that a run has ended, and does the housekeeping of runs.

A timed fragment does both while some run is not over.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.base.words import cut
from explorer.runs.life import housekeeping
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.record.paths import runs_root
from explorer.runs.state.status import State
from explorer.texts import Common, Runs
from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.state_badge import headline
from explorer.ui.session.keys import Key, Query

EVERY_SECONDS = 2.0
KNOWN_FOR_S = 1.5
MOST_NAMED = 5
MOST_WHY = 160  # characters of a reason; the page of the run has all of it

ICONS = {
    State.FINISHED: ":material/check_circle:",
    State.STOPPED: ":material/stop_circle:",
    State.FAILED: ":material/error:",
    State.LOST: ":material/error:",
}
SEVERAL = ":material/done_all:"


@dataclass(frozen=True)
class Seen:
    """The ids of all runs (`known`) and of those not over that a session saw at `time`, in seconds since 1970."""

    time: float
    living: frozenset[str]
    known: frozenset[str]


@dataclass(frozen=True)
class Look:
    """All runs at one moment. `time`, in seconds since 1970, is when reading began."""

    time: float
    runs: tuple[RunSummary, ...]

    @property
    def living(self) -> frozenset[str]:
        """The ids of runs that are not over."""
        return frozenset(run.id for run in self.runs if not run.status.over)


class _Last:
    """The last look, which all sessions share."""

    key: tuple[Path, int] | None = None
    made = 0.0
    look = Look(0.0, ())


_last = _Last()


def forget() -> None:
    """Make the next look a new one, after a change of runs."""
    _last.key = None


def look() -> Look:
    """All runs, at most `KNOWN_FOR_S` ago. Raises OSError if the home cannot be read.

    Every run of a page calls this before it draws, and reading 2,000 runs takes 10 ms.
    """
    root = runs_root()
    key = (root, root.stat().st_mtime_ns)  # so that a started or deleted run is seen at once
    if _last.key != key or time.monotonic() - _last.made > KNOWN_FOR_S:
        _last.key, _last.made, _last.look = key, time.monotonic(), Look(time.time(), summaries())
    return _last.look


def show(first: Look, *, on_runs: bool) -> None:
    """Announce runs that have ended, and look again while a run is not over. Call it once, at the end of a page.

    Args:
        first: The look that this page was drawn with.
        on_runs: Whether this is the Runs page. Other pages may have a run in their address without showing it.
    """
    looks, count = [first], len(first.living)

    def body() -> None:
        now = looks.pop() if looks else look()
        reported = _report(_ended(now), st.query_params.get(Query.RUN) if on_runs else None)
        housekeeping.tend(now.runs)
        # Not after a report, because a rerun would lose a message that the browser does not have yet.
        if not reported and len(now.living) != count:
            forget()
            st.rerun()  # only the whole page can change the timer and the navigation

    st.fragment(body, run_every=EVERY_SECONDS if count else None)()


def _ended(now: Look) -> list[RunSummary]:
    """The runs that have ended since the last look of this session; none at its first look."""
    before: Seen | None = st.session_state.get(Key.RUNS_SEEN)
    if before is not None and now.time < before.time:
        return []  # this session has already seen a later look
    st.session_state[Key.RUNS_SEEN] = Seen(now.time, now.living, frozenset(run.id for run in now.runs))
    if before is None:
        return []
    return [run for run in now.runs if run.status.over and _is_news(run, before)]


def _is_news(run: RunSummary, before: Seen) -> bool:
    # A run may start and end between two looks. One that was restored or copied has ended long ago.
    return run.id in before.living or (run.id not in before.known and run.status.since >= before.time)


def _report(ended: Sequence[RunSummary], open_run: str | None) -> bool:
    """Show a message about runs that have ended, except the one whose page is open. Return whether there is one."""
    news = [run for run in ended if run.id != open_run]
    if len(news) == 1:
        st.toast(_one(news[0]), icon=ICONS[news[0].status.state], duration="long")
    elif news:
        st.toast(_several(news), icon=SEVERAL, duration="long")
    return bool(news)


def _one(run: RunSummary) -> str:
    state, score = run.status.state, headline(run)
    if state is State.FINISHED and score:
        words = T.ENDED_SCORE
    elif state in (State.FAILED, State.LOST):
        words = T.ENDED_WHY
    else:
        words = T.ENDED
    reason = escape(cut(run.status.reason, MOST_WHY))
    return words.format(name=escape(run.name), state=Runs.STATES[state], score=score, reason=reason)


def _several(runs: Sequence[RunSummary]) -> str:
    lines = [T.ENDED_SEVERAL.format(count=len(runs)), *map(_line, runs[:MOST_NAMED])]
    if len(runs) > MOST_NAMED:
        lines.append(Common.AND_MORE.format(count=len(runs) - MOST_NAMED))
    return "  \n".join(lines)


def _line(run: RunSummary) -> str:
    score = headline(run)
    words = T.ENDED_LINE_SCORE if score else T.ENDED_LINE
    return words.format(name=escape(run.name), state=Runs.STATES[run.status.state], score=score)
