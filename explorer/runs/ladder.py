"""Ending a run that does not answer a stop: SIGTERM to its process, then SIGKILL to all of its group.

To the group, SIGTERM would kill the loader workers and turn the stop into a failure. Signals go only to a process that
the launch record names by pid and start: never to a later owner of the pid, never through a copied folder.
"""

import os
import signal
from pathlib import Path

import psutil

from explorer.runs.atomic import write_json_atomic
from explorer.runs.events import last_event
from explorer.runs.launches import Launch, latest_launch
from explorer.runs.paths import RunPaths
from explorer.runs.processes import Moment, boot_id, host

CONTINUE_AFTER_S = 3.0  # a process that is paused cannot save
TERMINATE_AFTER_S = 10.0
KILL_AFTER_S = 30.0  # and its last promise to check in is broken: a slow save is not a hang


class LadderError(RuntimeError):
    """The process of the run cannot be reached from here."""


def climb(paths: RunPaths, asked_s: float, now: Moment) -> None:
    """Do what is due for a living run that was asked to stop `asked_s` seconds ago. Raises LadderError."""
    launch, attempt = _reachable(paths), paths.latest_attempt
    if launch is None or launch.pid is None:
        return
    if asked_s >= CONTINUE_AFTER_S and launch.paused():
        _send(launch, signal.SIGCONT)
    if asked_s >= TERMINATE_AFTER_S and not paths.terminated(attempt).exists():
        write_json_atomic(paths.terminated(attempt), {"time": now.wall})
        _send(launch, signal.SIGTERM)
    elif asked_s >= KILL_AFTER_S and _broke_its_promise(paths, attempt, now):
        kill(paths, f"It did not answer the stop for {asked_s:.0f} s and was ended.")


def _broke_its_promise(paths: RunPaths, attempt: int, now: Moment) -> bool:
    last = last_event(paths.events(attempt))
    return last is None or now.since(last.time, last.mono, last.boot) > last.promise_s


def kill(paths: RunPaths, reason: str) -> None:
    """SIGKILL to the run's process and its workers; `reason` is a sentence. Raises LadderError, OSError."""
    launch, attempt = _reachable(paths), paths.latest_attempt
    if launch is None:
        raise LadderError(f"The process of {paths.id} is not known on this computer: it ends on its own, or has ended.")
    write_json_atomic(paths.killed(attempt), {"reason": reason, "time": Moment.now().wall})
    _send(launch, signal.SIGKILL, group=True)


def _reachable(paths: RunPaths) -> Launch | None:
    """The launch record, where its process lives on this computer and is this run's own."""
    launch = latest_launch(paths)
    if launch is None or launch.host != host() or not launch.is_of(paths) or not launch.alive(boot_id()):
        return None
    return launch


def _send(launch: Launch, number: signal.Signals, *, group: bool = False) -> None:
    if launch.pid is None:
        return
    try:
        if group and os.getpgid(launch.pid) == launch.pid:
            os.killpg(launch.pid, number)
        else:
            os.kill(launch.pid, number)
    except ProcessLookupError:
        pass  # it ended by itself meanwhile
    except PermissionError as error:
        raise LadderError(f"Process {launch.pid} belongs to another user: only that person can end it.") from error


def end_leftovers(paths: RunPaths) -> int:
    """SIGKILL the loader workers that outlived a trainer of this boot that is dead; returns how many there were.

    A group keeps its number as long as it has a member, so that no other process can have come by it.
    """
    launch = latest_launch(paths)
    if launch is None or launch.pid is None or launch.boot != boot_id() or not launch.is_of(paths):
        return 0
    if launch.alive(launch.boot):
        return 0
    found = [process for process in psutil.process_iter() if _is_leftover(process, launch, paths.root)]
    for process in found:
        try:
            process.kill()
        except psutil.Error:
            continue
    return len(found)


def _is_leftover(process: psutil.Process, launch: Launch, folder: Path) -> bool:
    try:
        return os.getpgid(process.pid) == launch.pid and str(folder) in process.cmdline()
    except (OSError, psutil.Error):
        return False
