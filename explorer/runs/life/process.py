"""Starting the process of an attempt with the launcher that the operator chose. It imports no config."""

from explorer.base.locks import Held
from explorer.base.processes import Moment
from explorer.runs.launchers import table
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.paths import RunPaths


class LaunchError(RuntimeError):
    """The run could not be started. Its folder, where there is one, also says why."""


class WrongState(LaunchError):
    """The state of the run does not allow it."""


def launch_attempt(paths: RunPaths, attempt: int, *, ticket: Held | None = None, tries: int = 1) -> None:
    """Start the trainer of a folder that is ready, and record its process.

    Args:
        paths: The run.
        attempt: The number of the attempt.
        ticket: Its place in the queue, which is passed to the process. Without one it begins at once.
        tries: How often this attempt was started, this time included.

    Raises:
        OSError: No process can be made, or it cannot be recorded; then it is ended.
    """
    try:
        launch = Launch.prepared(Moment.now(), paths, tries, table.chosen())
        launcher = table.of(launch)
        started = launcher.start(paths, attempt, launch, None if ticket is None else ticket.descriptor)
    finally:
        if ticket is not None:
            ticket.release()
    try:
        write_launch(paths, attempt, started)
    except OSError:
        launcher.end(paths, started)  # a process that is not recorded could not be stopped
        raise
