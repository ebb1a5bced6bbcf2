"""What a measuring process and its parent say to each other: JSON messages with arrays apart, each after its length.

No pickle: neither side builds more than plain values and arrays from what it reads.
"""

import io
import json
import struct
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from explorer.data.sample import Sample

_PARTS = ("image", "mask", "bboxes", "keypoints")
_LENGTH = struct.Struct("<Q")
_MOST = 2**31  # bytes of a message


class Hangup(Exception):
    """The other side is gone."""


def send(stream: IO[bytes], message: Any) -> None:
    """Write a JSON message. Raises Hangup."""
    _write(stream, json.dumps(message).encode())


def receive(stream: IO[bytes]) -> Any:
    """Read a JSON message; waits for it. Raises Hangup."""
    return json.loads(_read(stream))


def send_samples(stream: IO[bytes], samples: Sequence[Sample]) -> None:
    """Write samples. Raises Hangup."""
    send(stream, [[name for name in _PARTS if getattr(sample, name) is not None] for sample in samples])
    for sample in samples:
        for name in _PARTS:
            array = getattr(sample, name)
            if array is not None:
                content = io.BytesIO()
                np.save(content, array, allow_pickle=False)
                _write(stream, content.getvalue())


def receive_samples(stream: IO[bytes]) -> list[Sample]:
    """Read samples. Raises Hangup."""
    return [_sample(stream, names) for names in receive(stream)]


def _sample(stream: IO[bytes], names: Sequence[str]) -> Sample:
    parts: dict[str, Any] = {name: np.load(io.BytesIO(_read(stream)), allow_pickle=False) for name in names}
    return Sample(**parts)


def _write(stream: IO[bytes], content: bytes) -> None:
    try:
        stream.write(_LENGTH.pack(len(content)))
        stream.write(content)
        stream.flush()
    except (OSError, ValueError) as error:
        raise Hangup from error


def _read(stream: IO[bytes]) -> bytes:
    length = _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]
    if length > _MOST:
        raise Hangup
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    """The next `count` bytes; an unbuffered stream gives them in pieces."""
    content = bytearray()
    while len(content) < count:
        try:
            piece = stream.read(count - len(content))
        except (OSError, ValueError) as error:
            raise Hangup from error
        if not piece:
            raise Hangup
        content += piece
    return bytes(content)
