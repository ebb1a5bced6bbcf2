"""Writing npz files in one step, and reading such that are not trusted: nothing is unpickled or decompressed."""

import json
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.atomic import write_atomic

# What numpy and zipfile raise for damaged files; RuntimeError where a flipped bit says "encrypted".
DAMAGE = (
    OSError, ValueError, TypeError, KeyError, EOFError, AttributeError, RuntimeError, MemoryError,
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError,
)  # fmt: skip


class Arrays(Mapping[str, NDArray[Any]]):
    """The arrays of a file by name; an array is read when its name is looked up.

    Raises ValueError for an array of something else than numbers, and for an axis that is longer than the file: an
    array that is empty, or whose values take no bytes, may claim any length, and what is computed of it takes memory.
    """

    def __init__(self, found: Any, size: int, entries: Mapping[str, zipfile.ZipInfo]) -> None:
        self._found = found
        self._size = size
        self.entries = entries  # of the zip file, by the name of the array

    @property
    def files(self) -> list[str]:
        """The names of the arrays."""
        return list(self._found.files)

    def __getitem__(self, name: str) -> NDArray[Any]:
        array = self._found[name]
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise ValueError(f"{name} does not hold numbers")
        if max(array.shape, default=0) > self._size:
            raise ValueError(f"{name} says that its shape is {array.shape}")
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


@contextmanager
def opened(path: Path) -> Iterator[Arrays]:
    """Open the arrays of numbers of an npz by name.

    The file is opened once, so that a file that takes its place meanwhile does no harm.

    Raises:
        ValueError: The file is compressed. `np.savez` does not compress, so it is not one of ours. Also see `Arrays`.
        Exception: What numpy and zipfile raise for a damaged file, see `DAMAGE`.
    """
    with path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        size = os.fstat(file.fileno()).st_size
        if unpacked > size:
            raise ValueError(f"it would unpack to {unpacked:,} bytes")
        file.seek(0)
        with np.load(file, allow_pickle=False) as found:
            yield Arrays(found, size, {part.filename.removesuffix(".npy"): part for part in parts})


@contextmanager
def reading(path: Path, error: type[Exception], what: str) -> Iterator[Arrays]:
    """Open the arrays of an npz as `opened`, and raise `error` for anything in `DAMAGE`, also that of the body.

    Args:
        path: The file.
        error: The kind of error.
        what: What the file should be, for the message.
    """
    try:
        with opened(path) as found:
            yield found
    except DAMAGE as damage:
        raise error(f"{path} cannot be read as {what}: {damage}") from damage


def write(path: Path, arrays: Mapping[str, NDArray[Any]], sync: bool = True) -> None:
    """Write an npz in one step, see `write_atomic`. Raises OSError."""
    write_atomic(path, lambda file: np.savez(file, allow_pickle=False, **dict(arrays)), sync)


def from_json(value: Any) -> NDArray[np.uint8]:
    """Return a value as an array of the bytes of its JSON, since an npz holds numbers only."""
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def as_json(array: NDArray[Any]) -> Any:
    """Return the value of an array that `from_json` has made. Raises ValueError for any other."""
    return json.loads(array.tobytes().decode())
