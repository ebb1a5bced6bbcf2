"""A request on its way through the pool: it waits, is being drawn, or is over."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from explorer.draw.request import CancelledError, Request

Result = TypeVar("Result")
_LOOK_SECONDS = 0.5  # between two checks of whether a worker has started it


class Urgency(IntEnum):
    """What is drawn first."""

    LOOK = 0  # somebody waits for it
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
        asked: Whether somebody asked for it: then it is drawn even if its draft has ended a worker before.
    """

    session: str
    channel: str
    urgency: Urgency
    seconds: float
    milliseconds: float = 0.0
    asked: bool = False


@dataclass(frozen=True)
class Progress:
    """share: 0 to 1. seconds_left: an estimate, 0 or more."""

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
        self.looked = time.monotonic()  # when somebody last asked about it
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
        """Whether nobody wants it any more."""
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
