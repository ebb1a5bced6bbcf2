"""Results of functions of frozen values, kept by the identity of the value."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")


class Remembered(Generic[Value, Made]):
    """A function whose last `most` results are kept, for frozen arguments that are large and slow to compare."""

    def __init__(self, make: Callable[[Value], Made], most: int) -> None:
        self._make, self._most = make, most
        self._known: OrderedDict[int, tuple[Value, Made]] = OrderedDict()

    def __call__(self, value: Value) -> Made:
        """The result for this value."""
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            known = (value, self._make(value))
        self._known[id(value)] = known  # with the value, so that no other one can get its id
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return known[1]
