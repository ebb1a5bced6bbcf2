"""A small file system for a test, which is skipped where none may be mounted."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import disks
from scripts.disks import fill, make_read_only

__all__ = ["fill", "make_read_only", "small_disk"]


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs of some MB at `folder`."""
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(disks.small_disk(folder, megabytes))
        except disks.NoSmallDisk as error:
            pytest.skip(str(error))
        yield found
