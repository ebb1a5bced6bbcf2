"""Names of files and folders as people mean them: a letter with an accent is one name in both of its Unicode forms.

macOS writes such names in pieces (NFD), Windows and Linux mostly as one (NFC): the same folder, two different bytes.
A name on Linux need not be text at all; its bytes that are no UTF-8 are shown as in `\\xff`.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_HALVES = re.compile("[\ud800-\udfff]")  # no file, terminal or browser takes them
_BYTES = range(0xDC80, 0xDD00)  # Python's own, for bytes in the names of files that are no UTF-8


def shown(text: str, escape: str = "\\") -> str:
    """The text with each byte that is no UTF-8 written as in `\\xff`, and each half of a character as in `\\ud800`.

    Args:
        text: a name or a path as the system has it, or a text that came from a file.
        escape: what stands for the backslash.
    """
    return _HALVES.sub(lambda found: escape + _written(ord(found[0])), text)


def _written(code: int) -> str:
    return f"x{code - 0xDC00:02x}" if code in _BYTES else f"u{code:04x}"


class ShownError(ValueError):
    """An error whose message may hold names of files, as they are `shown`."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))


def plain(name: str) -> str:
    """The one form in which names are compared and shown (NFC, and `shown`)."""
    return unicodedata.normalize("NFC", shown(name))


def existing(path: Path) -> Path:
    """The path as the file system has it, where only the form of its parts differs (see `plain`); else as it is."""
    if there(path):
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        step = found / part
        found = step if there(step) else next((child for child in _children(found) if _same(child.name, part)), step)
    return found


def there(path: Path) -> bool:
    """Whether there is something at a path; not where the system cannot look: a name too long, no permission."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def expanded(path: str) -> Path:
    """The path with `~` as the home of the person who runs the app.

    `~name` stays as it is: to say whose home it is would tell which accounts there are.
    """
    return Path(path).expanduser() if path == "~" or path.startswith("~/") else Path(path)


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
