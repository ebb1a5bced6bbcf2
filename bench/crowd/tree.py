"""The server and all its child processes: their memory together, and what is left of those that have ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from bench.watching import repeated

EVERY_S = 0.5


def processes(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it."""
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []


def memory(pid: int) -> float:
    """MB of all of them together: the proportional set size, in which shared pages count once."""
    total = 0
    for process in processes(pid):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 1e6


def zombies(pid: int) -> int:
    """How many have ended without anybody having waited for them."""
    count = 0
    for process in processes(pid):
        with suppress(psutil.Error):
            count += process.status() == psutil.STATUS_ZOMBIE
    return count


class Peak:
    """The largest memory, and the most processes, that were seen."""

    megabytes = 0.0
    count = 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at the memory while the block runs."""
    peak = Peak()

    def look() -> None:
        peak.megabytes = max(peak.megabytes, memory(pid))
        peak.count = max(peak.count, len(processes(pid)))

    with repeated(look, EVERY_S):
        yield peak


def settled(pid: int, seconds: float) -> float:
    """The memory after so many seconds of rest, in MB."""
    time.sleep(seconds)
    return memory(pid)
