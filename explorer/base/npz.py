"""Reading npz files that are not trusted: nothing is unpickled or decompressed."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open the arrays of an npz by name, as `np.load` does.

    The file is opened once, so that a file that takes its place meanwhile does no harm.

    Raises:
        ValueError: The file is compressed. `np.savez` does not compress, so it is not one of ours.
        Exception: What numpy and zipfile raise for a damaged file, see `explorer.runs.record.epochs.DAMAGE`.
    """
    with path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > os.fstat(file.fileno()).st_size:
            raise ValueError(f"it would unpack to {unpacked:,} bytes")
        file.seek(0)
        with np.load(file, allow_pickle=False) as found:
            yield found
