"""Ending a run that does not answer a stop: it is continued, then asked by SIGTERM, then ended by SIGKILL."""

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

CONTINUE_AFTER_S = 3.0  # a paused process cannot save
TERMINATE_AFTER_S = 10.0
END_AFTER_S = 15.0  # after its outcome; a trainer needs a moment to end
KILL_AFTER_S = 30.0  # if its last promise to check in is broken, too: a slow save is not a hang
_CLEAR_S = 5.0


def escalate(paths: RunPaths, asked_s: float, now: Moment) -> None:
    """Take the next step for a living run that was asked to stop `asked_s` seconds ago. Raises Unreachable."""
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


def end_after_outcome(paths: RunPaths, ended_s: float) -> None:
    """End the processes that still live `ended_s` seconds after the outcome of their attempt. Raises Unreachable."""
    launch = _own_launch(paths)
    if launch is not None and ended_s >= END_AFTER_S:
        table.of(launch).end(paths, launch)
    elif launch is not None and ended_s >= CONTINUE_AFTER_S:
        table.of(launch).wake(paths, launch)


def _broke_its_promise(paths: RunPaths, attempt: int, now: Moment) -> bool:
    last = last_event(paths.events(attempt))
    return last is None or now.since(last.moment) > last.promise_s


def kill(paths: RunPaths, why: Why) -> None:
    """Kill the process of a run and its workers, and record why. Raises Unreachable, OSError."""
    launch, attempt = _living(paths), paths.latest_attempt
    if launch is None:
        raise Unreachable(f"The process of {paths.id} is not known on this computer: it ends on its own, or has ended.")
    write_json_atomic(paths.killed(attempt), {"reason": to_json(why), "time": Moment.now().wall})
    table.of(launch).end(paths, launch)


def end_leftovers(paths: RunPaths) -> int:
    """Kill what outlived a dead trainer of this boot, such as its workers, and return how many there were."""
    launch = _own_launch(paths)
    return 0 if launch is None or table.alive(launch) else table.of(launch).end(paths, launch)


def clear(paths: RunPaths) -> bool:
    """End what outlived a dead trainer, and wait until it is gone. Returns False if it is not. Raises Unreachable.

    This comes before a run is resumed, changed or moved: its workers hold memory and could not be found afterwards.
    """
    deadline = time.monotonic() + _CLEAR_S
    while end_leftovers(paths):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def end_orphan(holder: Holder) -> None:
    """Kill a process that holds a device while its run's folder is gone, and its group. Raises Unreachable."""
    if holder.alive:
        local.end_by_pid(holder.pid)


def _own_launch(paths: RunPaths) -> Launch | None:
    """Return the launch record if it describes this very folder and its processes are within reach."""
    launch = latest_launch(paths)
    return launch if launch is not None and launch.is_of(paths) and table.of(launch).reaches(launch) else None


def _living(paths: RunPaths) -> Launch | None:
    launch = _own_launch(paths)
    return launch if launch is not None and table.alive(launch) else None
