"""Commands that let runs begin and end; each prints and returns its exit code."""

import argparse
import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from explorer.runs.cli import report
from explorer.runs.cli.exits import FAILED, OK, USAGE, WRONG_STATE, CommandError
from explorer.runs.cli.picking import find
from explorer.runs.life.control import end_now, request_stop
from explorer.runs.life.housekeeping import tend
from explorer.runs.overview.summary import summarize
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import RunStatus, State, derive

_POLL_S = 0.1
_BEGIN_S = 5.0  # a process that begins at once has checked in by then
_LEAVE_S = 20.0  # a run that waits looks once a second; one whose process is dead is started again first


def start(options: argparse.Namespace) -> int:
    """Start a run; wait until it trains or waits for its turn, or to its end."""
    tend()
    text = _read(options.config)
    # Imported here: a config holds a pipeline, and with it comes all of albumentations, seconds of import
    # that `list`, `show` and `stop` do not need.
    from explorer.runs.life.launcher import start as launch
    from explorer.runs.machine.config_warnings import alone
    from explorer.runs.spec.config import loads, with_absolute_paths

    with _naming_mistakes(f"{options.config} cannot be run"):
        config = with_absolute_paths(loads(text), Path.cwd())
        paths = launch(config)
    for field, words in ({} if options.json else alone(config)).items():
        print(f"caution: {field}: {words}", file=sys.stderr)
    return _begun(options, paths)


def resume(options: argparse.Namespace) -> int:
    """Let a run go on that is over."""
    tend()
    paths = find(options.id)
    from explorer.runs.life.launcher import resume as launch

    launch(paths)
    return _begun(options, paths)


def extend(options: argparse.Namespace) -> int:
    """Start a new run from the weights that another ended with."""
    tend()
    found = find(options.id)
    from explorer.runs.life.launcher import extend as launch

    with _naming_mistakes(f"{found.id} cannot be extended"):
        paths = launch(found, options.epochs)
    return _begun(options, paths)


def _read(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}.", USAGE) from error


@contextlib.contextmanager
def _naming_mistakes(words: str) -> Iterator[None]:
    from explorer.runs.spec.config_errors import ConfigError

    try:
        yield
    except ConfigError as error:
        lines = [f"  {field or '(whole file)'}: {message}" for field, message in error.errors.items()]
        raise CommandError("\n".join([f"{words}:", *lines]), USAGE, dict(error.errors)) from error


def _begun(options: argparse.Namespace, paths: RunPaths) -> int:
    """Wait as long as was asked for, print, and return the exit code."""
    status = _wait(paths, lambda status: _on_its_way(paths, status), _BEGIN_S)
    if options.wait:
        status = _wait(paths, lambda status: status.over, math.inf)
    good = status.state is State.FINISHED if options.wait else status.state not in (State.FAILED, State.LOST)
    if options.json:
        report.print_json(report.as_json(summarize(paths)))
    else:
        print(paths.id)
        print(f"{status.state}: {status.reason}", file=sys.stderr)
    return OK if good else FAILED


def _on_its_way(paths: RunPaths, status: RunStatus) -> bool:
    """Whether nothing is to be expected of the next moments: it has begun, has failed, or stands behind others."""
    if status.state not in (State.STARTING, State.QUEUED):
        return True
    place = queue.find(paths.id)
    if place is None:
        return paths.events(paths.latest_attempt).exists()
    return queue.ahead_of(place) > 0 or queue.in_use(place.lane) >= queue.slots()[place.lane]


def _wait(paths: RunPaths, enough: Callable[[RunStatus], bool], timeout: float) -> RunStatus:
    """Poll the status until it is enough or the time is up; meanwhile do what is due for all runs."""
    deadline = time.monotonic() + timeout
    while True:
        tend()
        status = derive(paths)
        if enough(status) or time.monotonic() >= deadline:
            return status
        time.sleep(_POLL_S)


def stop(options: argparse.Namespace) -> int:
    """Ask a run to stop, or end it at once, and wait for how it ends."""
    tend()
    paths = find(options.id)
    asked = end_now(paths) if options.now else request_stop(paths)
    status = _wait(paths, lambda status: status.over, options.timeout if options.wait and asked else 0)
    _print_end(options, paths, status, "" if asked else "already over, ")
    if not options.wait and not status.over:
        return OK
    return OK if status.state in (State.STOPPED, State.FINISHED) else FAILED


def cancel(options: argparse.Namespace) -> int:
    """Take a run out of the queue."""
    tend()
    paths = find(options.id)
    status = derive(paths)
    if status.state is not State.QUEUED:
        raise CommandError(f"{paths.id} does not wait in the queue: it is {status.state}.", WRONG_STATE)
    request_stop(paths)
    status = _wait(paths, lambda status: status.over, _LEAVE_S)
    _print_end(options, paths, status)
    return OK if status.state is State.STOPPED else FAILED


def _print_end(options: argparse.Namespace, paths: RunPaths, status: RunStatus, already: str = "") -> None:
    if options.json:
        report.print_json(report.as_json(summarize(paths)))
    else:
        print(f"{paths.id}: {already}{status.state}: {status.reason}")
