"""Times of the same work, several times in turn with what it is compared with, and a home to work in."""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explorer.base.home import home

Times = dict[str, list[float]]


def in_turn(works: dict[str, Callable[[], Any]], turns: int, *, processor: bool = False) -> Times:
    """The seconds of each work in each turn. processor: those of this process, whatever else the computer does."""
    clock = time.process_time if processor else time.perf_counter
    times: Times = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            gc.collect()
            begun = clock()
            work()
            times[name].append(clock() - begun)
    return times


@contextmanager
def scratch_home() -> Iterator[Path]:
    """A folder with an EXPLORER_HOME of its own, which is deleted in the end."""
    before = os.environ.get("EXPLORER_HOME")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = f"{scratch}/home"
        home().mkdir()
        try:
            yield Path(scratch)
        finally:
            os.environ.pop("EXPLORER_HOME")
            if before is not None:
                os.environ["EXPLORER_HOME"] = before
