"""What of a data set is left out, counted by reason."""

from collections import Counter

from explorer.base.names import shown
from explorer.data.contents import LeftOut

_MOST_NAMED = 1_000  # of one reason, so that a damaged file with millions of rows does not fill the memory
_LONGEST = 200  # characters of a name


class Rejected:
    """Collects what is left out while a data set is listed."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._named: list[LeftOut] = []

    def add(self, name: str, reason: str) -> None:
        """Leave something out. name: of the file, or of the row in it. reason: a sentence."""
        self._counts[reason] += 1
        if self._counts[reason] <= _MOST_NAMED:
            self._named.append(LeftOut(shown(name)[:_LONGEST], shown(reason)))

    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out; of more than 1,000 with the same reason the others are counted in one line."""
        more = ((count - _MOST_NAMED, reason) for reason, count in self._counts.items() if count > _MOST_NAMED)
        return (*self._named, *(LeftOut(f"{count:,} more", shown(reason)) for count, reason in more))

    def notes(self) -> tuple[str, ...]:
        """A sentence for each reason, with how often it was met."""
        return tuple(f"{count:,} left out: {shown(reason)}" for reason, count in self._counts.most_common())


def brief(value: object) -> str:
    """A value of a file in a few characters, for a message."""
    if isinstance(value, str | int | float):
        return repr(value)[:40]
    return "nothing" if value is None else f"a {type(value).__name__}"
