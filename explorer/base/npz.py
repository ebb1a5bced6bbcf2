"""Arrays in files that somebody may have put into a run's folder: read as they lie there, never unpacked."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The arrays of an npz by name, as `np.load` gives them; nothing is unpickled.

    `np.savez` compresses nothing: a file that takes more memory than it has bytes is none of ours. Raises ValueError
    for such a file, and what numpy and zipfile raise for a damaged one.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > path.stat().st_size:
        raise ValueError(f"it would unpack to {unpacked:,} bytes")
    with np.load(path, allow_pickle=False) as found:
        yield found
