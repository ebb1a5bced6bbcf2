"""The parts of a JPEG: what its pixels depend on, and what its head says about them."""

import io
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_START, _SCAN, _END = b"\xff\xd8", 0xDA, b"\xff\xd9"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_METADATA = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # APP0 and APP14 say how colors are coded, and are kept
_EXIF = 0xE1
_ORIENTATION = 0x0112
# What may follow 0xFF after the first scan began: 0 for the value 0xFF itself, restarts, the end, and between the scans
# of a progressive file tables and scans.
_USUAL = np.isin(np.arange(256), [0x00, 0xD9, *range(0xD0, 0xD8)])
_USUAL_PROGRESSIVE = _USUAL | np.isin(np.arange(256), [0xC4, _SCAN])
_PROGRESSIVE = 0xC2


@dataclass(frozen=True)
class Jpeg:
    """A whole JPEG with 8 bits for each of one or three channels, which all decoders read alike.

    Attributes:
        width, height: px, before it is turned.
        orientation: that of EXIF, from 1 to 8.
        is_progressive: whether its pixels are in several scans.
        coded: all that its pixels are made of: the file without its metadata.
    """

    width: int
    height: int
    orientation: int
    is_progressive: bool
    coded: tuple[memoryview, ...]


def parse(data: bytes) -> Jpeg | None:
    """Read the head of a JPEG; None where it has to be read in the slow and careful way, since it may be damaged."""
    if not data.startswith(_START) or not data.endswith(_END):
        return None
    view, at, size, has_exif, is_progressive = memoryview(data), 2, (0, 0), False, False
    coded: list[memoryview] = []
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _ALONE or marker == 0xFF:
            return None
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker == _SCAN:
            if _has_odd_markers(data, at + 2 + length, _USUAL_PROGRESSIVE if is_progressive else _USUAL):
                return None
            orientation = _orientation(data) if has_exif else 1
            return Jpeg(*size, orientation, is_progressive, (*coded, view[at:])) if all(size) else None
        if marker in _FRAMES:
            if at + 10 > len(data) or data[at + 4] != 8 or data[at + 9] not in (1, 3) or all(size):
                return None
            height, width = struct.unpack_from(">HH", data, at + 5)
            size, is_progressive = (width, height), marker == _PROGRESSIVE
        if marker in _METADATA:
            has_exif |= marker == _EXIF
        else:
            coded.append(view[at : at + 2 + length])
        at += 2 + length
    return None


def _has_odd_markers(data: bytes, start: int, usual: NDArray[np.bool_]) -> bool:
    """Whether the coded pixels hold a marker that no encoder puts there: damage, which decoders judge differently."""
    values = np.frombuffer(data, np.uint8, offset=min(start, len(data)))
    after = values[np.flatnonzero(values[:-1] == 0xFF) + 1]
    return not bool(usual[after].all())


def _orientation(data: bytes) -> int:
    # By Pillow, so that it is what `explorer.data.stored` reads, also where several parts of the file name one.
    with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as image:
        return int(image.getexif().get(_ORIENTATION, 1))
