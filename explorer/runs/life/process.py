"""The process of an attempt, started by the launcher that the operator chose. Imports no config and no pipeline."""

from explorer.base.processes import Moment
from explorer.runs.launchers import table
from explorer.runs.queue.queue import Ticket
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.paths import RunPaths


class LaunchError(RuntimeError):
    """The run could not be started; its folder, where there is one, says so too."""


class WrongState(LaunchError):
    """What the run does at this moment, or how it ended, does not allow it."""


def launch_attempt(paths: RunPaths, attempt: int, *, ticket: Ticket | None = None, tries: int = 1) -> None:
    """Start the trainer of a folder that is ready, and note its process. Raises OSError.

    ticket: its place in the queue, which is handed to the process; without one it begins at once.
    tries: how often this attempt was started before, this time included.
    """
    try:
        launch = Launch.prepared(Moment.now(), paths, tries, table.chosen())
        launcher = table.of(launch)
        started = launcher.start(paths, attempt, launch, None if ticket is None else ticket.descriptor)
    finally:
        if ticket is not None:
            ticket.close()
    try:
        write_launch(paths, attempt, started)
    except OSError:
        launcher.end(paths, started)  # a process that nobody can name must not go on
        raise
