"""The binary frame in which pictures travel to a component, as `frame.js` reads it."""

import json
import struct
from typing import Any


def pack(header: dict[str, Any]) -> bytes:
    """The length of the header (uint32, little endian), the header as JSON, then the blobs.

    Args:
        header: What JSON holds, dataclasses, and bytes: they become [offset, length] of a blob. The same object is sent
            once.
    """
    body = bytearray()
    places: dict[int, list[int]] = {}

    def plain(part: Any) -> Any:
        if not isinstance(part, bytes):
            return vars(part)
        if id(part) not in places:
            places[id(part)] = [len(body), len(part)]
            body.extend(part)
        return places[id(part)]

    text = json.dumps(header, default=plain).encode()
    return struct.pack("<I", len(text)) + text + bytes(body)


def with_words(frame: bytes, **more: Any) -> bytes:
    """A frame with further entries in its header; the blobs stay as they are."""
    (length,) = struct.unpack_from("<I", frame)
    text = json.dumps({**json.loads(frame[4 : 4 + length]), **more}).encode()
    return struct.pack("<I", len(text)) + text + frame[4 + length :]
