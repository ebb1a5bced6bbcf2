"""The folder of the person who runs the app: data sets, uploaded pictures and fonts lie in it."""

import os
import secrets
from pathlib import Path


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
        _replace(path, content)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise NotKept(f"Nothing can be kept in {path.parent}: {reason}. Make room or give permission there.") from error


def _replace(path: Path, content: bytes) -> None:
    # Beside its target: a move from another file system would be a copy, and a kill tears a copy.
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
