"""Writing files in one step, so that a reader sees the old or the new version and never half of each."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from explorer.base import records

_MOST = 64_000_000  # bytes; larger JSON files are not read, and ours have a few thousand


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut, if the file system can sync a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(target: Path, write: Callable[[BinaryIO], object], sync: bool = True) -> None:
    """Replace `target` in one step by what `write` writes into a file. Raises OSError (disk full, no permission).

    With `sync` the content also survives a power cut. A killed process tears nothing in either case.
    """
    # The temporary file is beside its target: a move from another file system would be a copy, which a kill tears.
    part = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            write(file)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(target.parent)


def write_bytes_atomic(target: Path, content: bytes, sync: bool = True) -> None:
    """Replace `target` by `content` in one step, see `write_atomic`. Raises OSError."""
    write_atomic(target, lambda file: file.write(content), sync)


def write_json_atomic(target: Path, value: Any, sync: bool = True) -> None:
    """Replace `target` by `value` as indented JSON, see `write_atomic`. Raises ValueError for nan, OSError."""
    write_bytes_atomic(target, records.dump(value, indent=2) + b"\n", sync)


def read_json_object(source: Path) -> dict[str, Any] | None:
    """Read the JSON object in a file, see `records.parse`; None if the file is missing or holds anything else."""
    try:
        with source.open("rb") as file:
            content = file.read(_MOST + 1)
        value = records.parse(content) if len(content) <= _MOST else None
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
