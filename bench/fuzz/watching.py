"""Looks at the processes of the pool while it draws: their memory, and which there have been."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from bench.watching import repeated
from explorer.draw.limits import MEMORY
from explorer.draw.pool import Pool

_EVERY_S = 0.1


class Seen:
    """workers, templates: pids. largest: bytes, the most that one worker held. beyond: workers over their limit."""

    def __init__(self) -> None:
        self.workers: set[int] = set()
        self.templates: set[int] = set()
        self.beyond: set[int] = set()
        self.largest = 0
        self.together = 0

    def note(self, pool: Pool) -> None:
        """Which processes there are now."""
        template, *workers = pool.pids()
        self.templates.add(template)
        self.workers.update(workers)

    def weigh(self, pool: Pool) -> None:
        """How much memory they hold."""
        template, *workers = pool.pids()
        held = {pid: _resident(pid) for pid in workers}
        base = _resident(template)
        self.largest = max(self.largest, *held.values(), 0)
        self.together = max(self.together, base + sum(held.values()))
        self.beyond.update(pid for pid, size in held.items() if size > base + MEMORY)


@contextmanager
def watched(pool: Pool) -> Iterator[Seen]:
    """Look at the pool ten times a second while the block runs."""
    seen = Seen()

    def look() -> None:
        seen.note(pool)
        seen.weigh(pool)

    with repeated(look, _EVERY_S):
        yield seen


def _resident(pid: int) -> int:
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0
