"""The commands of `python -m explorer`; each prints and returns its exit code."""

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from explorer.runs import report
from explorer.runs.control import request_stop
from explorer.runs.history import History
from explorer.runs.paths import RunPaths, home, list_runs, run_paths
from explorer.runs.status import RunStatus, State, derive
from explorer.runs.summary import summaries, summarise

OK, FAILED, USAGE = 0, 1, 2
_POLL_S = 0.1
_BEGIN_S = 30.0


class CommandError(Exception):
    """A command that did not work. code: the exit code; errors: by field, for configs."""

    def __init__(self, message: str, code: int = FAILED, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors or {}


def start(options: argparse.Namespace) -> int:
    """Start a run and wait until its process has checked in, or to its end."""
    # Imported here: a config holds a pipeline, and with it comes all of albumentations, seconds of import
    # that `list`, `show` and `stop` do not need.
    from explorer.runs.config import ConfigError, loads, with_absolute_paths
    from explorer.runs.launcher import LaunchError
    from explorer.runs.launcher import start as launch

    try:
        config = with_absolute_paths(loads(_read(options.config)), Path.cwd())
        paths = launch(config)
    except ConfigError as error:
        raise CommandError(_mistakes(options.config, error.errors), USAGE, dict(error.errors)) from error
    except LaunchError as error:
        raise CommandError(str(error)) from error
    status = _wait(paths, lambda status: status.state is not State.STARTING or _checked_in(paths), _BEGIN_S)
    if options.wait:
        status = _wait(paths, lambda status: status.over, math.inf)
    good = status.state is State.FINISHED if options.wait else not _ended_badly(status)
    if options.json:
        report.print_json(report.as_json(summarise(paths)))
    else:
        print(paths.id)
        print(f"{status.state}: {status.reason}", file=sys.stderr)
    return OK if good else FAILED


def _read(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}.", USAGE) from error


def _mistakes(source: str, errors: Mapping[str, str]) -> str:
    lines = [f"  {field or '(whole file)'}: {message}" for field, message in errors.items()]
    return "\n".join([f"{source} cannot be run:", *lines])


def _checked_in(paths: RunPaths) -> bool:
    return any(paths.events(attempt).exists() for attempt in paths.attempts())


def _wait(paths: RunPaths, enough: Callable[[RunStatus], bool], timeout: float) -> RunStatus:
    """Poll the status until it is enough or the time is up."""
    deadline = time.monotonic() + timeout
    while True:
        status = derive(paths)
        if enough(status) or time.monotonic() >= deadline:
            return status
        time.sleep(_POLL_S)


def _ended_badly(status: RunStatus) -> bool:
    return status.state in (State.FAILED, State.LOST)


def list_all(options: argparse.Namespace) -> int:
    """List all runs, newest first."""
    runs = summaries()
    if options.json:
        report.print_json([report.as_json(run) for run in runs])
    elif runs:
        width = max(len(run.id) for run in runs)
        print(f"{'ID':{width}}  {'STATE':8}  {'AUROC':5}  REASON")
        for run in runs:
            print(report.line(run, width))
    else:
        print(f"No runs yet in {home()}.", file=sys.stderr)
    return OK


def show(options: argparse.Namespace) -> int:
    """Show one run."""
    run = summarise(_find(options.id))
    history = History(run.paths)
    history.read_on()
    if options.json:
        report.print_json(report.as_json(run) | report.progress(history, run.status))
    else:
        print(report.page(run, history))
    return OK


def stop(options: argparse.Namespace) -> int:
    """Ask a run to stop, and wait for how it ends."""
    paths = _find(options.id)
    asked = request_stop(paths)
    status = _wait(paths, lambda status: status.over, options.timeout if options.wait and asked else 0)
    if options.json:
        report.print_json(report.as_json(summarise(paths)))
    else:
        already = "" if asked else "already over, "
        print(f"{paths.id}: {already}{status.state}: {status.reason}")
    if not options.wait and not status.over:
        return OK
    return OK if status.state in (State.STOPPED, State.FINISHED) else FAILED


def _find(text: str) -> RunPaths:
    """The run of an id, of the beginning of one, or the latest. Raises RunNotFound, CommandError."""
    runs = list_runs()
    if text == "latest" and runs:
        return runs[0]
    matching = [paths for paths in runs if text and paths.id.startswith(text)]
    if len(matching) > 1 and not any(paths.id == text for paths in matching):
        ids = "".join(f"\n  {paths.id}" for paths in matching)
        raise CommandError(f"{text!r} is the beginning of several runs:{ids}", USAGE)
    return matching[0] if len(matching) == 1 else run_paths(text)
