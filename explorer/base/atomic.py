"""Files that are either the old version or the new one, never half of each."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from explorer.base import records

_MOST = 64_000_000  # bytes of a JSON file that is read; ours have a few thousand


@contextlib.contextmanager
def _replacing(target: Path, sync: bool = True) -> Iterator[BinaryIO]:
    # The temporary file lies beside its target: a move from $TMPDIR on another file system would be a copy,
    # and a kill in the middle of a copy tears the file.
    part = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut, where the file system can sync a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(target: Path, write: Callable[[BinaryIO], None], sync: bool = True) -> None:
    """Let `write` fill a temporary file beside `target`, sync it, and put it in place. Raises OSError.

    sync: as that of `write_bytes_atomic`.
    """
    with _replacing(target, sync) as file:
        write(file)


def write_bytes_atomic(target: Path, content: bytes, sync: bool = True) -> None:
    """Replace `target` by `content` in one step. Raises OSError (disk full, no permission).

    sync: whether it survives a power cut; a process that is killed tears nothing either way.
    """
    with _replacing(target, sync) as file:
        file.write(content)


def write_json_atomic(target: Path, value: Any, sync: bool = True) -> None:
    """Replace `target` by `value` as indented JSON, see `write_bytes_atomic`. Raises ValueError for nan, OSError."""
    write_bytes_atomic(target, records.dump(value, indent=2) + b"\n", sync)


def read_json_object(source: Path) -> dict[str, Any] | None:
    """The JSON object in `source`, see `records.parse`; None where the file is missing or holds anything else."""
    try:
        with source.open("rb") as file:
            content = file.read(_MOST + 1)
        value = records.parse(content) if len(content) <= _MOST else None
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
