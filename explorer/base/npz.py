"""Reading npz files that are not trusted: nothing is unpickled or decompressed."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open the arrays of an npz by name, as `np.load` does.

    Raises:
        ValueError: The file is compressed. `np.savez` does not compress, so it is not one of ours.
        Exception: What numpy and zipfile raise for a damaged file, see `explorer.runs.record.epochs.DAMAGE`.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > path.stat().st_size:
        raise ValueError(f"it would unpack to {unpacked:,} bytes")
    with np.load(path, allow_pickle=False) as found:
        yield found
