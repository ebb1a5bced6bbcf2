"""The process of an attempt: how it is started, and the note of how it ended. Imports no config, and so no pipeline."""

import contextlib
import subprocess
import sys
import threading
from dataclasses import replace

import explorer
from explorer.base.processes import Moment, start_ticks
from explorer.runs.queue import queue
from explorer.runs.queue.queue import Ticket
from explorer.runs.record.launch_record import Launch, write_ended, write_launch
from explorer.runs.record.paths import ATTEMPT_VARIABLE, RunPaths, home
from explorer.runs.state.family import mark

# kind of run -> the module that runs it: `python -m MODULE RUN_DIR`
MODULES: dict[str, str] = dict.fromkeys(("train", "check", "rate"), "explorer.training")


class LaunchError(RuntimeError):
    """The run could not be started; its folder, where there is one, says so too."""


class WrongState(LaunchError):
    """What the run does at this moment, or how it ended, does not allow it."""


def launch_attempt(paths: RunPaths, kind: str, attempt: int, *, ticket: Ticket | None = None, tries: int = 1) -> None:
    """Start the trainer of a folder that is ready, and note its process. Raises OSError.

    ticket: its place in the queue, which is handed to the process; without one it begins at once.
    tries: how often this attempt was started before, this time included.
    """
    launch = Launch.prepared(Moment.now(), paths, tries)
    command = [sys.executable, "-P", "-m", MODULES[kind], str(paths.root)]
    open_files = () if ticket is None else (ticket.descriptor,)
    try:
        with paths.log.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=paths.root,
                env=_environment(ticket, launch),
                pass_fds=open_files,
                start_new_session=True,  # Ctrl-C in the server's terminal, or its death, is not the run's
            )
    finally:
        if ticket is not None:
            ticket.close()
    try:
        write_launch(paths, attempt, replace(launch, pid=child.pid, ticks=start_ticks(child.pid)))
    except OSError:
        child.kill()  # a process that nobody can name must not go on
        raise
    finally:
        threading.Thread(target=_collect, args=(child, paths, attempt, launch), daemon=True).start()


def _environment(ticket: Ticket | None, launch: Launch) -> dict[str, str]:
    place = {} if ticket is None else {queue.TICKET_VARIABLE: str(ticket.descriptor)}
    return {
        **explorer.child_environment(),
        "PYTHONUNBUFFERED": "1",  # the log is followed while it grows
        "PYTHONIOENCODING": "utf-8",
        "EXPLORER_HOME": str(home()),
        ATTEMPT_VARIABLE: mark(launch),
        **place,
    }


def _collect(child: "subprocess.Popen[bytes]", paths: RunPaths, attempt: int, launch: Launch) -> None:
    """Wait for the child, so that it does not stay behind as a zombie, and note how it ended."""
    code = child.wait()
    with contextlib.suppress(OSError):  # the folder may be gone; the note is for words only
        if launch.is_of(paths) and paths.config.exists():  # neither into another of its name, nor while it is deleted
            write_ended(paths, attempt, code)
