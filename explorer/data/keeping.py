"""Files that are kept in the folder of the person who runs the app, such as uploaded pictures."""

from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.base.home import made_home


class NotKept(ValueError):
    """A file could not be written; the message says where, why and what to do."""


def keep(path: Path, content: bytes) -> None:
    """Write `content` to `path`, a file in a folder of `home()`, as a whole or not at all. Raises NotKept."""
    try:
        made_home()
        path.parent.mkdir(exist_ok=True)
        write_bytes_atomic(path, content)
    except OSError as error:
        advice = "Make room or give permission there."
        raise NotKept(f"Nothing can be kept in {path.parent}: {error.strerror or error}. {advice}") from error
