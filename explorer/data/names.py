"""Names of files and folders as people mean them: a letter with an accent is one name in both of its Unicode forms.

macOS writes such names in pieces (NFD), Windows and Linux mostly as one (NFC): the same folder, two different bytes.
"""

import unicodedata
from collections.abc import Iterable
from pathlib import Path


def plain(name: str) -> str:
    """The one form in which names are compared and shown (NFC)."""
    return unicodedata.normalize("NFC", name)


def existing(path: Path) -> Path:
    """The path as the file system has it, where only the Unicode form of its parts differs; else the path as it is."""
    if path.exists():
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        step = found / part
        found = step if step.exists() else next((child for child in _children(found) if _same(child.name, part)), step)
    return found


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []  # the caller says what it misses


def _same(first: str, second: str) -> bool:
    return plain(first) == plain(second)


def alike(name: str, others: Iterable[str]) -> str | None:
    """The one of `others` that is the same name but for upper and lower case, or for spaces around it."""
    return next((other for other in others if other.strip().casefold() == name.strip().casefold()), None)
