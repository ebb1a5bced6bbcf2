"""The predicted image that an id of a sample submission means."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from explorer.base.names import plain
from explorer.data.suffixes import SUFFIXES

AMBIGUOUS = -2
ABSENT = -1


class SampleIds:
    """Finds predicted images by ids that may lack the suffix of an image or the first folders, or have more of them."""

    def __init__(self, ids: Sequence[str]) -> None:
        """ids: what the predicted images are called."""
        self._whole = {plain(name): row for row, name in enumerate(ids)}
        self._bare: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        for row, name in enumerate(ids):
            path = _posix(name)
            for key in {path, _without_suffix(path)}:
                _add(self._bare, key, row)
            for end in _ends(path):
                for key in {end, _without_suffix(end)}:
                    _add(self._ends, key, row)

    def find(self, name: str) -> int:
        """The row of the predicted image of an id; ABSENT where there is none, AMBIGUOUS where there are several.

        A whole name counts first. Else one of both names has to be the end of the other, from a folder on, where both
        are compared with and without the suffix of an image.
        """
        if self.is_whole(name):
            return self._whole[plain(name.strip())]
        path = _posix(name.strip())
        for tried in dict.fromkeys((path, _without_suffix(path))):
            if (row := self._ends.get(tried, ABSENT)) != ABSENT:
                return row
        for end in _ends(path):
            for tried in dict.fromkeys((end, _without_suffix(end))):
                if (row := self._bare.get(tried, ABSENT)) != ABSENT:
                    return row
        return ABSENT

    def is_whole(self, name: str) -> bool:
        """Whether a predicted image has exactly this name."""
        return plain(name.strip()) in self._whole


def _add(known: dict[str, int], key: str, row: int) -> None:
    known[key] = row if known.get(key, row) == row else AMBIGUOUS


def _posix(name: str) -> str:
    return str(PurePosixPath(plain(name).replace("\\", "/")))


def _without_suffix(path: str) -> str:
    """A path without the suffix of an image; what else follows a dot, as in 1.5, belongs to the name."""
    stem, dot, suffix = path.rpartition(".")
    return stem if stem and not stem.endswith("/") and f"{dot}{suffix}".lower() in SUFFIXES else path


def _ends(path: str) -> Iterator[str]:
    """The path, then without its first folder, and so on to the name alone."""
    parts = path.strip("/").split("/")
    return ("/".join(parts[start:]) for start in range(len(parts)))
