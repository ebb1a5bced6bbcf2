"""A drawing that was asked for: it waits, is under way, or has come to an end."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from explorer.draw.request import CancelledError, Request

Result = TypeVar("Result")
_LOOK_SECONDS = 0.5  # between two looks at whether a worker has taken it up


class Urgency(IntEnum):
    """What comes first where not everything can be drawn at once."""

    LOOK = 0  # somebody waits for this one
    FILL = 1  # one of many
    COUNT = 2  # statistics: nobody waits for this part of them


@dataclass(frozen=True)
class Order:
    """For whom something is drawn, and how urgent it is.

    Attributes:
        session: Whose it is: sessions take turns.
        channel: The widget that it is for; a newer one takes the place of an older. "" for drawings that are many.
        urgency: See `Urgency`.
        seconds: Its limit, of the processor's time.
        milliseconds: What it is expected to take.
        asked: Whether somebody asked for it: then it is drawn although it has ended a worker before.
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
    """One request on its way. Used by the thread that wants it, and by the pool."""

    def __init__(
        self,
        request: Request[Result],
        order: Order,
        on_end: "Callable[[Drawing[Result]], None] | None" = None,
    ) -> None:
        self.request, self.order = request, order
        self.begun: float | None = None  # monotonic seconds
        self.looked = time.monotonic()  # when somebody last wanted to know how far it is
        self.retries = 0  # how often it was begun once more
        self.on_cancel: Callable[[], None] = lambda: None
        self._on_end = on_end
        self._changed = threading.Condition()
        self._parts: list[Any] = []
        self._over = False
        self._error: Exception | None = None

    @property
    def draft_key(self) -> Hashable | None:
        """See `Request.draft_key`."""
        return self.request.draft_key

    @property
    def done(self) -> bool:
        """Whether no more comes."""
        self.looked = time.monotonic()
        return self._over

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants it any more."""
        return isinstance(self._error, CancelledError)

    @property
    def error(self) -> Exception | None:
        """Why there is no result, None where there is one, or none yet."""
        return self._error

    def wait(self, seconds: float, parts: int | None = None) -> bool:
        """Wait until it is done, or so many parts are there; False where that takes longer."""
        with self._changed:
            self.looked = time.monotonic() + seconds
            return self._changed.wait_for(
                lambda: self._over or (parts is not None and len(self._parts) >= parts), max(0.0, seconds)
            )

    def wait_at_work(self, seconds: float, parts: int) -> bool:
        """Wait until so many parts are there, or it is done; False once a worker has had it for longer.

        While it waits for its turn nobody is helped by a page that asks how far it is: that would make all wait longer.
        """
        while not self.wait(self._patience(seconds), parts):
            if self._patience(seconds) <= 0:
                return False
        return True

    def _patience(self, seconds: float) -> float:
        return _LOOK_SECONDS if self.begun is None else self.begun + seconds - time.monotonic()

    def result(self) -> Result:
        """What came of it so far.

        Raises:
            DrawingError: Where a worker could not make it.
            CancelledError: Where nobody wanted it any more, or it has not begun to arrive.
            Exception: What the request's `draw` raised, of those that `worker.ERRORS` names.
        """
        if self._error is not None:
            raise self._error
        if not self._parts:
            raise CancelledError("It is not there yet.")
        return self.request.read(list(self._parts))

    def cancel(self) -> None:
        """Drop it; a worker that is busy with it is ended, whatever step it is in, unless it is ready right away."""
        self.end(CancelledError())
        self.on_cancel()

    def progress(self) -> Progress:
        """By the clock, since most of the time is often spent inside one step. It never says that all is done."""
        expected = max(self.order.milliseconds, 1.0) / 1000
        spent = 0.0 if self.begun is None else time.monotonic() - self.begun
        return Progress(min(0.97, spent / expected), max(0.0, expected - spent))

    # For the pool

    def begin(self, now: float) -> None:
        """A worker takes it up. now: monotonic seconds."""
        with self._changed:
            self.begun = now
            self._changed.notify_all()

    def restart(self) -> None:
        """It is drawn once more, from its beginning."""
        with self._changed:
            self.retries, self.begun = self.retries + 1, None
            self._parts.clear()

    def add(self, part: Any) -> None:
        """A part has come."""
        with self._changed:
            self._parts.append(part)
            self._changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """No more comes; the first end counts."""
        with self._changed:
            if self._over:
                return
            self._over, self._error = True, error
            self._changed.notify_all()
        if self._on_end is not None:
            self._on_end(self)
