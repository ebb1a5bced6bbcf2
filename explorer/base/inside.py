"""Reads files of a folder whose content is not trusted, without following a link out of it."""

import os
import stat
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would be waited for without end


def read_inside(root: Path, *names: str, most: int) -> bytes:
    """Return the bytes of a file.

    Args:
        root: The folder, which may be a link itself.
        names: The folders on the way from there, and the file, none of which may be a link.
        most: The most bytes that are read.

    Raises:
        OSError: It cannot be opened, or something on the way is a link.
        ValueError: It is no ordinary file, or has more bytes.
    """
    opened = [os.open(root, _FOLDER)]
    try:
        for name in names[:-1]:
            opened.append(os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=opened[-1]))
        opened.append(os.open(names[-1], _FILE | os.O_NOFOLLOW, dir_fd=opened[-1]))
        about = os.fstat(opened[-1])
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("it is no ordinary file")
        with os.fdopen(opened.pop(), "rb") as file:
            content = file.read(most + 1)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    if len(content) > most:
        raise ValueError(f"it has more than {most:,} bytes")
    return content
