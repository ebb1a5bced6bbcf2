"""The launchers, by the name in a launch record."""

import os

from explorer.runs.launchers import local
from explorer.runs.launchers.launcher import Launcher
from explorer.runs.record.launch_record import Launch

VARIABLE = "EXPLORER_LAUNCHER"  # the operator's choice for new runs
LAUNCHERS: dict[str, Launcher] = {"local": local}


def of(launch: Launch) -> Launcher:
    """Return the launcher of a record. For an unknown name it is the local one, which then finds no process."""
    return LAUNCHERS.get(launch.launcher, local)


def chosen() -> str:
    """Return the name of the launcher that starts new runs. Raises OSError for an unknown one."""
    name = os.environ.get(VARIABLE) or "local"
    if name not in LAUNCHERS:
        raise OSError(f"{VARIABLE} names no launcher: {name!r}. Choose one of {', '.join(LAUNCHERS)}")
    return name


def alive(launch: Launch) -> bool:
    """Whether the trainer of a record lives."""
    return of(launch).alive(launch)


def paused(launch: Launch | None) -> bool:
    """Whether the trainer of a record is suspended."""
    return launch is not None and of(launch).paused(launch)
