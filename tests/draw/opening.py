"""What stands in the frames that travel to a browser."""

import json
import struct
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Side:
    """The image before or after: its encoded picture and mask, and the rows of its boxes and keypoints."""

    width: int
    height: int
    picture: bytes
    mask: bytes | None
    boxes: list[list[float]]
    keypoints: list[list[float]]


def header(frame: bytes) -> dict[str, Any]:
    """What a frame says besides its pictures."""
    (length,) = struct.unpack_from("<I", frame)
    found: dict[str, Any] = json.loads(frame[4 : 4 + length])
    return found


def blob(frame: bytes, place: list[int] | None) -> bytes | None:
    """The bytes that an entry of the header points at."""
    if place is None:
        return None
    begin = 4 + struct.unpack_from("<I", frame)[0] + place[0]
    return frame[begin : begin + place[1]]


def side(frame: bytes, name: str) -> Side:
    """One of the two images of a preview: "before" or "after"."""
    found = header(frame)[name]
    picture = blob(frame, found["image"])
    assert picture is not None
    mask = blob(frame, found["mask"])
    return Side(found["width"], found["height"], picture, mask, found["boxes"], found["keypoints"])
