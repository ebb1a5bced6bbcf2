"""The folder of the person who runs the app: data sets, uploaded pictures and fonts lie in it."""

import os
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic


class NotKept(ValueError):
    """A file that could not be written; the message says where, why and what to do."""


def home() -> Path:
    """EXPLORER_HOME, else ~/.augmentation-explorer; absolute, and not made here."""
    return Path(os.environ.get("EXPLORER_HOME") or "~/.augmentation-explorer").expanduser().absolute()


def keep(path: Path, content: bytes) -> None:
    """Put `content` at `path`, a file in a folder of `home()`: as a whole or not at all. Raises NotKept."""
    try:
        home().mkdir(mode=0o700, parents=True, exist_ok=True)  # 0700: it holds pictures of the person who made it
        path.parent.mkdir(exist_ok=True)
        write_bytes_atomic(path, content)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise NotKept(f"Nothing can be kept in {path.parent}: {reason}. Make room or give permission there.") from error
