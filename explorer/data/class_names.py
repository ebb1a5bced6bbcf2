"""The names of classes as files of a data set give them, checked in one way wherever they come from."""

from collections import Counter
from collections.abc import Iterable

from explorer.base.names import plain
from explorer.data.dataset import DatasetError

LONGEST = 100  # characters of a name


def checked(names: Iterable[str], source: str, most: int) -> tuple[str, ...]:
    """Return names without spaces around them, in the form in which names are compared.

    Two classes of one name could not be told apart where predictions name them, and characters that cannot be printed,
    such as the end of a line, would make two lines of one where names are listed.

    Args:
        names: as a file gives them.
        source: what messages call where they come from.
        most: how many there may be.

    Raises:
        DatasetError: there are more, one is empty, long or cannot be printed, or several are the same.
    """
    found = tuple(plain(name).strip() for name in names)
    if len(found) > most or not all(0 < len(name) <= LONGEST and name.isprintable() for name in found):
        raise DatasetError(
            f"{source} must hold at most {most:,} names, each of 1 to {LONGEST} characters that can be printed."
        )
    name, count = Counter(found).most_common(1)[0] if found else ("", 0)
    if count > 1:
        raise DatasetError(f"{source} must not give one name to {count:,} classes: {name}. Rename all but one of them.")
    return found
