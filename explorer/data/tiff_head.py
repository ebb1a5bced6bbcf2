"""The first directory of a TIFF file, read here before a library reserves memory for what it claims."""

import os
import struct
from dataclasses import dataclass
from typing import IO, Self

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MAX_VALUES = 300_000  # of one field: a tile of 16 × 16 px has one, and each becomes an object of a hundred bytes
_WIDTH, _HEIGHT, _BITS, _COMPRESSION = 256, 257, 258, 259  # tags
_CHANNELS, _ROWS, _TILE_WIDTH, _TILE_HEIGHT = 277, 278, 322, 323
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_TEXTS = (1, 2, 6, 7)  # types that stay bytes; of all others each value becomes an object
_NUMBERS = {1: "B", 3: "H", 4: "L", 16: "Q"}


@dataclass(frozen=True)
class TiffHead:
    """What a directory says of its image; 0 where it does not say.

    bits: of a value. part: width and height of what is decompressed as a whole, a strip or a tile; 0 and 0 where
    nothing is. values: the most numbers that one field of the directory has, such as the places of its strips.
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
        """Of a file that begins with one of SIGNATURES. A directory that cannot be read says nothing."""
        try:
            return cls._of(_fields(stream))
        except (struct.error, OverflowError, ValueError, OSError):
            return cls()

    @classmethod
    def _of(cls, fields: dict[int, tuple[int, int]]) -> Self:
        def value(tag: int, otherwise: int = 0) -> int:
            return fields.get(tag, (0, otherwise))[1]

        width, height = value(_WIDTH), value(_HEIGHT)
        strip = (width, min(value(_ROWS, height), height)) if value(_COMPRESSION, 1) != 1 else (0, 0)
        part = (value(_TILE_WIDTH), value(_TILE_HEIGHT)) if _TILE_WIDTH in fields else strip
        values = max((count for count, _ in fields.values()), default=0)
        return cls(width, height, value(_BITS, 1), value(_CHANNELS, 1), part, values)


def _fields(stream: IO[bytes]) -> dict[int, tuple[int, int]]:
    """Tag -> how many numbers it has (0 for texts), and the first one of them."""
    start = stream.read(16)
    order = "<" if start[:2] == b"II" else ">"
    big = b"+" in start[2:4]
    count_kind, entry, place = ("Q", struct.Struct(f"{order}HHQ8s"), "Q") if big else ("H", _small(order), "L")
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


def _small(order: str) -> struct.Struct:
    return struct.Struct(f"{order}HHL4s")


def _first(stream: IO[bytes], order: str, place: str, kind: int, count: int, data: bytes) -> int:
    if kind not in _NUMBERS or count == 0:
        return 0
    if count * _SIZES[kind] > len(data):
        stream.seek(struct.unpack(f"{order}{place}", data)[0], os.SEEK_SET)
        data = stream.read(_SIZES[kind])
    (value,) = struct.unpack_from(f"{order}{_NUMBERS[kind]}", data)
    return int(value)
