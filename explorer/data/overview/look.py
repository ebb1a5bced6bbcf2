"""The measurements of one image."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.data import images, limits, stored
from explorer.data.depth import Depth
from explorer.data.overview import jpeg
from explorer.data.overview.measured import THUMBNAIL
from explorer.data.stored import ImageError
from explorer.data.suffixes import FORMATS

RECORD = np.dtype(
    [
        ("width", "<i4"), ("height", "<i4"), ("size", "<i8"),
        ("brightness", "<f4"), ("contrast", "<f4"), ("sharpness", "<f4"),
        ("mean", "<f4", (3,)), ("square", "<f4", (3,)), ("part", "u1"),
        ("dhash", "<u8"), ("content", "<u8"), ("format", "S8"),
        ("thumbnail", "u1", (THUMBNAIL, THUMBNAIL)),
    ]
)  # fmt: skip
VERSION = 4  # to be raised with each change of what is measured
_LONG_SIDE = 256  # px, of the image whose sharpness is measured
_NEARLY = 0.03  # a size that differs less is left as it is
_LEAST_REDUCED = 250  # px of the long side after a JPEG was decoded at a part of its size
_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_PER_PIXEL = 10  # bytes at the peak of decoding a JPEG, see `explorer.data.limits`


@dataclass(frozen=True)
class Look:
    """What was found in one image. record: bytes of a RECORD. trouble: why it does not decode, or ""."""

    record: bytes
    trouble: str = ""


def at_file(file: Path, called: str, depth: Depth = "auto") -> Look:
    """Measure the image in a file.

    Args:
        file: the file.
        called: what messages call it.
        depth: how values of more than 8 bits become pixels.
    """
    try:
        if words := limits.file_trouble(file.stat().st_size):
            raise ImageError(f"{called} has {words}")
        data = file.read_bytes()
        return Look(_fast(data) or _careful(data, called, depth))
    except OSError as error:
        return damaged(str(stored.unreadable(called, error)))
    except ImageError as error:
        return damaged(str(error))
    except MemoryError:
        return damaged(f"{called} needs more memory than there is to be read. Make it smaller.")


def at_pixels(pixels: NDArray[np.uint8]) -> Look:
    """Measure an image that is in no file of its own. pixels: (H, W, 3) uint8, RGB."""
    return Look(_record(pixels, pixels.shape[:2], 0, _hash(pixels), ""))


def damaged(words: str) -> Look:
    """The look at an image that does not decode. words: why, in a sentence."""
    return Look(np.zeros((), RECORD).tobytes(), words)


def _fast(data: bytes) -> bytes | None:
    """Measure an ordinary JPEG by OpenCV, as fast as it decodes; None where it needs the careful way."""
    head = jpeg.parse(data)
    if head is None or limits.excess(head.width, head.height, _PER_PIXEL, len(data)):
        return None
    if head.is_progressive and limits.scan_trouble(data):
        return None
    part = max(part for part in _REDUCED if part == 1 or max(head.width, head.height) >= part * _LEAST_REDUCED)
    decoded = _decoded(data, part)
    if decoded is None:
        return None
    size = head.height, head.width
    if head.orientation in range(2, 9):
        decoded = stored.turned(decoded, head.orientation)
        size = size[::-1] if head.orientation >= 5 else size
    turn = bytes([head.orientation if head.orientation in range(2, 9) else 1])
    return _record(decoded, size, len(data), _hash(turn, *head.coded), "JPEG", is_bgr=True, part=part)


def whole_square(file: Path) -> NDArray[np.float32] | None:
    """The means of the squares by channel of a JPEG that was measured at a part of its size: (3,), RGB, from 0 to 1.

    None where it can no longer be read.
    """
    try:
        decoded = _decoded(file.read_bytes(), 1)
    except (OSError, MemoryError):
        return None
    return None if decoded is None else _moments(decoded, is_bgr=True)[1]


def _decoded(data: bytes, part: int) -> NDArray[Any] | None:
    """A JPEG at 1 / part of its size, as it is stored, (H, W, 3) BGR; None where OpenCV does not decode it."""
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[part] | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None


def _moments(pixels: NDArray[Any], *, is_bgr: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The means of the values and of their squares by channel: (3,) each, RGB, from 0 to 1."""
    means, deviations = (values[:: -1 if is_bgr else 1, 0] / 255 for values in cv2.meanStdDev(pixels))
    return means.astype(np.float32), (means**2 + deviations**2).astype(np.float32)


def _careful(data: bytes, called: str, depth: Depth) -> bytes:
    """Measure what `explorer.data.images` decodes. Raises ImageError."""
    held = stored.read(data, called)
    pixels = images.converted(held, depth).pixels
    exact = pixels if held.values is None else np.ascontiguousarray(held.values)
    head = jpeg.parse(data)
    content = _hash(exact) if head is None else _hash(bytes([head.orientation]), *head.coded)
    return _record(pixels, pixels.shape[:2], len(data), content, _format(data))


def _format(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            return image.format or ""
    except (OSError, ValueError, SyntaxError):
        return "TIFF"  # one that only OpenCV reads


def _hash(*parts: "bytes | memoryview | NDArray[np.generic]") -> int:
    whole = hashlib.blake2b(digest_size=8)
    for part in parts:
        if isinstance(part, np.ndarray):
            whole.update(repr((part.shape, part.dtype.str)).encode())
            part = np.ascontiguousarray(part).data
        whole.update(part)
    return int.from_bytes(whole.digest(), "little")


def _record(
    pixels: NDArray[Any],
    size: tuple[int, ...],
    length: int,
    content: int,
    kind: str,
    *,
    is_bgr: bool = False,
    part: int = 1,
) -> bytes:
    record = np.zeros((), RECORD)
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY if is_bgr else cv2.COLOR_RGB2GRAY)
    bright, spread = cv2.meanStdDev(gray)
    record["height"], record["width"], record["size"] = *size, length
    record["brightness"], record["contrast"] = bright[0, 0], spread[0, 0]
    record["mean"], record["square"] = _moments(pixels, is_bgr=is_bgr)
    record["part"] = part
    small = _fitted(gray)
    record["sharpness"] = cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S))[1][0, 0] ** 2
    smaller = _averaged(small, 4)
    thumbnail = cv2.resize(smaller, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
    record["thumbnail"], record["dhash"] = thumbnail, dhash(smaller)
    record["content"], record["format"] = content, kind.encode()
    return record.tobytes()


def _fitted(gray: NDArray[Any]) -> NDArray[Any]:
    """The image at 256 px on its long side, and at least 1 px on the other."""
    gray = _averaged(gray, max(gray.shape) // _LONG_SIDE)
    height, width = gray.shape
    scale = _LONG_SIDE / max(height, width)
    if abs(scale - 1) < _NEARLY:
        return gray
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR))


def _averaged(gray: NDArray[Any], factor: int) -> NDArray[Any]:
    """The means of squares of `factor` px, which is much faster than areas that are no whole numbers of px."""
    height, width = gray.shape[0] // factor if factor else 0, gray.shape[1] // factor if factor else 0
    if factor < 2 or not height or not width:
        return gray
    whole = gray[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


def dhash(gray: NDArray[Any]) -> int:
    """The difference hash of a gray image: for 8 rows of 9 values each, whether a value is below the next one."""
    small = cv2.resize(gray, (9, 8), interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(small[:, :-1] < small[:, 1:]).tobytes(), "big")
