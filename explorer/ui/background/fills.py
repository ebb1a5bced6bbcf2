"""Many drawings at once: the pool of workers makes them one after another."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.draw.drawing import CancelledError, Drawing, DrawingError, Request, Urgency
from explorer.draw.pictures import NoPicture
from explorer.ui.background import asking, endings

KEPT = 1024  # drawings that are remembered, of some 10 kB each


@dataclass(frozen=True, eq=False)
class Task:
    """One drawing.

    Attributes:
        key: Everything that the drawing depends on.
        milliseconds: Expected time.
        request: The request to a worker.
        failed: Returns a substitute for a drawing that fails, from the reason.
    """

    key: Hashable
    milliseconds: float
    request: Request[Any]
    failed: Callable[[str], Any]


class Drawings:
    """Recent drawings by key, shared by all threads and sessions."""

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
        """Remember a drawing, and drop the least recently used one if there are too many."""
        with self._lock:
            self._known[key] = drawing
            self._known.move_to_end(key)
            while len(self._known) > self._limit:
                self._known.popitem(last=False)


DRAWINGS = Drawings()  # those of this process


class Fill:
    """Several drawings under way, in their order. Those that are known already are available at once.

    Args:
        tasks: The drawings.
        known: Earlier drawings.
        start: Whether drawings that are not known are made.
        asked: Whether the person asked for them, so that they may take long.
    """

    def __init__(
        self, tasks: Sequence[Task], known: Drawings = DRAWINGS, start: bool = True, asked: bool = False
    ) -> None:
        self._known = known
        self._results: dict[Hashable, Any] = {}
        for task in tasks:
            if (drawing := known.get(task.key)) is not None:
                self._results[task.key] = drawing
        self.token = token(tasks)
        self.count = len(tasks)
        self.sent: set[str] = set()  # ids that the browser has already, see `components.grid`
        waiting = {task.key: task for task in tasks if task.key not in self._results}
        self._of = max(1e-6, sum(task.milliseconds for task in waiting.values()))
        self._begun = time.monotonic()
        self._collecting = threading.Lock()  # a script of the page may still run as the next one begins
        self._waiting: dict[Hashable, tuple[Task, Drawing[Any]]] = {
            key: (task, asking.submit(task.request, urgency=Urgency.FILL, milliseconds=task.milliseconds, asked=asked))
            for key, task in waiting.items()
            if start
        }

    def renewed(self, tasks: Sequence[Task], known: Drawings) -> "Fill | None":
        """Cancel this fill and return one of other drawings, of which the browser has the same; None for equal ones."""
        if self.token == token(tasks):
            return None
        self.cancel()
        fill = Fill(tasks, known)
        fill.sent = self.sent
        return fill

    def wait(self, seconds: float) -> bool:
        """Wait until all drawings have ended; return whether they have. Unexpected errors of a drawing are raised."""
        until = time.monotonic() + seconds
        for _, drawing in list(self._waiting.values()):
            drawing.wait(until - time.monotonic())
        self._collect()
        return not self._waiting

    def _collect(self) -> None:
        with self._collecting:
            for key, (task, drawing) in list(self._waiting.items()):
                if drawing.done:
                    del self._waiting[key]
                    self._take(task, drawing)

    def _take(self, task: Task, drawing: Drawing[Any]) -> None:
        try:
            self._results[task.key] = drawing.result()
        except CancelledError:
            return
        except NoPicture as error:
            self._results[task.key] = task.failed(str(error))
        except DrawingError as error:  # not kept: a drawing that a person asks for has a longer limit
            self._results[task.key] = task.failed(_words(error, task))
        else:
            self._known.keep(task.key, self._results[task.key])

    def cancel(self) -> None:
        """Cancel what is not drawn yet."""
        for _, drawing in list(self._waiting.values()):
            drawing.cancel()
        self._collect()

    @property
    def under_way(self) -> bool:
        """Whether drawings are still being made."""
        self._collect()
        return bool(self._waiting)

    @property
    def complete(self) -> bool:
        return not self._missing()

    @property
    def done(self) -> int:
        """Number of finished drawings."""
        return self.count - len(self._missing())

    def _missing(self) -> list[Hashable]:
        return [key for key in self.token if key not in self._results]

    def get(self, key: Hashable) -> Any | None:
        """Return a drawing; None if it does not exist yet."""
        return self._results.get(key)

    @property
    def share(self) -> float:
        """Finished share, from 0 to 1, weighted by the expected time of each drawing."""
        return min(1.0, max(0.0, 1 - self._left / self._of))

    @property
    def seconds_left(self) -> float:
        """Remaining seconds at the rate so far; before the first drawing, the expected time."""
        spent, done = time.monotonic() - self._begun, self._of - self._left
        return max(0.0, self._left * (spent / done if done > 0 else 0.001))

    @property
    def _left(self) -> float:
        return sum(task.milliseconds for task, _ in list(self._waiting.values()))


def _words(error: DrawingError, task: Task) -> str:
    pipeline = getattr(task.request, "pipeline", None)
    return asking.words(error) if pipeline is None else endings.words(error, pipeline)


def token(tasks: Sequence[Task]) -> tuple[Hashable, ...]:
    """Return a hashable key that identifies this list of tasks."""
    return tuple(task.key for task in tasks)
