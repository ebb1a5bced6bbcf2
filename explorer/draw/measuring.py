"""A statistic under way: its draws are divided among the workers, and their tallies are added up."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.augment.draws.counts import DrawCounts, merge
from explorer.augment.pipeline import Pipeline
from explorer.draw.drawing import CancelledError, Drawing, Order, Urgency
from explorer.draw.limits import ASKED_SECONDS, SLOW_SECONDS
from explorer.draw.pictures import Subject
from explorer.draw.pool import Pool
from explorer.draw.requests import Draws

AT_ONCE = 2  # chunks of draws: others need the cores too
CHUNK_S = 0.8 * SLOW_SECONDS  # of a chunk: previews come between two, and the progress moves
FIRST_CHUNK, LARGEST_CHUNK = 4, 250  # draws


@dataclass(frozen=True)
class Counted:
    """How many draws are done, and the seconds since the first one began, 0.0 while it waits."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Draws per second, 0.0 if not known yet."""
        return self.done / self.seconds if self.done and self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None if not known yet."""
        return (self.total - self.done) / self.rate if self.rate else None


class Measuring:
    """Counts draws; `tally` are the counts of those that are done, `error` is why it ended early, else None."""

    def __init__(
        self,
        pool: Pool,
        subjects: Sequence[Subject],
        pipeline: Pipeline,
        seed: int,
        total: int,
        session: str = "statistics",
        at_once: int = AT_ONCE,
    ) -> None:
        self.total = total
        self.tally: DrawCounts = {}
        self.error: Exception | None = None
        self._pool, self._order = pool, Order(session, "", Urgency.COUNT, ASKED_SECONDS, asked=True)
        self._what = tuple(subjects), pipeline, seed
        self._changed = threading.Condition()
        self._next = self._done = 0
        self._begun: float | None = None
        self._cancelled = False
        self._under_way: dict[Drawing[DrawCounts], range] = {}
        for _ in range(at_once):
            self._ask(FIRST_CHUNK)

    @property
    def running(self) -> bool:
        """Whether draws are still being counted."""
        with self._changed:
            return bool(self._under_way)

    @property
    def complete(self) -> bool:
        """Whether all draws are counted."""
        return self._done == self.total

    def progress(self) -> Counted:
        """How far it is."""
        with self._changed:
            seconds = 0.0 if self._begun is None else time.monotonic() - self._begun
            return Counted(self._done, self.total, seconds)

    def cancel(self) -> None:
        """End it now, even inside a step. What was counted so far stays."""
        with self._changed:
            self._cancelled = True
            under_way = list(self._under_way)
        for drawing in under_way:
            drawing.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended. Returns False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, timeout)

    def _ask(self, size: int) -> None:
        subjects, pipeline, seed = self._what
        with self._changed:
            start, self._next = self._next, min(self.total, self._next + size)
            draws = range(0) if self._cancelled or self.error else range(start, self._next)
            if not draws:
                return
            request = Draws(subjects, pipeline, seed, draws.start, draws.stop, self.total)
            # Under the lock, since the drawing may be over before it is noted here.
            self._under_way[self._pool.submit(request, self._order, self._take)] = draws

    def _take(self, drawing: Drawing[DrawCounts]) -> None:
        """Add up what has come, and ask for more. Called in a thread of the pool."""
        size = 0
        with self._changed:
            draws = self._under_way[drawing]
            self._begun = self._begun or drawing.begun
            try:
                self.tally = merge(self.tally, drawing.result())
                self._done += len(draws)
                spent = max(time.monotonic() - (drawing.begun or 0.0), 1e-3)
                size = max(1, min(LARGEST_CHUNK, round(len(draws) * CHUNK_S / spent)))
            except CancelledError:
                pass
            except Exception as error:  # noqa: BLE001 - shown to the person who measures
                self.error = self.error or error
        if size:
            self._ask(size)
        with self._changed:
            del self._under_way[drawing]
            self._changed.notify_all()
