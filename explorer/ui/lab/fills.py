"""Drawings that are many: two threads, which never touch Streamlit, make one after the other until all are there."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.augment.observe import Cancelled

OnStep = Callable[[int], None]
THREADS = 2  # OpenCV lets go of the interpreter while it works
_YIELD = 0.001  # seconds between two drawings: whoever uses the page comes first
KEPT = 1024  # drawings that are remembered, of some 10 kB each


@dataclass(frozen=True, eq=False)
class Task:
    """One drawing. key: all that it depends on. milliseconds: what it is expected to take.

    draw: makes it; it calls its argument after each step, which may raise Cancelled.
    """

    key: Hashable
    milliseconds: float
    draw: Callable[[OnStep], Any]


class Drawings:
    """What was drawn lately, by key; for all threads and sessions."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any | None:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def keep(self, key: Hashable, drawing: Any) -> None:
        with self._lock:
            self._known[key] = drawing
            self._known.move_to_end(key)
            while len(self._known) > self._limit:
                self._known.popitem(last=False)


DRAWINGS = Drawings()  # those of this process


class Fill:
    """Several drawings under way, in their order. What is known already is there at once.

    start: False: nothing that is not known is drawn.
    """

    def __init__(self, tasks: Sequence[Task], known: Drawings = DRAWINGS, start: bool = True) -> None:
        self._known = known
        self._results: dict[Hashable, Any] = {}
        for task in tasks:
            if (drawing := known.get(task.key)) is not None:
                self._results[task.key] = drawing
        self.token = token(tasks)
        self.count = len(tasks)
        self.sent: set[str] = set()  # what the browser has of it already, see `components.grid`
        waiting = list({task.key: task for task in tasks if task.key not in self._results}.values())
        self._waiting = deque(waiting)
        self._left = sum(task.milliseconds for task in waiting)
        self._of = max(1e-6, self._left)
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._failure: BaseException | None = None
        self._begun = time.monotonic()
        self._over = threading.Event()
        self._alive = min(THREADS, len(waiting)) if start else 0
        if not self._alive:
            self._over.set()
        for _ in range(self._alive):
            threading.Thread(target=self._work, name="explorer-lab", daemon=False).start()

    def _work(self) -> None:
        try:
            while not self._unwanted():
                task = self._next()
                if task is None:
                    break
                self._draw(task)
                time.sleep(_YIELD)
        except Cancelled:
            pass  # nobody wants the rest
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asks for results
            self._failure = error
            self._cancelled.set()
        finally:
            with self._lock:
                self._alive -= 1
                if not self._alive:
                    self._over.set()

    def _next(self) -> Task | None:
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def _draw(self, task: Task) -> None:
        drawing = task.draw(self._step)
        self._known.keep(task.key, drawing)
        with self._lock:
            self._results[task.key] = drawing
            self._left -= task.milliseconds

    def _step(self, _count: int) -> None:
        if self._unwanted():
            raise Cancelled

    def _unwanted(self) -> bool:
        # A thread must not hold up the end of the server; a daemon would be torn out of the middle of C++ code.
        return self._cancelled.is_set() or not threading.main_thread().is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait until all is over; False where that takes longer. Raises what a drawing raised."""
        over = self._over.wait(seconds)
        if self._failure is not None:
            raise self._failure
        return over

    def cancel(self) -> None:
        """End at the next step; what is drawn stays."""
        self._cancelled.set()

    @property
    def under_way(self) -> bool:
        """Whether more is to come."""
        return not self._over.is_set() and not self._cancelled.is_set()

    @property
    def complete(self) -> bool:
        """Whether everything is drawn."""
        return not self._missing()

    @property
    def done(self) -> int:
        """How many are drawn."""
        return self.count - len(self._missing())

    def _missing(self) -> list[Hashable]:
        return [key for key in self.token if key not in self._results]

    def get(self, key: Hashable) -> Any | None:
        """A drawing; None where it is not there yet."""
        return self._results.get(key)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1, by the time that each drawing is expected to take."""
        return min(1.0, max(0.0, 1 - self._left / self._of))

    @property
    def seconds_left(self) -> float:
        """By what was done so far, else by what it is expected to take."""
        spent, done = time.monotonic() - self._begun, self._of - self._left
        pace = spent / done if done > 0 else 1 / 1000 / THREADS
        return max(0.0, self._left * pace)


def token(tasks: Sequence[Task]) -> tuple[Hashable, ...]:
    """The same for the same drawings."""
    return tuple(task.key for task in tasks)
