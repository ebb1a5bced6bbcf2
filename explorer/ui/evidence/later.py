"""Values that take a second or more: computed once in a thread, while the page goes on without them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Generic, TypeVar

Value = TypeVar("Value")

_KEPT = 64
_PATIENCE_S = 0.2  # a value that comes within it is in the first drawing


class Later(Generic[Value]):
    """Values by key. All sessions share them, and two are computed at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="later")
        self._found: OrderedDict[Hashable, Future[Value]] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value | None:
        """Return the value of a key, or None while it is being computed. Raises what `compute` raises."""
        with self._lock:
            if key not in self._found:
                self._found[key] = self._pool.submit(compute)
                self._forget()
                wait = _PATIENCE_S
            else:
                wait = 0.0
            self._found.move_to_end(key)
            future = self._found[key]
        try:
            return future.result(wait)
        except NotYet:
            if future.done():
                raise  # the computation's own
            return None

    @property
    def computing(self) -> bool:
        """Whether any value was asked for and is not there yet."""
        with self._lock:
            return any(not future.done() for future in self._found.values())

    def computes(self, key: Hashable) -> bool:
        """Whether the value of a key was asked for and is not there yet."""
        with self._lock:
            future = self._found.get(key)
        return future is not None and not future.done()

    def _forget(self) -> None:
        while len(self._found) > _KEPT:
            _, future = self._found.popitem(last=False)
            future.cancel()
