"""Image files as they are stored: opened within bounds, turned as the camera says, values of more than 8 bits kept."""

import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from explorer.data.depth import full_alpha

MAX_PIXELS = 64_000_000  # 8000 × 8000; a small file can unpack to far more (a decompression bomb)
MAX_BYTES = 200_000_000
# Pillow's name of a format -> suffixes of its files. This is the one list of what is read.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "GIF": (".gif",),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "PCX": (".pcx",),
    "SGI": (".sgi",),
    "ICO": (".ico",),
    "TGA": (".tga",),  # the last: its files begin with nothing that tells them from others
}
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)
_ORIENTATION = 0x0112  # the EXIF tag
_DEEP_GREY = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
_DEEP_COLOR = re.compile(r"(RGB|RGBA|RGBX|LA);16")  # what Pillow cuts to the high byte of each value, and OpenCV not
_HIGH_BYTE = re.compile(r"\w+;16")
_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_LOW_BITS = re.compile(r"L;([24]?)(I?)R?")  # grey that Pillow stretches to 0 to 255, or inverts
_SAMPLE_LIMITS = ((340, 341), (280, 281))  # TIFF: SMin and SMaxSampleValue, Min and MaxSampleValue
_FULL = {8: 255.0, 16: 65535.0, 32: 4294967295.0}


class ImageError(ValueError):
    """A file that does not give an image; the message names it and says what to do."""


class Change(IntFlag):
    """What has to be changed to make 8-bit RGB pixels of a file."""

    NONE = 0
    GREY = 1
    ALPHA = 2
    CMYK = 4
    FRAMES = 8
    DEEP = 16  # values of more than 8 bits
    FLOAT = 32  # these values are fractions
    NOT_NUMBERS = 64  # some of them are NaN or infinite
    HIGH_BYTE = 128  # more than 8 bits that Pillow itself reduces to 8


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file holds.

    image: loaded and turned, of 8 bits or less for each channel; None where `values` are there.
    values: of more bits, (H, W), or (H, W, 3) RGB, or (H, W, 4) with alpha.
    header: the range of values that the file's own header names, where it is less than its type can hold.
    grey_levels: of a mask: what Pillow's grey values have to be divided by, and whether they are inverted.
    """

    image: Image.Image | None
    values: NDArray[Any] | None
    change: Change
    header: tuple[float, float] | None
    grey_levels: tuple[float, bool] = (1.0, False)


def read(source: Path | bytes, called: str, *, deep_colors: bool = True) -> Stored:
    """Load a file, or its bytes.

    Args:
        source: the file, or what it holds.
        called: what messages call it.
        deep_colors: keep colors of more than 8 bits as they are; else Pillow's upper 8 bits, as runs of format 1 did.

    Raises:
        ImageError: the file cannot be read, is damaged or too large.
    """
    data = _bytes(source, called)
    try:
        with _opened(io.BytesIO(data), called) as image:
            return _loaded(image, data, called, deep_colors=deep_colors)
    except UnidentifiedImageError as error:
        if deep_colors and data[:4] in _TIFF and (values := _decoded_by_opencv(data, called)) is not None:
            return _of_values(values, Change.NONE, None)  # such as colors with fractions, which Pillow does not read
        raise _not_an_image(called) from error
    except (MemoryError, cv2.error) as error:
        raise ImageError(f"{called} needs more memory than there is to be read. Make it smaller.") from error


def glance(file: Path, called: str) -> tuple[Change, tuple[float, float] | None, bool]:
    """What the head of a file tells, without decoding it.

    Returns:
        The change; the range of values that the header names; and whether only decoding tells the rest.

    Raises:
        ImageError: the file cannot be opened, or is not an image.
    """
    try:
        with file.open("rb") as stream:
            if stream.seek(0, os.SEEK_END) == 0:
                raise _empty(called)
            stream.seek(0)
            return _glanced(stream, called)
    except OSError as error:
        raise _unreadable(called, error) from error


def _glanced(stream: IO[bytes], called: str) -> tuple[Change, tuple[float, float] | None, bool]:
    try:
        with _opened(stream, called) as image:
            change, header = _change(image), _header(image)
            return change, header, bool(change & Change.DEEP) or has_alpha(image)
    except UnidentifiedImageError as error:
        stream.seek(0)
        if stream.read(4) in _TIFF:
            return Change.DEEP, None, True
        raise _not_an_image(called) from error


def read_size(file: Path) -> tuple[int, int]:
    """Height and width in px as the image is shown, without decoding its pixels. Raises ImageError."""
    try:
        with file.open("rb") as stream, _opened(stream, file.name) as image:
            # Pillow gives the size of a TIFF as it is shown.
            lies = image.format != "TIFF" and image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
            return (image.width, image.height) if lies else (image.height, image.width)
    except UnidentifiedImageError:
        held = read(file, file.name)  # what only OpenCV reads
        assert held.values is not None
        return held.values.shape[0], held.values.shape[1]
    except OSError as error:
        raise _unreadable(file.name, error) from error


# Opening


def _bytes(source: Path | bytes, called: str) -> bytes:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size == 0:
            raise _empty(called)
        if size > MAX_BYTES:
            raise ImageError(f"{called} has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.")
        # Read as a whole: a file that is replaced while Pillow reads on would give a mixture.
        return source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise _unreadable(called, error) from error


def _opened(stream: IO[bytes], called: str) -> Image.Image:
    """Identified, not yet decoded. Raises ImageError, and UnidentifiedImageError where Pillow does not know it."""
    try:
        image = Image.open(stream, formats=tuple(FORMATS))
    except UnidentifiedImageError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(called) from error
    except OSError as error:
        raise _unreadable(called, error) from error
    except (ValueError, SyntaxError, EOFError) as error:
        raise ImageError(f"{called} is damaged: {error}. Copy it again, or remove it.") from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _too_large(called, image.width, image.height)
    return image


def _loaded(image: Image.Image, data: bytes, called: str, *, deep_colors: bool) -> Stored:
    change, header, levels = _change(image), _header(image), _grey_levels(image)
    if _is_deep_color(image) and deep_colors:
        values = _decoded_by_opencv(data, called)
        if values is None:
            raise ImageError(f"{called} is cut off or damaged. Copy it again, or remove it.")
        if _raw_mode(image).startswith("RGBX"):
            values = values[..., :3]  # the fourth channel is no alpha
        if image.format != "TIFF":  # a TIFF has been turned by OpenCV
            values = turned(values, image.getexif().get(_ORIENTATION, 1))
        return _of_values(values, change, header)
    try:
        image.load()
        # Cameras store the image as the sensor lay, and how to turn it beside it.
        loaded = ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise ImageError(
            f"{called} is cut off or damaged: {str(error).rstrip('.')}. Copy it again, or remove it."
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(called) from error
    if loaded.mode in _DEEP_GREY:
        return _of_values(np.asarray(loaded), change, header)
    if _is_transparent(loaded):
        change |= Change.ALPHA
    return Stored(loaded, None, change, None, levels)


def _of_values(values: NDArray[Any], change: Change, header: tuple[float, float] | None) -> Stored:
    change |= Change.DEEP
    if values.ndim == 2:
        change |= Change.GREY
    elif values.shape[2] == 4 and values[..., 3].min() < full_alpha(values):
        change |= Change.ALPHA
    if values.dtype.kind == "f":
        change |= Change.FLOAT
        if not np.isfinite(values).all():
            change |= Change.NOT_NUMBERS
    return Stored(None, values, change, header)


def _decoded_by_opencv(data: bytes, called: str) -> NDArray[Any] | None:
    """(H, W), (H, W, 3) RGB or (H, W, 4) RGBA as stored; None where OpenCV does not read it. Raises ImageError."""
    if data[:4] in _TIFF:
        width, height = _tiff_size(data)
        if width * height > MAX_PIXELS:
            raise _too_large(called, width, height)
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        return None
    if values.ndim == 3 and values.shape[2] in (3, 4):
        values = values[..., [2, 1, 0, 3][: values.shape[2]]]
    return values if values.ndim == 2 or values.shape[2] in (3, 4) else None


def _tiff_size(data: bytes) -> tuple[int, int]:
    """Width and height; 0 and 0 where the header does not say."""
    stream = io.BytesIO(data)
    try:
        tags = TiffImagePlugin.ImageFileDirectory_v2(stream.read(16 if data[2:3] in b"+" or data[3:4] == b"+" else 8))
        stream.seek(tags.next)
        tags.load(stream)
        return int(tags[256]), int(tags[257])
    except (SyntaxError, KeyError, ValueError, OSError, TypeError, OverflowError):
        return 0, 0


def turned(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """As `ImageOps.exif_transpose` turns an image. orientation: of EXIF, from 1 to 8."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return np.ascontiguousarray(values)


# What a header tells


def _raw_mode(image: Image.Image) -> str:
    """How the file holds its values, in Pillow's words, such as "RGB;16B"; empty where they do not say."""
    args = _arguments(image)
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _arguments(image: Image.Image) -> Any:
    """What Pillow hands to the decoder of the format; None where it says nothing."""
    tiles: Any = getattr(image, "tile", None)
    return tiles[0].args if tiles else None


def _is_deep_color(image: Image.Image) -> bool:
    return image.format in ("PNG", "TIFF") and _DEEP_COLOR.match(_raw_mode(image)) is not None


def _change(image: Image.Image) -> Change:
    """All that is known before it is decoded; whether something is transparent is not."""
    raw = _raw_mode(image)
    change = Change.FRAMES if getattr(image, "is_animated", False) else Change.NONE
    if image.mode in ("L", "1", "LA", "La", *_DEEP_GREY):
        change |= Change.GREY
    if image.mode == "CMYK":
        change |= Change.CMYK
    if image.mode in _DEEP_GREY or _is_deep_color(image):
        return change | Change.DEEP | (Change.FLOAT if image.mode == "F" else Change.NONE)
    return change | Change.HIGH_BYTE if _HIGH_BYTE.match(raw) or _maximum(image) > _FULL[8] else change


def _header(image: Image.Image) -> tuple[float, float] | None:
    """The range that the file itself names, where it says more than the type of its values."""
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
        # The full range of the type is what software writes that knows nothing better.
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
    """Of the colors of a PNG, from its chunk sBIT, which lies before its pixels and which Pillow does not keep."""
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
    """The largest value that the header of a PPM names; 0 for others."""
    args = _arguments(image) if image.format == "PPM" else None
    return float(args[1]) if isinstance(args, tuple) and len(args) > 1 and isinstance(args[1], int) else 0.0


def _grey_levels(image: Image.Image) -> tuple[float, bool]:
    if image.format == "PPM" and image.mode == "L":
        return (_FULL[8] / _maximum(image) if _maximum(image) else 1.0), False
    raw = _raw_mode(image)
    if raw.startswith("1;"):
        return 1.0, "I" in raw
    found = _LOW_BITS.fullmatch(raw)
    if found is None:
        return 1.0, False
    return (255.0 / (2 ** int(found[1]) - 1) if found[1] else 1.0), bool(found[2])


def _is_transparent(image: Image.Image) -> bool:
    """Whether a pixel is not wholly opaque."""
    if not has_alpha(image):
        return False
    return bool(np.asarray(image.convert("RGBA").getchannel("A")).min() < _FULL[8])


def has_alpha(image: Image.Image) -> bool:
    """Whether an image can hold transparency."""
    return image.mode in _ALPHA or (image.mode not in _DEEP_GREY and "transparency" in image.info)


# Words


def _empty(called: str) -> ImageError:
    return ImageError(f"{called} is empty (0 bytes). Copy it again, or remove it.")


def _not_an_image(called: str) -> ImageError:
    return ImageError(f"{called} is not an image that can be read. Use JPEG, PNG, TIFF, WebP, AVIF or BMP.")


def _unreadable(called: str, error: OSError) -> ImageError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ImageError(f"{called} cannot be read: {reason}.")


def _too_large(called: str, width: int = 0, height: int = 0) -> ImageError:
    size = f"{width} × {height} px" if width else "far more pixels than its bytes suggest"
    return ImageError(f"{called} has {size}; at most {MAX_PIXELS // 1_000_000} megapixels are read. Make it smaller.")
