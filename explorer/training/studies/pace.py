"""Progress of a search, whose searches are equal units of work: the time that is left follows from those that are done.

Until one is done, only the time that is left for the views or the heads in progress is known.
"""

import time
from collections.abc import Callable

from explorer.runs.record.studies.progress import HEADS
from explorer.training.attempt import Attempt, Throttle


class Units:
    """Units of work of one attempt.

    Args:
        attempt: Of the run.
        done: Units that earlier attempts have done.
        total: All units.
    """

    def __init__(self, attempt: Attempt, done: int, total: int) -> None:
        self._attempt = attempt
        self._before = self._done = done
        self._total = total
        self._heads = 0  # trained since the last unit was finished
        self._begun = time.monotonic()
        self._throttle = Throttle()

    def finish(self) -> None:
        """Count one more unit as done."""
        self._done += 1
        self._heads = 0

    def reporter(self, phase: str) -> Callable[[int, int], None]:
        """Make a function to call as often as you like while a phase goes on; it raises StopRun at a request."""
        begun, first, counted = time.monotonic(), -1, 0

        def report(done: int, total: int) -> None:
            nonlocal first, counted
            self._attempt.stop.check("stopped_in_searches", done=self._done, searches=self._total)
            if first < 0:
                first = done  # views that the bank has take no time
            if phase == HEADS:
                self._heads, counted = self._heads + done - counted, done
            if self._throttle.due():
                now, here = time.monotonic(), done - first
                self._report(phase, done, total, (now - begun) * (total - done) / here if here else None, now)

        return report

    def _report(self, phase: str, done: int, total: int, left_of_phase: float | None, now: float) -> None:
        here = self._done - self._before
        left = (now - self._begun) * (self._total - self._done) / here if here else left_of_phase
        self._attempt.phase(
            phase,
            done=self._done,
            total=self._total,
            outer=self._done,
            part_done=done,
            part_total=total,
            heads=self._heads,
            left_s=left,
            of_phase=not here,
        )
