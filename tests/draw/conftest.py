"""Drawings made by real worker processes: one pool for all tests, gone with all its processes afterwards."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from explorer.draw.drawing import Drawing, Order, Request, Urgency
from explorer.draw.pool import Pool
from tests.runs.conftest import wait_for

Result = TypeVar("Result")
LONG_S = 60.0  # a machine that is busy is no failure


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """Two workers; nothing of it is left at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DRAW_WORKERS", "2")
        made = Pool()
        yield made
        pids = made.pids()
        made.close()
        wait_for(lambda: all(map(gone, pids)), "the end of the pool's processes")


def order(
    session: str = "me",
    channel: str = "",
    urgency: Urgency = Urgency.LOOK,
    seconds: float = LONG_S,
    asked: bool = False,
) -> Order:
    """For whom something is drawn."""
    return Order(session, channel, urgency, seconds, asked=asked)


def over(drawing: Drawing[Result]) -> Drawing[Result]:
    """The drawing, once no more comes of it."""
    assert drawing.wait(LONG_S), "a drawing that never ends"
    return drawing


def drawn(pool: Pool, request: Request[Result], asked: bool = False) -> Result:
    """What a worker makes of a request."""
    return over(pool.submit(request, order(asked=asked))).result()


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has not been waited for, and counts as one that is there."""
    return not psutil.pid_exists(pid)


def kill(pid: int) -> None:
    """End a process from outside, if it lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def sign(tmp_path: Path) -> Callable[[], "Sign"]:
    """Makes signs, by which a drawing says that it has begun and where."""
    count = iter(range(100))
    return lambda: Sign(tmp_path / f"sign-{next(count)}")


class Sign:
    """A file in which the workers that come to a place of a request write their process ids."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pids(self) -> list[int]:
        """Of all that have come so far."""
        return [int(line) for line in self.path.read_text().split()] if self.path.exists() else []

    def wait(self, count: int = 1) -> int:
        """Wait until so many have come, and give the last one's process id."""
        wait_for(lambda: len(self.pids()) >= count, f"{count} signs", LONG_S)
        return self.pids()[-1]
