"""Uploaded pictures and fonts, kept in the folder of the person who runs the app."""

import os
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.base.home import made_home


class NotKept(ValueError):
    """A file that could not be written; the message says where, why and what to do."""


def keep(path: Path, content: bytes) -> None:
    """Put `content` at `path`, a file in a folder of `home()`: as a whole or not at all. Raises NotKept."""
    try:
        made_home()
        path.parent.mkdir(exist_ok=True)
        write_bytes_atomic(path, content)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise NotKept(f"Nothing can be kept in {path.parent}: {reason}. Make room or give permission there.") from error
