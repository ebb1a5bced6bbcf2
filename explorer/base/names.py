"""Names of files and folders, compared and shown regardless of their Unicode form.

macOS writes letters with accents in pieces (NFD), Windows and Linux mostly as one (NFC), so that one name has two byte
strings. A name on Linux need not be text at all; bytes that are not UTF-8 are shown as in `\\xff`.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_HALVES = re.compile("[\ud800-\udfff]")  # surrogates, which no file, terminal or browser accepts
_BYTES = range(0xDC80, 0xDD00)  # what Python uses for bytes of file names that are not UTF-8


def shown(text: str, escape: str = "\\") -> str:
    """Write each byte that is not UTF-8 as in `\\xff`, and each half of a character as in `\\ud800`.

    Args:
        text: A name or a path as the system has it, or a text from a file.
        escape: What is written for the backslash.
    """
    return _HALVES.sub(lambda found: escape + _written(ord(found[0])), text)


def _written(code: int) -> str:
    return f"x{code - 0xDC00:02x}" if code in _BYTES else f"u{code:04x}"


class ShownError(ValueError):
    """An error whose message may hold names of files, which are written by `shown`."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))


def plain(name: str) -> str:
    """Return the form in which names are compared and shown (NFC, and `shown`)."""
    return unicodedata.normalize("NFC", shown(name))


def existing(path: Path) -> Path:
    """Return the path as the file system has it if only the Unicode form of its parts differs, else unchanged."""
    if there(path):
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        step = found / part
        found = step if there(step) else next((child for child in _children(found) if _same(child.name, part)), step)
    return found


def there(path: Path) -> bool:
    """Whether a path exists. It is False if the system cannot look: a name too long, no permission."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def expanded(path: str) -> Path:
    """Replace `~` by the home folder of the person who runs the app.

    `~name` stays unchanged, because its home folder would reveal which accounts exist.
    """
    return Path(path).expanduser() if path == "~" or path.startswith("~/") else Path(path)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []  # the caller reports what is missing


def _same(first: str, second: str) -> bool:
    return plain(first) == plain(second)


def alike(name: str, others: Iterable[str]) -> str | None:
    """Return the one of `others` that differs from a name only in case or in spaces around it."""
    return next((other for other in others if other.strip().casefold() == name.strip().casefold()), None)
