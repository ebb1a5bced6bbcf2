"""Ending a run that does not answer a stop: SIGTERM to its process, then SIGKILL to all of its group.

To the group, SIGTERM would kill the loader workers and turn the stop into a failure. Signals go only to a process that
the launch record names by pid and start, and to its family (family.py): never to a later owner of the pid,
never through a copied folder.
"""

import os
import signal
import time
from collections.abc import Callable

from explorer.base.atomic import write_json_atomic
from explorer.base.processes import Moment, Process, boot_id, find, host
from explorer.runs.queue.holders import Holder
from explorer.runs.record.events import last_event
from explorer.runs.record.launch_record import Launch, latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.family import family

CONTINUE_AFTER_S = 3.0  # a process that is paused cannot save
TERMINATE_AFTER_S = 10.0
END_AFTER_S = 15.0  # after its outcome: what a trainer does then takes a moment
KILL_AFTER_S = 30.0  # and its last promise to check in is broken: a slow save is not a hang
_CLEAR_S = 5.0


class LadderError(RuntimeError):
    """The process of the run cannot be reached from here."""


def climb(paths: RunPaths, asked_s: float, now: Moment) -> None:
    """Do what is due for a living run that was asked to stop `asked_s` seconds ago. Raises LadderError."""
    launch, attempt = _reachable(paths), paths.latest_attempt
    if launch is None or launch.pid is None:
        return
    if asked_s >= CONTINUE_AFTER_S:
        _go_on(paths, launch)
    if asked_s >= TERMINATE_AFTER_S and not paths.terminated(attempt).exists():
        write_json_atomic(paths.terminated(attempt), {"time": now.wall})
        _send(launch.pid, signal.SIGTERM)
    elif asked_s >= KILL_AFTER_S and _broke_its_promise(paths, attempt, now):
        kill(paths, f"It did not answer the stop for {asked_s:.0f} s and was ended.")


def see_off(paths: RunPaths, ended_s: float) -> None:
    """Do what is due for the processes that live on `ended_s` seconds after their attempt has said how it ended.

    There is nothing left to save. Raises LadderError.
    """
    launch = _own_launch(paths)
    if launch is not None and ended_s >= END_AFTER_S:
        _end(launch, family(paths, launch))
    elif launch is not None and ended_s >= CONTINUE_AFTER_S:
        _go_on(paths, launch)


def _broke_its_promise(paths: RunPaths, attempt: int, now: Moment) -> bool:
    last = last_event(paths.events(attempt))
    return last is None or now.since(last.time, last.mono, last.boot) > last.promise_s


def kill(paths: RunPaths, reason: str) -> None:
    """SIGKILL to the run's process and its workers; `reason` is a sentence. Raises LadderError, OSError."""
    launch, attempt = _reachable(paths), paths.latest_attempt
    if launch is None:
        raise LadderError(f"The process of {paths.id} is not known on this computer: it ends on its own, or has ended.")
    write_json_atomic(paths.killed(attempt), {"reason": reason, "time": Moment.now().wall})
    _end(launch, family(paths, launch))


def end_leftovers(paths: RunPaths) -> int:
    """SIGKILL what outlived a trainer of this boot that is dead, such as its workers; returns how many there were."""
    launch = _own_launch(paths)
    if launch is None or launch.alive(boot_id()):
        return 0
    found = family(paths, launch)
    _end(launch, found)
    return len(found)


def clear(paths: RunPaths) -> bool:
    """End what outlived a dead trainer, and wait a moment until it is gone: False where it is not. Raises LadderError.

    Before a run is resumed, tidied up or moved away: its workers hold memory, and nobody would know of them any more.
    """
    deadline = time.monotonic() + _CLEAR_S
    while end_leftovers(paths):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def end_orphan(holder: Holder) -> None:
    """SIGKILL to a process that holds a device and has lost its run's folder, and to its group. Raises LadderError."""
    if not holder.alive:
        return
    process = find(holder.pid)
    leads = process is not None and process.group == holder.pid
    _send(holder.pid, signal.SIGKILL, os.killpg if leads else os.kill)


def _own_launch(paths: RunPaths) -> Launch | None:
    """The launch record, where it is of this computer and of this very folder."""
    launch = latest_launch(paths)
    if launch is None or launch.host != host() or launch.boot != boot_id() or not launch.is_of(paths):
        return None
    return launch


def _reachable(paths: RunPaths) -> Launch | None:
    """The launch record, where its process lives on this computer and is this run's own."""
    launch = _own_launch(paths)
    return launch if launch is not None and launch.alive(boot_id()) else None


def _go_on(paths: RunPaths, launch: Launch) -> None:
    """Continue what is paused: a trainer that is paused cannot save, and one whose worker is cannot end."""
    for process in family(paths, launch):
        if process.paused:
            _send(process.pid, signal.SIGCONT)


def _end(launch: Launch, processes: tuple[Process, ...]) -> None:
    # All at once where they are a group: a trainer whose worker dies a moment before it would call that a failure.
    group = [process for process in processes if process.group == launch.pid]
    if group and launch.pid is not None:
        _send(launch.pid, signal.SIGKILL, os.killpg)
    alone = [process for process in processes if process.group != launch.pid]
    for process in sorted(alone, key=lambda process: process.pid != launch.pid):
        _send(process.pid, signal.SIGKILL)


def _send(pid: int, number: signal.Signals, send: Callable[[int, int], None] = os.kill) -> None:
    try:
        send(pid, number)
    except ProcessLookupError:
        pass  # it ended by itself meanwhile
    except PermissionError as error:
        raise LadderError(f"Process {pid} belongs to another user: only that person can end it.") from error
