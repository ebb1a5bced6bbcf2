"""A run that is over, held so that nobody resumes it while its folder is tidied up."""

import contextlib
from collections.abc import Iterator

from explorer.runs import locks, queue
from explorer.runs.paths import RunPaths
from explorer.runs.status import derive

_LOCK_S = 1.0


class RunAlive(RuntimeError):
    """The run is not over, so its files are still needed."""


class RunGone(RuntimeError):
    """The run's folder is not there any more."""


@contextlib.contextmanager
def resting(paths: RunPaths) -> Iterator[None]:
    """Keep the run from being resumed until the block ends.

    Raises RunAlive where it is not over, RunGone, QueueError where the queue is busy for long, OSError.
    """
    # Whoever resumes a run does so under the guard of the queue; a trainer that is started by hand takes the lock.
    with queue.guard():
        if not paths.root.is_dir():  # to take its lock would make the folder anew
            raise RunGone(f"{paths.id} is not there any more: it may have been deleted in another window.")
        status = derive(paths)
        if not status.over:
            raise RunAlive(f"{paths.id} is {status.state}. Stop it first.")
        try:
            with locks.hold(paths.lock, timeout=_LOCK_S):
                yield
        except locks.LockHeld:
            raise RunAlive(f"{paths.id} has just begun to work again. Stop it first.") from None
