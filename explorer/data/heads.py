"""Sizes in the head of a file that have to be read before Pillow opens it, because its decoder reserves memory then."""

import os
import struct
from dataclasses import dataclass
from typing import IO, Self

from explorer.data import limits

TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MAX_VALUES = 300_000  # of one field: a tile of 16 × 16 px has one, and each becomes an object of a hundred bytes
_WIDTH, _HEIGHT, _BITS, _COMPRESSION = 256, 257, 258, 259  # tags
_CHANNELS, _ROWS, _TILE_WIDTH, _TILE_HEIGHT = 277, 278, 322, 323
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_TEXTS = (1, 2, 6, 7)  # types that stay bytes; of all others each value becomes an object
_NUMBERS = {1: "B", 3: "H", 4: "L", 16: "Q"}
_ENTRY = struct.Struct("<8xLL")  # of the directory of an icon: the length of an image, and where it begins
_PNG = b"\x89PNG"


def trouble(stream: IO[bytes]) -> tuple[str, int]:
    """Check a file that is not opened by Pillow yet.

    Returns:
        Words about what is too large, after "<name> has ", or ""; and bytes that decoding reserves beside the image.
    """
    stream.seek(0)
    start = stream.read(40)
    stream.seek(0)
    if start[:4] in TIFF:
        head = TiffHead.read(stream)
        if head.values > MAX_VALUES:
            return f"a directory of {head.values:,} values; at most {MAX_VALUES:,} are read. Save it again.", 0
        return _sizes([(head.width, head.height), head.part])[0], head.buffer
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return _sizes([_webp(start)])
    if start[:4] == b"\0\0\1\0":
        return _sizes(_icon(stream))
    return "", 0


def _sizes(sizes: list[tuple[int, int]]) -> tuple[str, int]:
    return next((words for size in sizes if (words := limits.excess(*size, per_pixel=1, held=0))), ""), 0


def _webp(start: bytes) -> tuple[int, int]:
    """Width and height of the canvas."""
    kind, body = start[12:16], start[20:].ljust(20, b"\0")
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return 0, 0


def _icon(stream: IO[bytes]) -> list[tuple[int, int]]:
    """Widths and heights of all images in an icon by their own heads; the directory of the icon ends at 256."""
    stream.seek(4)
    count = int.from_bytes(stream.read(2), "little")
    directory = stream.read(count * _ENTRY.size)
    sizes = []
    for _, offset in _ENTRY.iter_unpack(directory[: len(directory) // _ENTRY.size * _ENTRY.size]):
        stream.seek(offset, os.SEEK_SET)
        head = stream.read(24).ljust(24, b"\0")
        width, height = struct.unpack(">LL", head[16:24]) if head[:4] == _PNG else struct.unpack("<LL", head[4:12])
        sizes.append((width, height))
    return sizes


# The first directory of a TIFF


@dataclass(frozen=True)
class TiffHead:
    """What a directory says about its image; 0 where it does not say it.

    Attributes:
        width, height: of the image in px.
        bits, channels: the bits of a value, and the values of a pixel.
        part: width and height of what is decompressed as a whole, a strip or a tile; 0 and 0 where nothing is.
        values: the most numbers that one field of the directory has, such as the offsets of its strips.
    """

    width: int = 0
    height: int = 0
    bits: int = 0
    channels: int = 0
    part: tuple[int, int] = (0, 0)
    values: int = 0

    @property
    def buffer(self) -> int:
        """Bytes that are reserved to decompress a part."""
        return self.part[0] * self.part[1] * self.channels * self.bits // 8

    @classmethod
    def read(cls, stream: IO[bytes]) -> Self:
        """The head of a file that begins with one of TIFF; zeros for a directory that cannot be read."""
        try:
            fields = _fields(stream)
        except (struct.error, OverflowError, ValueError, OSError):
            return cls()

        def value(tag: int, otherwise: int = 0) -> int:
            return fields.get(tag, (0, otherwise))[1]

        width, height = value(_WIDTH), value(_HEIGHT)
        strip = (width, min(value(_ROWS, height), height)) if value(_COMPRESSION, 1) != 1 else (0, 0)
        part = (value(_TILE_WIDTH), value(_TILE_HEIGHT)) if _TILE_WIDTH in fields else strip
        values = max((count for count, _ in fields.values()), default=0)
        return cls(width, height, value(_BITS, 1), value(_CHANNELS, 1), part, values)


def _fields(stream: IO[bytes]) -> dict[int, tuple[int, int]]:
    """For each tag how many numbers it has (0 for texts), and the first of them."""
    start = stream.read(16)
    order = "<" if start[:2] == b"II" else ">"
    big = b"+" in start[2:4]
    count_kind, entry, place = (
        ("Q", struct.Struct(f"{order}HHQ8s"), "Q") if big else ("H", struct.Struct(f"{order}HHL4s"), "L")
    )
    (offset,) = struct.unpack_from(f"{order}{place}", start, 8 if big else 4)
    stream.seek(offset)
    head = struct.Struct(f"{order}{count_kind}")
    (number,) = head.unpack(stream.read(head.size))
    entries = stream.read(min(number, 65_535) * entry.size)
    found: dict[int, tuple[int, int]] = {}
    for tag, kind, count, data in entry.iter_unpack(entries[: len(entries) // entry.size * entry.size]):
        if tag not in found and kind in _SIZES:
            first = _first(stream, order, place, kind, count, data)
            found[tag] = (0 if kind in _TEXTS else count, first)
    return found


def _first(stream: IO[bytes], order: str, place: str, kind: int, count: int, data: bytes) -> int:
    if kind not in _NUMBERS or count == 0:
        return 0
    if count * _SIZES[kind] > len(data):
        stream.seek(struct.unpack(f"{order}{place}", data)[0], os.SEEK_SET)
        data = stream.read(_SIZES[kind])
    (value,) = struct.unpack_from(f"{order}{_NUMBERS[kind]}", data)
    return int(value)
