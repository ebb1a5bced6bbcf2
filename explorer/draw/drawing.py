"""Requests for a worker, the errors that end them, and a request on its way through the pool."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

Result = TypeVar("Result")


class Request(ABC, Generic[Result]):
    """A drawing as a value: it travels to a worker, and what is drawn there travels back.

    The result is of a type that `protocol` can carry: dataclasses, bytes, and what JSON holds.
    """

    @property
    def draft_key(self) -> Hashable | None:
        """Key of the draft, which is drawn only on demand after it has ended a worker; None is always drawn."""
        return None

    @abstractmethod
    def draw(self) -> Iterator[Result]:
        """Draw, in a worker. The page waits for the first part only; more parts may follow."""

    def read(self, parts: list[Any]) -> Result:
        """The result, in the server, of the parts that have come so far. Raises ValueError for what it cannot be."""
        return self.checked(parts[0])

    def checked(self, part: Any) -> Result:
        """A part, as the type that the request is declared with: `Drawn` in `class Cell(Request[Drawn])`."""
        result: Result = _adapter(type(self)).validate_python(part)
        return result


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    (base,) = kind.__orig_bases__
    return TypeAdapter(get_args(base)[0])


class Ending(StrEnum):
    """Why a worker did not answer."""

    CRASHED = "crashed"  # native code has crashed
    MEMORY = "memory"  # it reached its limit of memory
    TIME = "time"  # it reached its limit of time
    KILLED = "killed"  # something outside the app has killed it several times


class DrawingError(RuntimeError):
    """A drawing that a worker could not make.

    Attributes:
        ending: Why not.
        node_id: The step that the worker was in, "" for none.
        limit: The seconds or bytes that were allowed, 0 if that does not matter.
    """

    def __init__(self, ending: Ending, node_id: str = "", limit: float = 0.0) -> None:
        super().__init__(f"The drawing has ended early ({ending.value}).")
        self.ending, self.node_id, self.limit = ending, node_id, limit


class CancelledError(RuntimeError):
    """The drawing is not wanted any more."""


class BrokenError(RuntimeError):
    """A worker has raised an unexpected error, which is a bug. The message is the worker's traceback."""


_LOOK_SECONDS = 0.5  # between two checks of whether a worker has started it


class Urgency(IntEnum):
    """What is drawn first."""

    LOOK = 0  # a page waits for it
    FILL = 1  # one of many
    COUNT = 2  # part of a statistic


@dataclass(frozen=True)
class Order:
    """For whom something is drawn, and how urgent it is.

    Attributes:
        session: Sessions take turns.
        channel: The widget that it is for: a newer drawing replaces an older one. "": nothing is replaced.
        seconds: Its limit of processor time.
        milliseconds: Its expected duration.
        asked: Whether a person requested it: then it is drawn even if its draft has ended a worker before.
    """

    session: str
    channel: str
    urgency: Urgency
    seconds: float
    milliseconds: float = 0.0
    asked: bool = False


@dataclass(frozen=True)
class Progress:
    """The share that is done, 0 to 1, and an estimate of the seconds that are left."""

    share: float
    seconds_left: float


class Drawing(Generic[Result]):
    """A request on its way. The thread that wants it and those of the pool share it."""

    def __init__(
        self,
        request: Request[Result],
        order: Order,
        on_end: "Callable[[Drawing[Result]], None] | None" = None,
    ) -> None:
        self.request, self.order = request, order
        self.begun: float | None = None  # monotonic seconds
        self.looked = time.monotonic()  # when a page last asked about it
        self.retries = 0  # how often it was started again
        self.on_cancel: Callable[[], None] = lambda: None
        self._on_end = on_end
        self._changed = threading.Condition()
        self._parts: list[Any] = []
        self._over = False
        self._error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether it is over."""
        self.looked = time.monotonic()
        return self._over

    @property
    def cancelled(self) -> bool:
        """Whether it is no longer wanted."""
        return isinstance(self._error, CancelledError)

    @property
    def error(self) -> Exception | None:
        """Why there is no result; None if there is one, or none yet."""
        return self._error

    def wait(self, seconds: float, parts: int | None = None) -> bool:
        """Wait until it is over, or has `parts` parts. Returns False if that takes longer."""
        with self._changed:
            self.looked = time.monotonic() + seconds
            return self._changed.wait_for(
                lambda: self._over or (parts is not None and len(self._parts) >= parts), max(0.0, seconds)
            )

    def wait_at_work(self, seconds: float, parts: int) -> bool:
        """Wait like `wait`, but count the seconds from when a worker starts it.

        A page that looked again and again while its drawing waits for its turn would only make everybody wait longer.
        """
        while not self.wait(self._patience(seconds), parts):
            if self._patience(seconds) <= 0:
                return False
        return True

    def _patience(self, seconds: float) -> float:
        return _LOOK_SECONDS if self.begun is None else self.begun + seconds - time.monotonic()

    def result(self) -> Result:
        """The result as far as it has come.

        Raises:
            DrawingError: A worker could not make it.
            CancelledError: It was cancelled, or nothing has come yet.
            Exception: What the request's `draw` raised, of those that `worker.ERRORS` names.
        """
        if self._error is not None:
            raise self._error
        if not self._parts:
            raise CancelledError("It is not there yet.")
        return self.request.read(list(self._parts))

    def cancel(self) -> None:
        """Drop it. A worker that has been busy with it for a while is ended, whatever step it is in."""
        self.end(CancelledError())
        self.on_cancel()

    def progress(self) -> Progress:
        """An estimate by the clock, since most of the time is often spent inside one step. It never reaches 1."""
        expected = max(self.order.milliseconds, 1.0) / 1000
        spent = 0.0 if self.begun is None else time.monotonic() - self.begun
        return Progress(min(0.97, spent / expected), max(0.0, expected - spent))

    # For the pool

    def begin(self, now: float) -> None:
        """A worker starts it at `now`, in monotonic seconds."""
        with self._changed:
            self.begun = now
            self._changed.notify_all()

    def restart(self) -> None:
        """It is going to be drawn again from the beginning."""
        with self._changed:
            self.retries, self.begun = self.retries + 1, None
            self._parts.clear()

    def add(self, part: Any) -> None:
        """Add a part that has come."""
        with self._changed:
            self._parts.append(part)
            self._changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """It is over. Only the first end counts."""
        with self._changed:
            if self._over:
                return
            self._over, self._error = True, error
            self._changed.notify_all()
        if self._on_end is not None:
            self._on_end(self)
