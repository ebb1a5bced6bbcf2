"""Runs whose trainer is a real process, see trainer.py."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from explorer.augment.pipeline import Pipeline
from explorer.base import processes
from explorer.base.processes import Moment
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.launchers import local
from explorer.runs.life import housekeeping, launcher
from explorer.runs.queue import holders, queue
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.devices import Accelerator
from explorer.runs.state.status import RunStatus, State, derive


@pytest.fixture(autouse=True)
def _without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")


@pytest.fixture
def folder() -> RunPaths:
    """A run's folder with nothing in it but a run.json."""
    return make_folder("ants-bees")


def config_of(behaviour: str, lane: Accelerator = "cpu") -> RunConfig:
    """A config whose run does what its name says, in a queue that needs no look at the machine."""
    return RunConfig(name=behaviour, dataset=DigitsSpec(), pipeline=Pipeline(), accelerator=lane)


@pytest.fixture
def head() -> RunPaths:
    """A run that trains until it is stopped, so that all others wait."""
    paths = launcher.start(config_of("works_until_stopped"))
    wait_for_state(paths, State.RUNNING)
    return paths


@pytest.fixture
def tend(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Does what is due, each time it is called."""
    monkeypatch.setattr(housekeeping, "_EVERY_S", 0.0)
    return housekeeping.tend


def turns(home: Path) -> list[tuple[str, str]]:
    """What the runs that take a turn have told: ("begin" or "end", id), in order."""
    try:
        return [tuple(line.split()) for line in (home / "turns.txt").read_text().splitlines()]  # type: ignore[misc]
    except FileNotFoundError:
        return []


def make_folder(words: str, name: str = "ants against bees") -> RunPaths:
    """The folder of a run, with a run.json that only `list` and `show` can use."""
    paths = RunPaths(runs_root() / f"20261123-142501-{words}-x7k")
    paths.root.mkdir()
    paths.config.write_text(json.dumps({"name": name, "dataset": {"kind": "digits"}}))
    return paths


@pytest.fixture
def started() -> Callable[[str], RunPaths]:
    """Starts a run whose trainer behaves as the name says."""

    def start(behaviour: str) -> RunPaths:
        paths = make_folder(behaviour.replace("_", "-"), behaviour)
        launcher.launch_attempt(paths, 1)
        return paths

    return start


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Poll until the condition holds; fail, naming it, when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.01)


def wait_for_state(paths: RunPaths, state: State) -> RunStatus:
    """Poll until the run is in `state`, and return its status."""
    seen: list[RunStatus] = []

    def reached() -> bool:
        seen.append(derive(paths))
        return seen[-1].state is state

    try:
        wait_for(reached, f"{paths.id} being {state}")
    except AssertionError:
        raise AssertionError(f"wanted {state}, got {seen[-1]}; its log: {log_of(paths)}") from None
    return seen[-1]


def log_of(paths: RunPaths) -> str:
    """What the trainer printed."""
    return paths.log.read_text() if paths.log.exists() else "(none)"


def pid_of(paths: RunPaths, attempt: int = 1) -> int:
    """The process of the trainer."""
    launch = read_launch(paths, attempt)
    assert launch is not None
    assert launch.pid is not None
    return launch.pid


def later(seconds: float) -> Moment:
    """The moment so many seconds from now."""
    now = Moment.now()
    return Moment(now.wall + seconds, now.mono + seconds, now.boot)


def kill(paths: RunPaths, number: int = signal.SIGKILL) -> int:
    """Send a signal to the trainer, and return its pid."""
    pid = pid_of(paths)
    os.kill(pid, number)
    return pid


def pause(*pids: int) -> None:
    """Stop processes by SIGSTOP, and wait until they are: on a busy machine a signal takes its time to arrive."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: all(processes.is_paused(pid, processes.start_ticks(pid)) for pid in pids), "the pause")


@pytest.fixture
def in_background() -> Iterator[None]:
    """Let this process ignore SIGINT, as the shell lets a job ignore it that was started with "&"."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def interruptible(command: Sequence[str], cwd: Path) -> "subprocess.Popen[str]":
    """Start a command that Ctrl-C ends, with pipes for what it prints, even where this process ignores SIGINT.

    A child inherits what is ignored, and Python then installs no handler. A handler, however, is not inherited: the
    child begins with the system's default.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)


def is_alive(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    found = processes.find(pid)
    return found is not None and not found.dead


def is_at_it(paths: RunPaths) -> bool:
    """Whether its process has come to where it waits: it has noted itself in its ticket."""
    place = queue.find(paths.id)
    return place is not None and holders.read(place.ticket) is not None
