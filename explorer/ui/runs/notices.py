"""Tells a person on whatever page that a run has ended, and looks after the runs meanwhile.

A fragment with a clock of its own, and only while some run is not over.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.runs.life import housekeeping
from explorer.runs.overview.summary import RunSummary, summaries
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
MOST_WHY = 160  # characters of a reason: the page of the run has all of it

ICONS = {
    State.FINISHED: ":material/check_circle:",
    State.STOPPED: ":material/stop_circle:",
    State.FAILED: ":material/error:",
    State.LOST: ":material/error:",
}
SEVERAL = ":material/done_all:"


@dataclass(frozen=True)
class Seen:
    """What a session remembers of a look. time: seconds since 1970. living, known: ids."""

    time: float
    living: frozenset[str]
    known: frozenset[str]


@dataclass(frozen=True)
class Look:
    """All runs at one moment. time: seconds since 1970, not after it."""

    time: float
    runs: tuple[RunSummary, ...]

    @property
    def living(self) -> frozenset[str]:
        """The ids of runs that are not over."""
        return frozenset(run.id for run in self.runs if not run.status.over)


class _Last:
    """The last look, shared by all sessions."""

    key: tuple[Path, int] | None = None
    made = 0.0
    look = Look(0.0, ())


_last = _Last()


def forget() -> None:
    """Let the next look be a new one: this page has just changed something."""
    _last.key = None


def look() -> Look:
    """How things stood a moment ago, for all sessions. Raises OSError where the home cannot be read.

    Each move of a slider asks, before the picture is drawn, and each tick of a list; a look at 2,000 runs takes 10 ms.
    """
    root = runs_root()
    key = (root, root.stat().st_mtime_ns)  # a run that was started or deleted is seen at once
    if _last.key != key or time.monotonic() - _last.made > KNOWN_FOR_S:
        _last.key, _last.made, _last.look = key, time.monotonic(), _now()
    return _last.look


def _now() -> Look:
    return Look(time.time(), summaries())


def show(first: Look, *, on_runs: bool) -> None:
    """Tell what has ended, and look again while a run lives. To be called once on each page, after all else.

    first: what this page was drawn by. on_runs: this is the page that can
    show a run: others may still have the last one in their address.
    """
    looks, count = [first], len(first.living)

    def body() -> None:
        now = looks.pop() if looks else look()
        reported = _report(_ended(now), st.query_params.get(Query.RUN) if on_runs else None)
        housekeeping.tend(now.runs)
        # Not in a look that reported something: a message that the browser has not got yet would be lost.
        if not reported and len(now.living) != count:
            forget()
            st.rerun()  # only the whole page can change the clock, and what the navigation says

    st.fragment(body, run_every=EVERY_SECONDS if count else None)()


def _ended(now: Look) -> list[RunSummary]:
    """Which runs have ended since this session looked last; none at its first look."""
    before: Seen | None = st.session_state.get(Key.RUNS_SEEN)
    if before is not None and now.time < before.time:
        return []  # this session has seen a later moment
    st.session_state[Key.RUNS_SEEN] = Seen(now.time, now.living, frozenset(run.id for run in now.runs))
    if before is None:
        return []
    return [run for run in now.runs if run.status.over and _is_news(run, before)]


def _is_news(run: RunSummary, before: Seen) -> bool:
    # One that came and ended between two looks is news; one that was restored or copied is not: it ended long ago.
    return run.id in before.living or (run.id not in before.known and run.status.since >= before.time)


def _report(ended: Sequence[RunSummary], open_run: str | None) -> bool:
    """A message for what has ended; not for the run whose page is open, which says it itself."""
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
    reason = escape(_cut(run.status.reason))
    return words.format(name=escape(run.name), state=Runs.STATES[state], score=score, reason=reason)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_WHY else f"{text[:MOST_WHY]}…"


def _several(runs: Sequence[RunSummary]) -> str:
    lines = [T.ENDED_SEVERAL.format(count=len(runs)), *map(_line, runs[:MOST_NAMED])]
    if len(runs) > MOST_NAMED:
        lines.append(Common.AND_MORE.format(count=len(runs) - MOST_NAMED))
    return "  \n".join(lines)


def _line(run: RunSummary) -> str:
    score = headline(run)
    words = T.ENDED_LINE_SCORE if score else T.ENDED_LINE
    return words.format(name=escape(run.name), state=Runs.STATES[run.status.state], score=score)
