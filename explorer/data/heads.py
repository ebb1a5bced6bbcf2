"""Sizes that have to be looked up before a file is opened: its library reserves memory at once, or looks elsewhere."""

import os
import struct
from typing import IO

from explorer.data import limits
from explorer.data.tiff_head import MAX_VALUES, SIGNATURES, TiffHead

_ENTRY = struct.Struct("<8xLL")  # of an icon: how many bytes its image has, and where they begin
_PNG = b"\x89PNG"


def trouble(stream: IO[bytes]) -> tuple[str, int]:
    """What is too much about a file, before anything opens it.

    Returns:
        The words after "<name> has ", "" where nothing is too much; and bytes that decoding reserves beside the image.
    """
    stream.seek(0)
    start = stream.read(40)
    stream.seek(0)
    if start[:4] in SIGNATURES:
        return _tiff(TiffHead.read(stream))
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return _sizes([_webp(start)])
    if start[:4] == b"\0\0\1\0":
        return _sizes(_icon(stream))
    return "", 0


def _tiff(head: TiffHead) -> tuple[str, int]:
    if head.values > MAX_VALUES:
        return f"a directory of {head.values:,} values; at most {MAX_VALUES:,} are read. Save it again.", 0
    return _sizes([(head.width, head.height), head.part])[0], head.buffer


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
    """Widths and heights of all images in an icon, as their own heads say: its directory can only say up to 256."""
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
