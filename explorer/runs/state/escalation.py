"""Ending a run that does not answer a stop: its process is continued, then asked by SIGTERM, then ended by SIGKILL."""

import time

from explorer.base.atomic import write_json_atomic
from explorer.base.processes import Moment
from explorer.runs.launchers import local, table
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.queue.holders import Holder
from explorer.runs.record.events import last_event
from explorer.runs.record.launch_record import Launch, latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, reason, to_json

CONTINUE_AFTER_S = 3.0  # a process that is paused cannot save
TERMINATE_AFTER_S = 10.0
END_AFTER_S = 15.0  # after its outcome: what a trainer does then takes a moment
KILL_AFTER_S = 30.0  # and its last promise to check in is broken: a slow save is not a hang
_CLEAR_S = 5.0


def escalate(paths: RunPaths, asked_s: float, now: Moment) -> None:
    """Do what is due for a living run that was asked to stop `asked_s` seconds ago. Raises Unreachable."""
    launch, attempt = _living(paths), paths.latest_attempt
    if launch is None:
        return
    if asked_s >= CONTINUE_AFTER_S:
        table.of(launch).wake(paths, launch)
    if asked_s >= TERMINATE_AFTER_S and not paths.terminated(attempt).exists():
        write_json_atomic(paths.terminated(attempt), {"time": now.wall})
        table.of(launch).stop(launch)
    elif asked_s >= KILL_AFTER_S and _broke_its_promise(paths, attempt, now):
        kill(paths, reason("ended_unanswering", seconds=asked_s))


def see_off(paths: RunPaths, ended_s: float) -> None:
    """Do what is due for the processes that live on `ended_s` seconds after their attempt has said how it ended.

    There is nothing left to save. Raises Unreachable.
    """
    launch = _own_launch(paths)
    if launch is not None and ended_s >= END_AFTER_S:
        table.of(launch).end(paths, launch)
    elif launch is not None and ended_s >= CONTINUE_AFTER_S:
        table.of(launch).wake(paths, launch)


def _broke_its_promise(paths: RunPaths, attempt: int, now: Moment) -> bool:
    last = last_event(paths.events(attempt))
    return last is None or now.since(last.time, last.mono, last.boot) > last.promise_s


def kill(paths: RunPaths, why: Why) -> None:
    """SIGKILL to the run's process and its workers. Raises Unreachable, OSError."""
    launch, attempt = _living(paths), paths.latest_attempt
    if launch is None:
        raise Unreachable(f"The process of {paths.id} is not known on this computer: it ends on its own, or has ended.")
    write_json_atomic(paths.killed(attempt), {"reason": to_json(why), "time": Moment.now().wall})
    table.of(launch).end(paths, launch)


def end_leftovers(paths: RunPaths) -> int:
    """SIGKILL what outlived a trainer of this boot that is dead, such as its workers; returns how many there were."""
    launch = _own_launch(paths)
    return 0 if launch is None or table.alive(launch) else table.of(launch).end(paths, launch)


def clear(paths: RunPaths) -> bool:
    """End what outlived a dead trainer, and wait a moment until it is gone: False where it is not. Raises Unreachable.

    Before a run is resumed, tidied up or moved away: its workers hold memory, and nobody would know of them any more.
    """
    deadline = time.monotonic() + _CLEAR_S
    while end_leftovers(paths):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def end_orphan(holder: Holder) -> None:
    """SIGKILL to a process that holds a device and has lost its run's folder, and to its group. Raises Unreachable."""
    if holder.alive:
        local.end_by_pid(holder.pid)


def _own_launch(paths: RunPaths) -> Launch | None:
    """The launch record, where it is of this very folder and its processes are within reach."""
    launch = latest_launch(paths)
    return launch if launch is not None and launch.is_of(paths) and table.of(launch).reaches(launch) else None


def _living(paths: RunPaths) -> Launch | None:
    launch = _own_launch(paths)
    return launch if launch is not None and table.alive(launch) else None
