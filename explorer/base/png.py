"""The head of a PNG, which says what decoding it would take, read without decoding."""

import struct
from dataclasses import dataclass

GRAY, PALETTE = 0, 3  # color types
_HEAD = struct.Struct(">8sI4sIIBB")  # up to the color type
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Head:
    """Width and height in px, bits for each value, and the color type."""

    width: int
    height: int
    depth: int
    color: int


def head(content: bytes) -> Head:
    """Return the head of a PNG. Raises ValueError for bytes that are no PNG."""
    if len(content) < _HEAD.size:
        raise ValueError("it is no PNG")
    signature, _, chunk, width, height, depth, color = _HEAD.unpack_from(content)
    if (signature, chunk) != (_SIGNATURE, b"IHDR"):
        raise ValueError("it is no PNG")
    return Head(width, height, depth, color)


def most_bytes(width: int, height: int) -> int:
    """Return how many bytes a PNG with a value of 8 bits for each pixel has at most."""
    return 2 * width * height + 4096
