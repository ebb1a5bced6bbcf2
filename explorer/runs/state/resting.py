"""A run that is over, held so that nobody resumes it while its folder is tidied up."""

import contextlib
from collections.abc import Iterator

from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.escalation import clear
from explorer.runs.state.status import State, derive


class RunAlive(RuntimeError):
    """The run is not over, so its files are still needed."""


class RunGone(RuntimeError):
    """The run's folder is not there any more."""


def check_over(paths: RunPaths) -> None:
    """Raises RunAlive where the run is not over, with words that say what to do."""
    status = derive(paths)
    if status.state is State.STOPPING:
        raise RunAlive(f"{paths.id} is stopping. {status.reason}")
    if not status.over:
        raise RunAlive(f"{paths.id} is {status.state}. Stop it first.")


@contextlib.contextmanager
def resting(paths: RunPaths) -> Iterator[None]:
    """Keep the run from being resumed until the block ends.

    Raises RunAlive where it is not over, RunGone, QueueError where the queue is busy for long, OSError.
    """
    # A run is resumed under the guard of the queue, and a trainer started by hand takes that guard, too. The run's own
    # lock is left alone: its holder trains.
    with queue.guard():
        if not paths.root.is_dir():
            raise RunGone(f"{paths.id} is not there any more: it may have been deleted in another window.")
        check_over(paths)
        if not _is_clear(paths):
            raise RunAlive(f"{paths.id} cannot be touched yet: {derive(paths).reason}")
        yield


def _is_clear(paths: RunPaths) -> bool:
    try:
        return clear(paths)
    except Unreachable:
        return False  # processes of another user, which the run's state names
