"""The exit codes of the commands, which scripts rely on, and the errors that lead to them."""

from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life.process import LaunchError, WrongState
from explorer.runs.life.trash import TrashError
from explorer.runs.queue.queue import QueueError
from explorer.runs.record.meta import MetaError
from explorer.runs.record.paths import RunNotFound
from explorer.runs.state.resting import RunAlive, RunGone

OK, FAILED, USAGE, NOT_FOUND, WRONG_STATE, INTERRUPTED = 0, 1, 2, 3, 4, 130

# The first class that fits counts.
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
    """A command failed. `code` is its exit code; `errors` are messages by field of a config."""

    def __init__(self, message: str, code: int = FAILED, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors or {}


def as_command_error(error: Exception) -> CommandError | None:
    """Return the message and exit code for an error; None for an error that no command expects."""
    if isinstance(error, CommandError):
        return error
    code = next((code for kind, code in CODES if isinstance(error, kind)), None)
    if code is not None:
        return CommandError(str(error.args[0]), code)
    return CommandError(f"{error}. Is there space and permission?") if isinstance(error, OSError) else None
