"""Values that are kept in memory within a budget of bytes, so that what is read from large files is read once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The values that were used last. Threads may share it; while one reads a value, others wait for that value only.

    Args:
        most: Bytes of all values together. A larger value is returned and not kept.
        size: Gives the bytes of a value.
    """

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        self._most = most
        self._size = size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._reading: dict[Hashable, threading.Lock] = {}

    @property
    def held(self) -> int:
        """The bytes of all values that are kept now."""
        return self._held

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """Return the value of a key, which `read` makes where it is not kept. Raises what `read` raises."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            gate = self._reading.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                if key in self._values:  # another thread has read it meanwhile
                    return self._values[key]
            try:
                value = read()
                self._add(key, value)
            finally:
                with self._lock:
                    self._reading.pop(key, None)
        return value

    def _add(self, key: Hashable, value: Value) -> None:
        size = self._size(value)
        if size > self._most:
            return
        with self._lock:
            # After a reader that failed, two of those that waited for it may read at the same time.
            if key in self._values:
                self._held -= self._size(self._values.pop(key))
            self._values[key] = value
            self._held += size
            while self._held > self._most:
                _, oldest = self._values.popitem(last=False)
                self._held -= self._size(oldest)
