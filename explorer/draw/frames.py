"""The binary frame in which pictures travel to a component, as `frame.js` reads it."""

import json
import struct
from typing import Any


def with_words(frame: bytes, **more: Any) -> bytes:
    """A frame with further entries in its header; the blobs stay as they are."""
    (length,) = struct.unpack_from("<I", frame)
    text = json.dumps({**json.loads(frame[4 : 4 + length]), **more}).encode()
    return struct.pack("<I", len(text)) + text + frame[4 + length :]


class Frame:
    """Collects blobs, and packs them behind a header that points at them."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._places: dict[int, list[int]] = {}

    def place(self, blob: bytes | None) -> list[int] | None:
        """[offset, length] of a blob in the frame; None for None. The same object is sent once."""
        if blob is None:
            return None
        if id(blob) not in self._places:
            self._body.extend(blob)
            self._places[id(blob)] = [len(self._body) - len(blob), len(blob)]
        return self._places[id(blob)]

    def pack(self, header: dict[str, Any]) -> bytes:
        """Header length (uint32, little endian), header as JSON, then the blobs."""
        text = json.dumps(header).encode()
        return struct.pack("<I", len(text)) + text + bytes(self._body)
