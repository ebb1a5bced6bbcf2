"""Processes that are paused at a known point, so that a page can be looked at for as long as a busy machine needs."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import psutil

from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths, run_paths
from scripts.server import Server
from tests.browser.looking import PATIENCE_S

_LOOK_EVERY_S = 0.005
_WATCH_S = 3 * PATIENCE_S  # a run that waits for another one, or for what the test does before


def run_of(address: str) -> RunPaths:
    """The run whose page has this address."""
    (run_id,) = parse_qs(urlsplit(address).query)["run"]
    return run_paths(run_id)


def has_begun(run: RunSnapshot) -> bool:
    """Whether the trainer has read its data and is about to take its first step."""
    return run.start is not None


def has_validated(epochs: int) -> Callable[[RunSnapshot], bool]:
    """Whether a run has validated so many epochs."""
    return lambda run: len(run.epochs) >= epochs


class Pause:
    """Pauses the trainer of a run once its record says that it has come to a point.

    A thread watches the record, since the test itself may be waiting for the browser at that moment.

    Args:
        paths: The run.
        reached: Whether the run has come to the point.
    """

    def __init__(self, paths: RunPaths, reached: Callable[[RunSnapshot], bool]) -> None:
        self._paths, self._reached = paths, reached
        self._view = RunView(paths)
        self._pid = 0
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    def _watch(self) -> None:
        deadline = time.monotonic() + _WATCH_S
        while time.monotonic() < deadline:
            run = self._view.refresh()
            if run.status.over:
                return
            if self._reached(run):
                self._pause()
                return
            time.sleep(_LOOK_EVERY_S)

    def _pause(self) -> None:
        launch = latest_launch(self._paths)
        assert launch is not None
        assert launch.pid is not None
        os.killpg(launch.pid, signal.SIGSTOP)  # with the processes that load its images
        self._pid = launch.pid

    def wait(self) -> RunSnapshot:
        """Wait until the trainer is paused, and return how far it has come."""
        self._watching.join()
        run = self._view.refresh()
        assert self._pid, f"{self._paths.id} was not paused: {run.status}"
        assert not run.status.over, run.status
        return run

    def end(self) -> None:
        """Let the trainer go on."""
        os.killpg(self._pid, signal.SIGCONT)


@contextmanager
def paused_drawing(server: Server) -> Iterator[None]:
    """Pause what is drawn in the server's worker processes until the block ends."""
    templates = [child for child in psutil.Process(server.pid).children() if "explorer.draw" in child.cmdline()]
    workers = [worker for template in templates for worker in template.children()]
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            if worker.is_running():  # one whose drawing was canceled is ended
                worker.resume()
