"""Facts in the head of an image file that are known before its pixels are decoded."""

import os
import re
from collections.abc import Mapping
from enum import IntFlag
from typing import Any

import numpy as np
from PIL import Image

DEEP_GRAY = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
_DEEP_COLOR = re.compile(r"(RGB|RGBA|RGBX|LA);16")  # where Pillow keeps the high byte only, and OpenCV all
_HIGH_BYTE = re.compile(r"\w+;16")
_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
_LOW_BITS = re.compile(r"L;([24]?)(I?)R?")  # gray that Pillow stretches to 0 to 255, or inverts
_SAMPLE_LIMITS = ((340, 341), (280, 281))  # TIFF: SMin and SMaxSampleValue, Min and MaxSampleValue
_FULL = {8: 255.0, 16: 65535.0, 32: 4294967295.0}


class Change(IntFlag):
    """What has to be changed in a file to make 8-bit RGB pixels of it."""

    NONE = 0
    GRAY = 1
    ALPHA = 2
    CMYK = 4
    FRAMES = 8
    DEEP = 16  # values of more than 8 bits
    FLOAT = 32  # these values are fractions
    NOT_NUMBERS = 64  # some of them are NaN or infinite
    HIGH_BYTE = 128  # more than 8 bits that Pillow itself reduces to 8


def raw_mode(image: Image.Image) -> str:
    """Pillow's name for the layout of the values in the file, such as "RGB;16B"; empty where it has none."""
    args = _arguments(image)
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _arguments(image: Image.Image) -> Any:
    """The arguments that Pillow gives to the decoder of the format; None where there are none."""
    tiles: Any = getattr(image, "tile", None)
    return tiles[0].args if tiles else None


def is_deep_color(image: Image.Image) -> bool:
    """Whether it has colors of more than 8 bits, which OpenCV decodes and Pillow would reduce."""
    return image.format in ("PNG", "TIFF") and _DEEP_COLOR.match(raw_mode(image)) is not None


def change(image: Image.Image) -> Change:
    """All changes that are known before decoding, which alone can find transparent pixels."""
    raw = raw_mode(image)
    change = Change.FRAMES if getattr(image, "is_animated", False) else Change.NONE
    if image.mode in ("L", "1", "LA", "La", *DEEP_GRAY):
        change |= Change.GRAY
    if image.mode == "CMYK":
        change |= Change.CMYK
    if image.mode in DEEP_GRAY or is_deep_color(image):
        return change | Change.DEEP | (Change.FLOAT if image.mode == "F" else Change.NONE)
    return change | Change.HIGH_BYTE if _HIGH_BYTE.match(raw) or _maximum(image) > _FULL[8] else change


def header(image: Image.Image) -> tuple[float, float] | None:
    """The range of values that the header names; None where it says no more than their type."""
    if image.format == "PPM":
        return (0.0, _FULL[16]) if _maximum(image) > _FULL[8] else None  # Pillow has scaled it by the header's maximum
    if image.format == "PNG":
        bits = max(_significant_bits(image), default=16)
        return (0.0, 2.0**bits - 1) if 8 <= bits < 16 else None
    tags = getattr(image, "tag_v2", None)
    return None if tags is None else _of_tags(tags)


def _of_tags(tags: Mapping[int, Any]) -> tuple[float, float] | None:
    bits, kind = (max(_numbers(tags.get(tag)) or [default]) for tag, default in ((258, 16), (339, 1)))
    for lowest, highest in _SAMPLE_LIMITS:
        low, high = _numbers(tags.get(lowest)), _numbers(tags.get(highest))
        # Software that knows nothing better writes the full range of the type.
        if high and max(high) > min(low or [0.0]) and max(high) < _FULL.get(int(bits), 0.0):
            return min(low or [0.0]), max(high)
    return (0.0, 2.0**bits - 1) if kind == 1 and 8 < bits < 16 else None


def _numbers(value: Any) -> list[float]:
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    try:
        return [number for number in map(float, values) if np.isfinite(number)]
    except (TypeError, ValueError):
        return []


def _significant_bits(image: Image.Image) -> tuple[int, ...]:
    """The significant bits of each color of a PNG, from its chunk sBIT, which Pillow does not keep."""
    stream: Any = getattr(image, "fp", None)
    if stream is None:
        return ()
    place = stream.tell()
    try:
        stream.seek(8)
        while len(head := stream.read(8)) == 8 and head[4:] not in (b"IDAT", b"IEND"):
            length = int.from_bytes(head[:4], "big")
            if head[4:] == b"sBIT" and length <= 4:
                bits = tuple(stream.read(length))
                return bits[: 1 if length <= 2 else 3]  # the last one of 2 and of 4 is that of alpha
            stream.seek(length + 4, os.SEEK_CUR)
        return ()
    finally:
        stream.seek(place)


def _maximum(image: Image.Image) -> float:
    """The largest value that the header of a PPM names; 0 for other formats."""
    args = _arguments(image) if image.format == "PPM" else None
    return float(args[1]) if isinstance(args, tuple) and len(args) > 1 and isinstance(args[1], int) else 0.0


def gray_levels(image: Image.Image) -> tuple[float, bool]:
    """What Pillow's gray values have to be divided by to get the stored ones, and whether Pillow has inverted them."""
    if image.format == "PPM" and image.mode == "L":
        return (_FULL[8] / _maximum(image) if _maximum(image) else 1.0), False
    raw = raw_mode(image)
    if raw.startswith("1;"):
        return 1.0, "I" in raw
    found = _LOW_BITS.fullmatch(raw)
    if found is None:
        return 1.0, False
    return (255.0 / (2 ** int(found[1]) - 1) if found[1] else 1.0), bool(found[2])


def has_alpha(image: Image.Image) -> bool:
    """Whether an image can hold transparency."""
    return image.mode in _ALPHA or (image.mode not in DEEP_GRAY and "transparency" in image.info)
