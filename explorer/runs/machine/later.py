"""Values that take long to measure: a thread measures them again while the last ones are used."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """Keeps the last value of `look`, and calls it again in a thread when the value is `every_s` seconds old.

    Args:
        look: Measures the value. It must not raise.
        every_s: Seconds between two calls.
        first: The value until the first call has returned.
        due_s: Seconds until the first call, for a `first` that was just measured.
    """

    def __init__(self, look: Callable[[], T], every_s: float, first: T, due_s: float = 0.0) -> None:
        self._look, self._every_s, self._value = look, every_s, first
        self._lock = threading.Lock()
        self._due = time.monotonic() + due_s
        self._looking = False

    def latest(self) -> T:
        """Return the last value, at once."""
        with self._lock:
            if not self._looking and time.monotonic() >= self._due:
                self._looking = True
                threading.Thread(target=self._look_again, daemon=True).start()
            return self._value

    def _look_again(self) -> None:
        try:
            self._value = self._look()
        finally:
            self._due, self._looking = time.monotonic() + self._every_s, False
