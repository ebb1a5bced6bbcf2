"""Image files as they are stored: opened within limits, turned as EXIF says, with values of more than 8 bits kept."""

import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from explorer.base.names import ShownError
from explorer.data import headers, heads, limits
from explorer.data.depth import bands, full_alpha
from explorer.data.headers import DEEP_GRAY, Change, has_alpha, is_deep_color, raw_mode
from explorer.data.suffixes import FORMATS, HEIC_BRANDS, HEIC_HINT

Image.MAX_IMAGE_PIXELS = None  # explorer.data.limits is lower, and its words name the size
_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


_OF_DAMAGE = (
    ValueError, SyntaxError, EOFError, RuntimeError, IndexError, KeyError, TypeError, ZeroDivisionError, OverflowError,
    struct.error,
)  # fmt: skip


class ImageError(ShownError):
    """A file that cannot be read as an image; the message names it and says what to do."""


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file holds: an image or values, and None for the other one.

    Attributes:
        image: decoded and turned, of 8 bits or less for each channel.
        values: of more bits, (H, W), or (H, W, 3) RGB, or (H, W, 4) RGBA.
        change: what has to be changed to make 8-bit RGB pixels of it.
        header: the range of values that the file's own header names, where it is less than its type can hold.
        gray_levels: what Pillow's gray values of a mask have to be divided by, and whether they are inverted.
    """

    image: Image.Image | None
    values: NDArray[Any] | None
    change: Change
    header: tuple[float, float] | None
    gray_levels: tuple[float, bool] = (1.0, False)


def read(source: Path | bytes, called: str, *, deep_colors: bool = True) -> Stored:
    """Decode a file or its bytes.

    Args:
        source: the file or its bytes.
        called: what messages call it.
        deep_colors: keep colors of more than 8 bits as they are; otherwise take the upper 8 bits, as runs of format 1.

    Raises:
        ImageError: the file cannot be read, is damaged or too large.
    """
    data = _bytes(source, called)
    try:
        with _damage_named(called), _opened(io.BytesIO(data), called) as image:
            return _loaded(image, data, called, deep_colors=deep_colors)
    except UnidentifiedImageError as error:
        values = _decoded_by_opencv(data, called) if deep_colors else None
        if values is None:
            raise _not_an_image(called, data) from error
        return _of_values(values, Change.NONE, None)  # such as colors with fractions
    except (MemoryError, cv2.error) as error:
        raise ImageError(f"{called} needs more memory than there is to be read. Make it smaller.") from error


def glance(file: Path, called: str) -> tuple[Change, tuple[float, float] | None, bool]:
    """Read the head of a file without decoding it.

    Returns:
        The change; the range of values that the header names; and whether the pixels have to be decoded for more.

    Raises:
        ImageError: the file cannot be opened, or is not an image.
    """
    try:
        with _damage_named(called), file.open("rb") as stream, _opened(stream, called) as image:
            change = headers.change(image)
            return change, headers.header(image), bool(change & Change.DEEP) or has_alpha(image)
    except UnidentifiedImageError:
        return Change.DEEP, None, True
    except OSError as error:
        raise unreadable(called, error) from error


def read_size(file: Path) -> tuple[int, int]:
    """Height and width in px as the image is shown, without decoding its pixels. Raises ImageError."""
    return read_size_and_turn(file)[0]


def read_size_and_turn(file: Path) -> tuple[tuple[int, int], bool]:
    """Height and width as `read_size` gives them, and whether EXIF turns the image or mirrors it. Raises ImageError."""
    try:
        with _damage_named(file.name), file.open("rb") as stream, _opened(stream, file.name) as image:
            # Pillow gives the size of a TIFF as it is shown.
            turn = image.getexif().get(_ORIENTATION, 1)
            is_on_side = image.format != "TIFF" and turn in (5, 6, 7, 8)
            size = (image.width, image.height) if is_on_side else (image.height, image.width)
            return size, turn in range(2, 9)
    except UnidentifiedImageError:
        held = read(file, file.name)
        assert held.values is not None
        return (held.values.shape[0], held.values.shape[1]), False
    except OSError as error:
        raise unreadable(file.name, error) from error


@contextmanager
def _damage_named(called: str) -> Iterator[None]:
    """Turn what decoders raise about damaged files into an ImageError; Pillow's plugins do not agree on one error."""
    try:
        yield
    except ImageError:
        raise
    except _OF_DAMAGE as error:
        raise ImageError(f"{called} is damaged: {error}. Copy it again, or remove it.") from error


def _bytes(source: Path | bytes, called: str) -> bytes:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        _refuse(called, limits.file_trouble(size))
        # Read as a whole: a file that is replaced while Pillow reads on would give a mixture.
        return source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise unreadable(called, error) from error


def _opened(stream: IO[bytes], called: str) -> Image.Image:
    """The image of a file, identified and not decoded yet.

    Raises:
        ImageError: it is empty, damaged, too large, or no image.
        UnidentifiedImageError: it is a TIFF that Pillow does not read, and that OpenCV may.
    """
    held = stream.seek(0, os.SEEK_END)
    if held == 0:
        raise ImageError(f"{called} is empty (0 bytes). Copy it again, or remove it.")
    words, reserved = heads.trouble(stream)
    _refuse(called, words)
    stream.seek(0)
    try:
        image = Image.open(stream, formats=tuple(FORMATS))
    except UnidentifiedImageError as error:
        stream.seek(0)
        start = stream.read(12)
        if start[:4] in heads.TIFF:
            raise
        raise _not_an_image(called, start) from error
    except OSError as error:
        raise unreadable(called, error) from error
    if words := limits.trouble(image, held + reserved):
        image.close()
    _refuse(called, words)
    return image


def _refuse(called: str, words: str) -> None:
    """Raise the ImageError of a file that is too large, where `explorer.data.limits` has words for that."""
    if words:
        raise ImageError(f"{called} has {words}")


def _loaded(image: Image.Image, data: bytes, called: str, *, deep_colors: bool) -> Stored:
    change, header, levels = headers.change(image), headers.header(image), headers.gray_levels(image)
    if is_deep_color(image) and deep_colors:
        values = _decoded_by_opencv(data, called)
        if values is None:
            raise ImageError(f"{called} is cut off or damaged. Copy it again, or remove it.")
        if raw_mode(image).startswith("RGBX"):
            values = values[..., :3]  # the fourth channel is no alpha
        if image.format != "TIFF":  # a TIFF has been turned by OpenCV
            values = turned(values, image.getexif().get(_ORIENTATION, 1))
        return _of_values(values, change, header)
    if image.format in ("JPEG", "MPO"):
        _refuse(called, limits.scan_trouble(data))
    try:
        image.load()
        # Cameras store the image as the sensor was held, and beside it how to turn it.
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
        loaded = image if turn is None else image.transpose(turn)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise ImageError(
            f"{called} is cut off or damaged: {str(error).rstrip('.')}. Copy it again, or remove it."
        ) from error
    if loaded.mode in DEEP_GRAY:
        return _of_values(as_array(loaded), change, header)
    if has_alpha(loaded):
        alphas = (np.asarray(part.convert("RGBA").getchannel("A")) for _, part in cut(loaded))
        change |= Change.ALPHA if any(alpha.min() < 255 for alpha in alphas) else Change.NONE
    return Stored(loaded, None, change, None, levels)


def _of_values(values: NDArray[Any], change: Change, header: tuple[float, float] | None) -> Stored:
    change |= Change.DEEP
    if values.ndim == 2:
        change |= Change.GRAY
    elif values.shape[2] == 4 and values[..., 3].min() < full_alpha(values):
        change |= Change.ALPHA
    if values.dtype.kind == "f":
        change |= Change.FLOAT
        if not np.isfinite(values).all():
            change |= Change.NOT_NUMBERS
    return Stored(None, values, change, header)


def _decoded_by_opencv(data: bytes, called: str) -> NDArray[Any] | None:
    """Values (H, W), (H, W, 3) RGB or (H, W, 4) RGBA; None where OpenCV cannot read them. Raises ImageError."""
    if data[:4] in heads.TIFF:  # also one that Pillow does not read
        head = heads.TiffHead.read(io.BytesIO(data))
        held = len(data) + head.buffer
        cost = limits.deep_cost(head.bits, head.channels)
        _refuse(called, limits.excess(head.width, head.height, cost, held))
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        return None
    if values.ndim == 3 and values.shape[2] in (3, 4):
        for rows in bands(*values.shape[:2]):
            values[rows] = values[rows][..., [2, 1, 0, 3][: values.shape[2]]]
    return values if values.ndim == 2 or values.shape[2] in (3, 4) else None


def turned(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Values turned as `ImageOps.exif_transpose` turns an image. orientation: that of EXIF, from 1 to 8."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return np.ascontiguousarray(values)


def as_array(image: Image.Image) -> NDArray[Any]:
    """The array that `np.asarray` gives, in bands: as a whole it would be in memory twice for a moment."""
    one = np.asarray(image.crop((0, 0, 1, 1)))
    values = np.empty((image.height, image.width, *one.shape[2:]), one.dtype)
    for rows, part in cut(image):
        values[rows] = np.asarray(part)
    return values


def cut(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    """The bands of rows of an image, so that what converts it takes little memory beside it."""
    for rows in bands(image.height, image.width):
        whole = rows.stop - rows.start == image.height
        yield rows, image if whole else image.crop((0, rows.start, image.width, rows.stop))


def _not_an_image(called: str, data: bytes) -> ImageError:
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return ImageError(f"{called} is a HEIC image. {HEIC_HINT}")
    return ImageError(f"{called} is not an image that can be read. Use JPEG, PNG, TIFF, WebP, AVIF or BMP.")


def unreadable(called: str, error: OSError) -> ImageError:
    """The error of a file that the system cannot read. called: what the message calls the file."""
    return ImageError(f"{called} cannot be read: {error.strerror or error}.")
