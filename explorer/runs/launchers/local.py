"""Trainers as processes of this computer, which outlive the process that started them.

Signals go only to the process that the launch record names by its pid and its start, and to its family: never to a
later owner of the pid, and never through a copied folder.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import explorer
from explorer.base.home import ATTEMPT_VARIABLE, made_home
from explorer.base.processes import Process, boot_id, find, host, is_paused, pid_alive, start_ticks
from explorer.runs.launchers.family import family, mark
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.record.launch_record import Launch, write_ended
from explorer.runs.record.paths import TICKET_VARIABLE, RunPaths

TRAINER = "explorer.training"  # `python -m explorer.training RUN_DIR`


def start(paths: RunPaths, attempt: int, launch: Launch, ticket: int | None) -> Launch:
    """See `Launcher`."""
    with paths.log.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", TRAINER, str(paths.root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=paths.root,
            env=_environment(launch, ticket),
            pass_fds=() if ticket is None else (ticket,),
            start_new_session=True,  # Ctrl-C in the terminal of the server does not reach the run
        )
    threading.Thread(target=_collect, args=(child, paths, attempt, launch), daemon=True).start()
    return replace(launch, pid=child.pid, ticks=start_ticks(child.pid))


def _environment(launch: Launch, ticket: int | None) -> dict[str, str]:
    place = {} if ticket is None else {TICKET_VARIABLE: str(ticket)}
    return {
        **explorer.child_environment(),
        "PYTHONUNBUFFERED": "1",  # the log is followed while it grows
        "PYTHONIOENCODING": "utf-8",
        "EXPLORER_HOME": str(made_home()),
        ATTEMPT_VARIABLE: mark(launch),
        **place,
    }


def _collect(child: "subprocess.Popen[bytes]", paths: RunPaths, attempt: int, launch: Launch) -> None:
    """Wait for the child, so that it does not remain as a zombie, and record how it ended."""
    code = child.wait()
    with contextlib.suppress(OSError):  # the folder may be gone; the record is used in messages only
        if launch.is_of(paths) and paths.config.exists():  # not into another folder of this name, nor during deletion
            write_ended(paths, attempt, code)


def alive(launch: Launch) -> bool:
    """See `Launcher`."""
    return launch.pid is not None and launch.boot == boot_id() and pid_alive(launch.pid, launch.ticks)


def paused(launch: Launch) -> bool:
    """See `Launcher`."""
    return launch.pid is not None and is_paused(launch.pid, launch.ticks)


def reaches(launch: Launch) -> bool:
    """See `Launcher`."""
    return launch.host == host() and launch.boot == boot_id()


def processes(paths: RunPaths, launch: Launch) -> tuple[Process, ...]:
    """See `Launcher`."""
    return family(paths, launch, lives=alive(launch))


def wake(paths: RunPaths, launch: Launch) -> None:
    """See `Launcher`. A trainer that is paused cannot save, and one whose worker is paused cannot end."""
    for process in processes(paths, launch):
        if process.paused:
            _send(process.pid, signal.SIGCONT)


def stop(launch: Launch) -> None:
    """See `Launcher`. SIGTERM to its group would kill the loader workers and turn the stop into a failure."""
    if launch.pid is not None:
        _send(launch.pid, signal.SIGTERM)


def end(paths: RunPaths, launch: Launch) -> int:
    """See `Launcher`."""
    found = processes(paths, launch)
    # A group is killed at once: a trainer whose worker dies a moment earlier would report a failure.
    if launch.pid is not None and any(process.group == launch.pid for process in found):
        _send(launch.pid, signal.SIGKILL, os.killpg)
    alone = [process for process in found if process.group != launch.pid]
    for process in sorted(alone, key=lambda process: process.pid != launch.pid):
        _send(process.pid, signal.SIGKILL)
    return len(found)


def end_by_pid(pid: int) -> None:
    """Kill a process, and its group where it leads one. Raises Unreachable."""
    process = find(pid)
    leads = process is not None and process.group == pid
    _send(pid, signal.SIGKILL, os.killpg if leads else os.kill)


def _send(pid: int, number: signal.Signals, send: Callable[[int, int], None] = os.kill) -> None:
    try:
        send(pid, number)
    except ProcessLookupError:
        pass  # it ended by itself meanwhile
    except PermissionError as error:
        raise Unreachable(f"Process {pid} belongs to another user: only that person can end it.") from error
