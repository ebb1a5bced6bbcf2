"""Commands that start and stop runs. Each prints its answer and returns its exit code."""

import argparse
import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from explorer.runs.cli import report
from explorer.runs.cli.decided import as_decided
from explorer.runs.cli.exit_codes import OK, USAGE, WRONG_STATE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.life.control import end_now, request_stop
from explorer.runs.life.housekeeping import tend
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import RunStatus, State, derive

_POLL_S = 0.1
_BEGIN_S = 5.0  # a process that begins at once checks in within this time
_LEAVE_S = 20.0  # a waiting run looks once a second; if its process is dead, it is restarted first


def start(options: argparse.Namespace) -> int:
    """Start a run, and wait until it trains or waits for its turn, or until its end."""
    text = read_source(options.config)
    # Imported here: a config holds a pipeline, so that it takes seconds to import albumentations.
    from explorer.runs.life.launcher import start as launch
    from explorer.runs.machine.config_warnings import cautions_of_config
    from explorer.runs.machine.machine import check_network, known_machine
    from explorer.runs.spec.config import loads, with_absolute_paths

    with naming_mistakes(f"{options.config} cannot be run"):
        config = as_decided(options, with_absolute_paths(loads(text), Path.cwd()))
        if machine := known_machine():  # else the run itself finds out what this computer has
            check_network(config, machine)
        paths = launch(config)
    for field, words in ({} if options.json else cautions_of_config(config)).items():
        print(f"caution: {field}: {words}", file=sys.stderr)
    return begun(options, paths)


def resume(options: argparse.Namespace) -> int:
    """Continue a run that is over."""
    paths = find(options.id)
    from explorer.runs.life.launcher import resume as launch

    launch(paths)
    return begun(options, paths)


def extend(options: argparse.Namespace) -> int:
    """Start a new run from the weights that another one ended with, or from the repeats that a study has done."""
    found = find(options.id)
    from explorer.runs.life.launcher import extend as longer
    from explorer.runs.life.launcher import extend_study

    with naming_mistakes(f"{found.id} cannot be extended"):
        paths = longer(found, options.epochs) if options.repeats is None else extend_study(found, options.repeats)
    return begun(options, paths)


def read_source(source: str) -> bytes:
    """Read a file, or standard input for "-". Raises CommandError."""
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}.", USAGE) from error


@contextlib.contextmanager
def naming_mistakes(words: str) -> Iterator[None]:
    """Raise CommandError with a line for each wrong field, after these words, for a ConfigError in the block."""
    from explorer.runs.spec.config_errors import ConfigError

    try:
        yield
    except ConfigError as error:
        lines = [f"  {field or '(whole file)'}: {message}" for field, message in error.errors.items()]
        raise CommandError("\n".join([f"{words}:", *lines]), USAGE, dict(error.errors)) from error


def begun(options: argparse.Namespace, paths: RunPaths) -> int:
    """Wait as long as the options say, print, and return the exit code."""
    status = _wait(paths, lambda status: _on_its_way(paths, status), _BEGIN_S)
    if options.wait:
        status = _wait(paths, lambda status: status.over, math.inf)
    good = status.state is State.FINISHED if options.wait else status.state not in (State.FAILED, State.LOST)
    return report.answer(options, paths.id, f"{status.state}: {status.reason}", of=paths, good=good)


def wait_for_end(options: argparse.Namespace, paths: RunPaths) -> int:
    """Wait for the end of a run; print how it ended only where it did not finish, and return the exit code."""
    status = _wait(paths, lambda status: status.over, math.inf)
    if status.state is State.FINISHED:
        return OK
    return report.answer(options, paths.id, f"{status.state}: {status.reason}", of=paths, good=False)


def _on_its_way(paths: RunPaths, status: RunStatus) -> bool:
    """Whether the run will not change soon: it has begun, has failed, or waits behind others."""
    if status.state not in (State.STARTING, State.QUEUED):
        return True
    place = queue.find(paths.id)
    if place is None:
        return paths.events(paths.latest_attempt).exists()
    return queue.ahead_of(place) > 0 or queue.in_use(place.lane) >= queue.slots()[place.lane]


def _wait(paths: RunPaths, enough: Callable[[RunStatus], bool], timeout: float) -> RunStatus:
    """Poll the status until it is enough or the time is up, with the housekeeping of all runs."""
    deadline = time.monotonic() + timeout
    while True:
        tend()
        status = derive(paths)
        if enough(status) or time.monotonic() >= deadline:
            return status
        time.sleep(_POLL_S)


def stop(options: argparse.Namespace) -> int:
    """Ask a run to stop, or end it at once, and wait for its end."""
    paths = find(options.id)
    asked = end_now(paths) if options.now else request_stop(paths)
    status = _wait(paths, lambda status: status.over, options.timeout if options.wait and asked else 0)
    good = status.state in (State.STOPPED, State.FINISHED) or not (options.wait or status.over)
    text = f"{paths.id}: {'' if asked else 'already over, '}{status.state}: {status.reason}"
    return report.answer(options, text, of=paths, good=good)


def cancel(options: argparse.Namespace) -> int:
    """Take a run out of the queue."""
    paths = find(options.id)
    status = derive(paths)
    if status.state is not State.QUEUED:
        raise CommandError(f"{paths.id} does not wait in the queue: it is {status.state}.", WRONG_STATE)
    request_stop(paths)
    status = _wait(paths, lambda status: status.over, _LEAVE_S)
    text = f"{paths.id}: {status.state}: {status.reason}"
    return report.answer(options, text, of=paths, good=status.state is State.STOPPED)
