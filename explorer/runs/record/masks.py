"""Predicted masks of validation images: a file beside that of the epoch, from which single masks are read."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz, png

MOST_SIDE = 4096  # px; larger networks' inputs are not offered
_ENTRY_HEAD = struct.Struct(
    "<4s22xHH"
)  # before an entry of a zip file: its mark, and the lengths of name and extra field
_ENTRY_MARK = b"PK\x03\x04"


class MasksError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class PredictedMasks:
    """What one validation has predicted. Raises ValueError if the parts do not fit together.

    Attributes:
        side: Width and height in px of each mask, which is that of the network's input.
        pictures: The place of an image in the list of validation images -> its mask as an 8-bit gray PNG of classes.
    """

    side: int
    pictures: Mapping[int, bytes]

    def __post_init__(self) -> None:
        if not 1 <= self.side <= MOST_SIDE:
            raise ValueError(f"side must be 1 to {MOST_SIDE}; got {self.side}")
        for place, picture in self.pictures.items():
            _check(place, picture, self.side)

    @property
    def nbytes(self) -> int:
        """The bytes of all masks."""
        return sum(map(len, self.pictures.values()))

    def only(self, stride: int) -> "PredictedMasks":
        """The masks of every `stride`-th image."""
        kept = {place: picture for place, picture in self.pictures.items() if place % stride == 0}
        return PredictedMasks(self.side, kept)

    def save(self, path: Path) -> None:
        """Write the file in one step. Its folder is made if it is missing, but not the run's. Raises OSError."""
        arrays = {str(place): np.frombuffer(picture, np.uint8) for place, picture in sorted(self.pictures.items())}
        path.parent.mkdir(exist_ok=True)
        # Not synced: a power cut may cost pictures, and no number.
        npz.write(path, {"side": np.array(self.side, np.int64), **arrays}, sync=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` has written. Never unpickles, and decodes no picture. Raises MasksError."""
        with npz.reading(path, MasksError, "predicted masks") as found:
            return cls(int(found["side"]), {place: _bytes(found[str(place)]) for place in _places(found.files)})


@dataclass(frozen=True, eq=False)
class Directory:
    """Where the masks of a file are, so that a single mask is read without looking through the others.

    Attributes:
        path: The file.
        side: Width and height in px of each mask.
        entries: (N, 4) place of the image, where its entry begins, its bytes, and their checksum; places ascend.
    """

    path: Path
    side: int
    entries: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self.entries.nbytes

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the images whose masks the file holds, ascending."""
        return tuple(self.entries[:, 0].tolist())

    def read(self, place: int) -> bytes | None:
        """Return the mask of an image as a PNG, or None where the file has none; it is not decoded.

        Raises MasksError, also where the file is another one by now.
        """
        at = int(np.searchsorted(self.entries[:, 0], place))
        if at == len(self.entries) or self.entries[at, 0] != place:
            return None
        try:
            with self.path.open("rb") as file:
                picture = _picture(file, *self.entries[at, 1:].tolist())
            _check(place, picture, self.side)
        except npz.DAMAGE as error:
            raise MasksError(f"{self.path} cannot be read as predicted masks: {error}") from error
        return picture


def directory(path: Path) -> Directory:
    """Return where the masks of a file are; no mask is read. Raises MasksError."""
    with npz.reading(path, MasksError, "predicted masks") as found:
        side = int(found["side"])
        entries = [(place, *_entry(found.entries[str(place)])) for place in _places(found.files)]
        if not 1 <= side <= MOST_SIDE:
            raise ValueError(f"side must be 1 to {MOST_SIDE}; got {side}")
    return Directory(path, side, np.array(entries, np.int64).reshape(-1, 4))


def _entry(info: zipfile.ZipInfo) -> tuple[int, int, int]:
    return info.header_offset, info.file_size, info.CRC


def _picture(file: BinaryIO, offset: int, size: int, checksum: int) -> bytes:
    """Read the mask of an entry that is not compressed. Raises ValueError where it is none."""
    file.seek(offset)
    mark, name, extra = _ENTRY_HEAD.unpack(file.read(_ENTRY_HEAD.size))
    file.seek(name + extra, io.SEEK_CUR)
    content = file.read(size)
    if mark != _ENTRY_MARK or len(content) != size or zlib.crc32(content) != checksum:
        raise ValueError("a mask is not where it was")
    array = io.BytesIO(content)
    if np.lib.format.read_magic(array) != (1, 0):
        raise ValueError("a mask is no array of the first version")
    shape, _, dtype = np.lib.format.read_array_header_1_0(array)
    picture = array.read()
    if dtype != np.uint8 or shape != (len(picture),):
        raise ValueError("a mask must be bytes")
    return picture


def _places(names: list[str]) -> list[int]:
    found = sorted(int(name) for name in names if name.isascii() and name.isdecimal() and len(name) <= 9)
    if len(found) + 1 != len(names):
        raise ValueError("it holds something else")
    return found


def _bytes(array: np.ndarray) -> bytes:
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError("a mask must be bytes")
    return array.tobytes()


def _check(place: int, picture: bytes, side: int) -> None:
    """Refuse what is not the PNG of a mask of that size, so that a browser that decodes it needs no more memory."""
    if place < 0 or len(picture) > png.most_bytes(side, side):
        raise ValueError(f"the mask of image {place} has {len(picture):,} bytes")
    try:
        head = png.head(picture)
    except ValueError as error:
        raise ValueError(f"the mask of image {place} cannot be used: {error}") from error
    if (head.depth, head.color) != (8, png.GRAY):
        raise ValueError(f"the mask of image {place} is no gray PNG of 8 bits")
    if (head.width, head.height) != (side, side):
        raise ValueError(f"the mask of image {place} has {head.width} × {head.height} px, and not {side} × {side}")
