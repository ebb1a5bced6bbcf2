"""Starts runs as processes that outlive whoever started them."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import explorer
from explorer.runs import outcome
from explorer.runs.atomic import sync_folder, write_bytes_atomic
from explorer.runs.config import RunConfig, dumps, with_absolute_paths
from explorer.runs.control import request_stop
from explorer.runs.launches import Launch, write_ended, write_launch
from explorer.runs.outcome import Outcome
from explorer.runs.paths import RunPaths, home, new_run_id, runs_root
from explorer.runs.processes import Moment, start_ticks

__all__ = ["MODULES", "LaunchError", "launch_attempt", "request_stop", "start"]

# kind of run -> the module that runs it: `python -m MODULE RUN_DIR`
MODULES: dict[str, str] = {"train": "explorer.training"}

_HALF_MADE = ".new-"
_HALF_MADE_AGE_S = 3600


class LaunchError(RuntimeError):
    """The run could not be started; its folder, where there is one, says so too."""


def start(config: RunConfig, name: str = "") -> RunPaths:
    """Make the run's folder and start its trainer; returns once the process exists.

    name: for the id, where the config has none. A relative data folder is taken from the current directory.
    Raises LaunchError where the folder cannot be written or no process can be made.
    """
    config = with_absolute_paths(config, Path.cwd())
    try:
        paths = _make_folder(config, name)
    except OSError as error:
        raise LaunchError(f"No folder could be made for the run: {error}.") from error
    try:
        launch_attempt(paths, config.kind, 1)
    except OSError as error:
        reason = f"Its process could not be started: {error}."
        with contextlib.suppress(OSError):  # what kept the process from starting may keep this from being written
            outcome.write(paths, Outcome("failed", reason, time.time()))
        raise LaunchError(f"{paths.id}: {reason}") from error
    return paths


def _make_folder(config: RunConfig, name: str) -> RunPaths:
    # Made under another name and then renamed: a run that can be seen has its config and its launch record.
    root = runs_root()
    _sweep(root)
    half = RunPaths(root / f"{_HALF_MADE}{secrets.token_hex(6)}")
    half.root.mkdir()
    write_bytes_atomic(half.config, dumps(config).encode())
    write_launch(half, 1, Launch.prepared(Moment.now()))
    half.stop.parent.mkdir()
    while True:
        paths = RunPaths(root / new_run_id(name or config.name, fallback=config.dataset.kind))
        if not paths.root.exists():
            half.root.rename(paths.root)
            sync_folder(root)
            return paths


def _sweep(root: Path) -> None:
    """Delete what launchers left that died while they made a folder."""
    for folder in root.glob(f"{_HALF_MADE}*"):
        with contextlib.suppress(OSError):  # another launcher may sweep at the same time
            if time.time() - folder.stat().st_mtime > _HALF_MADE_AGE_S:
                shutil.rmtree(folder)


def launch_attempt(paths: RunPaths, kind: str, attempt: int) -> None:
    """Start the trainer of a folder that is ready, and note its process. Raises OSError."""
    launch = Launch.prepared(Moment.now())
    command = [sys.executable, "-P", "-m", MODULES[kind], str(paths.root)]
    with paths.log.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=paths.root,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in the server's terminal, or its death, is not the run's
        )
    try:
        write_launch(paths, attempt, replace(launch, pid=child.pid, ticks=start_ticks(child.pid)))
    except OSError:
        child.kill()  # a process that nobody can name must not go on
        raise
    finally:
        threading.Thread(target=_collect, args=(child, paths, attempt), daemon=True).start()


def _environment() -> dict[str, str]:
    project = str(Path(explorer.__file__).resolve().parent.parent)
    search = [project, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONUNBUFFERED": "1",  # the log is followed while it grows
        "PYTHONIOENCODING": "utf-8",
        "NO_ALBUMENTATIONS_UPDATE": "1",  # else its import calls home
        "EXPLORER_HOME": str(home()),
    }


def _collect(child: "subprocess.Popen[bytes]", paths: RunPaths, attempt: int) -> None:
    """Wait for the child, so that it does not stay behind as a zombie, and note how it ended."""
    code = child.wait()
    with contextlib.suppress(OSError):  # the folder may be gone; the note is for words only
        write_ended(paths, attempt, code)
