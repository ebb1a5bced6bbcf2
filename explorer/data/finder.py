"""Finds the images that a table names: by path, by the last parts of a path from elsewhere, or by an id.

Exported code contains it.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from explorer.base.names import existing, plain
from explorer.data.suffixes import SUFFIXES

_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")
_PART_FOLDER = re.compile(
    r"(train|val|test)(ing|id|idation)?(images?|imgs?|data|set)?(?![a-z])", re.I
)  # begins a folder


class Ambiguous(ValueError):
    """Several images fit a name; the message names two."""


class Misplaced(ValueError):
    """The only image that fits a name is in the folder of another part; the message is its path."""


class Finder:
    """Finds images below a folder. Folders are listed once, so that a table may name a million images.

    Attributes:
        by_id: How many images were found by an id, or by a name without its folder.
        by_end: How many were found by the last parts of a path that begins elsewhere.
        links: The files that are links.
    """

    def __init__(self, folder: Path, may: Callable[[str], bool] = lambda folder: True, *, search: bool = True) -> None:
        """Begin with nothing listed.

        Args:
            folder: Where relative paths begin.
            may: Whether a folder may be looked into.
            search: Whether names that are no paths are searched below the folder.
        """
        self._folder, self._may, self._search = str(folder), may, search
        self._listed: dict[str, tuple[str, dict[str, str]]] = {}
        self._below: dict[str, list[str]] = {}
        self._parts: set[str] = set()
        self.by_id = self.by_end = 0
        self.links: set[str] = set()

    def find(self, name: str, part: str = "") -> str | None:
        """The path of the file of a name, whether it is an image or not; None where there is none.

        Args:
            name: a path, or an id.
            part: train, val or test; "" where the table does not say. Where a name is in several folders, those are
                preferred that begin with this word (else "train") or with "image". An image in the folder of another
                part is not taken for that of this part, where there are folders of both.

        Raises:
            Ambiguous: there are several.
            Misplaced: there are only images of other parts.
        """
        found = self._at(name)
        if found is not None or not self._search:
            return found
        slashed = name.replace("\\", "/")
        if slashed != name and (found := self._at(slashed)) is not None:
            return found
        return self._searched(slashed, part)

    def _at(self, name: str) -> str | None:
        path = os.path.join(self._folder, name)  # noqa: PTH118 - pathlib takes ten times as long for each of a million
        if "//" in path or "/./" in path or path.startswith("./"):
            path = str(Path(path))
        parent, _, last = path.rpartition("/")
        if parent not in self._listed:
            self._listed[parent] = self._list(parent)
        real, inside = self._listed[parent]
        known = inside.get(last if last.isascii() else plain(last))
        return None if known is None else real + known

    def _list(self, folder: str) -> tuple[str, dict[str, str]]:
        """What begins the paths of the files in a folder, and the files by the names that are compared."""
        place = Path(folder or "/") if self._folder != "." or folder else Path()
        if not self._may(str(place)):
            return "", {}
        real = str(existing(place))
        begin = "" if real == "." else real.rstrip("/") + "/"
        try:
            with os.scandir(real) as entries:
                files = [(entry.name, entry.is_symlink()) for entry in entries if entry.is_file()]
        except OSError:
            return begin, {}
        self.links.update(begin + name for name, is_link in files if is_link)
        return begin, {name if name.isascii() else plain(name): name for name, _ in sorted(files)}

    def _searched(self, name: str, part: str) -> str | None:
        elsewhere = _ABSOLUTE.match(name) is not None
        parts = [one for one in name.split("/") if one not in ("", ".", "..") and not one.endswith(":")]
        # Of a path from elsewhere the first parts are unknown here. Its last folder has to be the same: a name alone
        # may be that of another image.
        for first in range(len(parts) if elsewhere else 1):
            wanted = parts[first:]
            found = self._ending(wanted)
            if elsewhere and len(wanted) == 1:
                found = [one for one in found if "/" not in one]
            if part and part in self._parts and not _part_in("/".join(wanted)):
                misplaced = [one for one in found if _part_in(one) not in ("", part)]
                if found and len(misplaced) == len(found):
                    raise Misplaced(found[0])
                found = [one for one in found if one not in misplaced]
            if len(found) > 1:
                found = [one for one in found if one.lower().startswith((part or "train", "image"))] or found
            if len(found) > 1:
                raise Ambiguous(f"{found[0]} and {found[1]}")
            if found:
                self.by_end, self.by_id = self.by_end + elsewhere, self.by_id + (not elsewhere)
                return self._at(found[0])
        return None

    def _ending(self, parts: list[str]) -> list[str]:
        """The images below the folder whose paths end with these parts, with or without a suffix."""
        if not parts:
            return []
        if not self._below:
            self._index()
        *folders, last = map(_key, parts)
        found = self._below.get(last, [])
        if not folders:
            return found
        end = "/".join(("", *folders, ""))
        return [one for one in found if _key(f"/{one.rpartition('/')[0]}/").endswith(end)]

    def _index(self) -> None:
        for place, folders, names in os.walk(self._folder):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            inside = os.path.relpath(place, self._folder)
            begin = "" if inside == "." else f"{inside}/"
            self._parts.add(_part_in(begin))
            for name in sorted(names):
                stem, _, suffix = name.rpartition(".")
                if f".{suffix.lower()}" in SUFFIXES and stem:
                    self._below.setdefault(_key(name), []).append(begin + name)
                    self._below.setdefault(_key(stem), []).append(begin + name)
        self._below.setdefault("", [])  # it is full, although there are no images


def _part_in(path: str) -> str:
    """The part of a data set that the folders of a path name first: train, val or test; "" where none does."""
    for folder in path.split("/")[:-1]:
        if found := _PART_FOLDER.match(folder):
            return found[1].lower()
    return ""


def _key(name: str) -> str:
    return (name if name.isascii() else plain(name)).casefold()
