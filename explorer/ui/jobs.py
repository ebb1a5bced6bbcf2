"""A drawing that takes long: it runs in a thread of its own, which never touches Streamlit, and can be cancelled."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from explorer.augment.observe import Cancelled

Result = TypeVar("Result")
OnStep = Callable[[int], None]
# Two at once for all sessions together: the previews of others need the cores too.
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="explorer-job")


@dataclass(frozen=True)
class Progress:
    """share: 0 to 1. seconds_left: an estimate, 0 or more."""

    share: float
    seconds_left: float


class Job(Generic[Result]):
    """Work that is under way. Once it is cancelled nobody gets its result, and its thread ends at the next step."""

    def __init__(self, name: str, token: object, work: Callable[[OnStep], Result], milliseconds: float) -> None:
        """name: the kind of work. token: what is being drawn, to tell one job from another. milliseconds: how long it
        is expected to take.
        """
        self.name = name
        self.token = token
        self._work = work
        self._expected = max(milliseconds, 1.0) / 1000
        self._cancelled = threading.Event()
        self._begun = time.monotonic()
        self._future = _POOL.submit(self._run)

    def _run(self) -> Result:
        self._step(0)
        self._begun = time.monotonic()  # it may have waited for others
        return self._work(self._step)

    def _step(self, _count: int) -> None:
        if self._cancelled.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Drop the result."""
        self._cancelled.set()
        self._future.cancel()

    @property
    def done(self) -> bool:
        """Whether `finish` answers at once."""
        return self._cancelled.is_set() or self._future.done()

    def wait(self, timeout: float) -> bool:
        """Wait until its thread has ended, also where it was cancelled; False where that takes longer."""
        return not wait([self._future], timeout).not_done

    def finish(self) -> Result | None:
        """The result; None where it was cancelled. Raises what the work raised."""
        return None if self._cancelled.is_set() else self._future.result()

    def progress(self) -> Progress:
        """By the clock, since most of the time is often spent inside one step. It never says that all is done."""
        spent = time.monotonic() - self._begun
        return Progress(min(0.97, spent / self._expected), max(0.0, self._expected - spent))
