"""Kills a process that draws, at random moments, as the kernel does when memory ends."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from bench.crowd.tree import processes

MEAN_S = 1.0
_OURS = "explorer.draw"


class Killed:
    """How many were killed so far."""

    count = 0


def workers(pid: int) -> list[psutil.Process]:
    """The processes of a server that draw, without the template that they are forked from, which is its own child."""
    found = []
    for process in processes(pid)[1:]:
        with suppress(psutil.Error):
            if process.ppid() != pid and any(_OURS in word for word in process.cmdline()):
                found.append(process)
    return found


@contextmanager
def killing(pid: int, wanted: bool) -> Iterator[Killed]:
    """Kill one about every second while the block runs."""
    killed, over = Killed(), threading.Event()
    thread = threading.Thread(target=_kill, args=(pid, killed, over))
    if wanted:
        thread.start()
    try:
        yield killed
    finally:
        over.set()
        if wanted:
            thread.join()


def _kill(pid: int, killed: Killed, over: threading.Event) -> None:
    chance = random.Random(time.time_ns())
    while not over.wait(chance.expovariate(1 / MEAN_S)):
        found = workers(pid)
        if found:
            with suppress(psutil.Error):
                chance.choice(found).kill()
                killed.count += 1
