"""How a command ends: the exit codes, which scripts rely on, and which error ends in which."""

from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life.process import LaunchError, WrongState
from explorer.runs.life.trash import TrashError
from explorer.runs.queue.queue import QueueError
from explorer.runs.record.meta import MetaError
from explorer.runs.record.paths import RunNotFound
from explorer.runs.state.resting import RunAlive, RunGone

OK, FAILED, USAGE, NOT_FOUND, WRONG_STATE, INTERRUPTED = 0, 1, 2, 3, 4, 130

# The first that fits counts.
CODES: tuple[tuple[type[Exception], int], ...] = (
    (RunNotFound, NOT_FOUND),
    (RunGone, NOT_FOUND),
    (WrongState, WRONG_STATE),
    (RunAlive, WRONG_STATE),
    (MetaError, USAGE),
    (LaunchError, FAILED),
    (QueueError, FAILED),
    (Unreachable, FAILED),
    (TrashError, FAILED),
)


class CommandError(Exception):
    """A command that did not work. code: the exit code; errors: by field, for configs."""

    def __init__(self, message: str, code: int = FAILED, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors or {}


def as_command_error(error: Exception) -> CommandError | None:
    """What to print and which code to end with; None for an error that no command expects."""
    if isinstance(error, CommandError):
        return error
    code = next((code for kind, code in CODES if isinstance(error, kind)), None)
    if code is not None:
        return CommandError(str(error.args[0]), code)
    return CommandError(f"{error}. Is there space and permission?") if isinstance(error, OSError) else None
