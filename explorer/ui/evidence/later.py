"""Values that take a second or more: computed once in a thread, while the page goes on without them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from queue import SimpleQueue
from typing import Generic, TypeVar

Value = TypeVar("Value")

_KEPT = 64
_THREADS = 2
_PATIENCE_S = 0.2  # a value that comes within it is in the first drawing


class Later(Generic[Value]):
    """Values by key. All sessions share them, and two are computed at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Future[Value]] = OrderedDict()
        self._asked: SimpleQueue[tuple[Future[Value], Callable[[], Value]]] = SimpleQueue()
        # The end of the server does not wait for daemon threads, as it would for those of an executor.
        for number in range(_THREADS):
            threading.Thread(target=self._work, daemon=True, name=f"later-{number}").start()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value | None:
        """Return the value of a key, or None while it is being computed. Raises what `compute` raises."""
        with self._lock:
            if key not in self._found:
                self._found[key] = Future()
                self._asked.put((self._found[key], compute))
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

    def _work(self) -> None:
        while True:
            _compute(*self._asked.get())

    def _forget(self) -> None:
        while len(self._found) > _KEPT:
            _, future = self._found.popitem(last=False)
            future.cancel()


def _compute(future: Future[Value], compute: Callable[[], Value]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(compute())
    except BaseException as error:  # noqa: BLE001 - `get` raises it
        future.set_exception(error)
