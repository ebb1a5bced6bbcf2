"""Announcing once that a run has ended, by the command in EXPLORER_ON_FINISH."""

import contextlib
import os
import subprocess

from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import RunStatus

VARIABLE = "EXPLORER_ON_FINISH"


def due(paths: RunPaths) -> bool:
    """Whether the end of the latest attempt was not announced yet."""
    attempt = paths.latest_attempt
    return attempt > 0 and not paths.announced(attempt).exists()


def announce(paths: RunPaths, status: RunStatus, *, aloud: bool = True) -> bool:
    """Run the operator's command for a run that is over. No page can set the command.

    It gets EXPLORER_RUN_ID, EXPLORER_RUN_STATE, EXPLORER_RUN_REASON and EXPLORER_RUN_FOLDER, and outlives this process.

    Args:
        paths: The run.
        status: How it ended.
        aloud: False only records that there is nothing to do, as for a run that ended long ago.

    Returns:
        False if another process has announced it, or if that cannot be recorded.
    """
    try:
        os.close(os.open(paths.announced(paths.latest_attempt), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError:
        return False
    command = os.environ.get(VARIABLE)
    if command and aloud:
        values = {"ID": paths.id, "STATE": str(status.state), "REASON": status.reason, "FOLDER": str(paths.root)}
        environment = os.environ | {f"EXPLORER_RUN_{name}": value for name, value in values.items()}
        with contextlib.suppress(OSError), paths.log.open("ab") as log:
            subprocess.Popen(
                command,
                shell=True,  # the variable holds a line of shell
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
    return True
