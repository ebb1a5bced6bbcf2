"""Housekeeping that every page and command does when it reads runs; there is no daemon.

`tend` restarts waiting runs whose process died before their turn, removes tickets of runs that do not wait, escalates
stops that were not answered, and ends processes that outlive their run: workers of killed trainers, processes that
remain after an outcome, and those whose run's folder is gone.
"""

import contextlib
import threading
import time
from collections.abc import Sequence

from explorer.base import locks
from explorer.base.atomic import read_json_object
from explorer.base.processes import Moment
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life import announcing, process
from explorer.runs.life.control import stop_age
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.queue import queue
from explorer.runs.queue.queue import QueueError, Waiting
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.reasons import reason
from explorer.runs.state.escalation import end_after_outcome, end_leftovers, end_orphan, escalate
from explorer.runs.state.status import State

MOST_TRIES = 3  # within one boot: a process that dies so often before its turn is not started again
_EVERY_S = 1.0
_OLD_S = 86400.0  # a run that ended longer ago is not announced
_turn = threading.Lock()
_last = -_EVERY_S
_settled: set[tuple[RunPaths, float]] = set()  # runs that are over, and since when, with nothing left to do


def tend(runs: Sequence[RunSummary] | None = None) -> None:
    """Do what is due, at most once a second in this process.

    A queue that another process holds, or a process of another user, is left to a later call; the state of the run
    shows it.

    Args:
        runs: All runs, if the caller has read them.

    Raises:
        OSError: The home cannot be read.
    """
    global _last  # one clock for all sessions of a server
    if not _turn.acquire(blocking=False):
        return
    try:
        if time.monotonic() - _last < _EVERY_S:
            return
        _queue()
        for holder in queue.orphans():
            with contextlib.suppress(Unreachable):
                end_orphan(holder)
        for run in summaries() if runs is None else runs:
            _run(run)
        _last = time.monotonic()
    finally:
        _turn.release()


def _run(run: RunSummary) -> None:
    if not run.status.over:
        _stop(run.paths)
    elif (key := (run.paths, run.status.since)) not in _settled:
        if announcing.due(run.paths):
            announcing.announce(run.paths, run.status, aloud=_is_news(run))
        # Tried again at the next call until none is left: even SIGKILL may have to wait for a disk.
        with contextlib.suppress(Unreachable):
            if run.status.state is not State.LOST or end_leftovers(run.paths) == 0:
                _settled.add(key)


def _is_news(run: RunSummary) -> bool:
    launch = latest_launch(run.paths)
    is_copy = launch is not None and not launch.is_of(run.paths)
    return not is_copy and time.time() - run.status.since < _OLD_S


def _stop(paths: RunPaths) -> None:
    now = Moment.now()
    ended, asked = outcome.read(paths), stop_age(paths, now)
    with contextlib.suppress(Unreachable, OSError):
        if ended is not None and ended.attempt >= paths.latest_attempt:
            # abs: also if the clock was set meanwhile, since nothing can be lost.
            end_after_outcome(paths, abs(now.wall - ended.time))
        elif end_leftovers(paths) == 0 and asked is not None:
            escalate(paths, asked, now)


def _queue() -> None:
    dead = [place for place in queue.waiting() if not place.alive]
    if not dead:
        return
    with contextlib.suppress(QueueError, OSError), queue.guard(timeout=1.0):
        for place in queue.waiting():
            if not place.alive:
                with contextlib.suppress(OSError):  # an error of one run must not hold up the others
                    _revive(RunPaths(runs_root() / place.id), place)


def _revive(paths: RunPaths, place: Waiting) -> None:
    """Restart a waiting run whose process has ended, or take it out of the queue. The caller holds the guard."""
    attempt, launch = paths.latest_attempt, latest_launch(paths)
    ended = outcome.read(paths)
    begun = paths.events(attempt).exists() or (ended is not None and ended.attempt >= attempt)
    config = read_json_object(paths.config)
    if config is None or launch is None or begun or not launch.is_of(paths):
        queue.drop(place.id)
        return
    tries = launch.tries + 1 if launch.boot == Moment.now().boot else 1
    if paths.stop.exists():
        _give_up(paths, Outcome("stopped", reason("left_queue"), time.time(), attempt))
    elif tries > MOST_TRIES:
        _give_up(paths, Outcome("failed", reason("dies_before_turn", tries=launch.tries), time.time(), attempt))
    else:
        _start_again(paths, place, attempt, tries)


def _give_up(paths: RunPaths, end: Outcome) -> None:
    outcome.write(paths, end)
    queue.drop(paths.id)


def _start_again(paths: RunPaths, place: Waiting, attempt: int, tries: int) -> None:
    ticket = locks.take(place.ticket)
    if ticket is None:
        return  # another process has just taken it over
    try:
        process.launch_attempt(paths, attempt, ticket=ticket, tries=tries)
    except OSError as error:
        ticket.release()
        _give_up(paths, Outcome("failed", reason("not_started", error=str(error)), time.time(), attempt))
