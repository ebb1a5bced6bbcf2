"""Keeping a run that is over from being resumed while its folder is changed."""

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
    """Raise RunAlive if the run is not over. The message says what to do."""
    status = derive(paths)
    if status.state is State.STOPPING:
        raise RunAlive(f"{paths.id} is stopping. {status.reason}")
    if not status.over:
        raise RunAlive(f"{paths.id} is {status.state}. Stop it first.")


@contextlib.contextmanager
def resting(paths: RunPaths) -> Iterator[None]:
    """Keep the run from being resumed until the block ends.

    Raises RunAlive if it is not over, RunGone, QueueError if the queue is busy for long, OSError.
    """
    # A run is resumed under the guard of the queue, which a trainer that is started by hand takes, too. The run's own
    # lock is not taken, since its holder counts as the trainer.
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
        return False  # processes of another user; the status names them
