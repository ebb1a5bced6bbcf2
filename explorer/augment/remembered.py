"""What was worked out of a value that never changes, found again by that very value."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")


class Remembered(Generic[Value, Made]):
    """A function's results by the identity of its argument: for frozen values that are large and dear to compare.

    Args:
        make: The function; what it raises is not remembered.
        most: How many results are kept, those that were made last.
    """

    def __init__(self, make: Callable[[Value], Made], most: int) -> None:
        self._make, self._most = make, most
        self._known: OrderedDict[int, tuple[Value, Made]] = OrderedDict()

    def __call__(self, value: Value) -> Made:
        """The result for this value, worked out once."""
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            known = (value, self._make(value))
        self._known[id(value)] = known  # with the value itself: as long as it is kept, no other has its id
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return known[1]
