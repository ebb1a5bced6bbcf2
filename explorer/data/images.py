"""Files and bytes to pixels: whatever the file holds becomes RGB with 8 bits, and what was changed is said."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 64_000_000  # 8000 × 8000; a small file can unpack to far more (a decompression bomb)
MAX_BYTES = 200_000_000
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_ORIENTATION = 0x0112  # the EXIF tag
_WHITE = (255, 255, 255, 255)
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


class ImageError(ValueError):
    """A file that does not give an image; the message names it and says what to do."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """pixels: (H, W, 3) uint8, RGB. notes: what had to be changed to get there, in sentences."""

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


def read_image(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, RGB. Raises ImageError."""
    return decode(path).pixels


def decode(source: Path | bytes, name: str | None = None) -> Decoded:
    """Decode a file or its bytes. Greyscale, palette, CMYK, 16 bits and transparency are converted, and noted.

    name: what messages call it; a path is called by its own name. Raises ImageError.
    """
    called = name or (source.name if isinstance(source, Path) else "the image")
    with _open(source, called) as image:
        return _to_rgb(_load(image, called))


def decode_with_alpha(source: Path | bytes, name: str | None = None) -> NDArray[np.uint8]:
    """(H, W, 4) uint8, RGBA, of a file that can hold transparency, else (H, W, 3), RGB, as `decode` gives it.

    Colours are as they are stored, also where nothing of them shows. Raises ImageError.
    """
    called = name or (source.name if isinstance(source, Path) else "the image")
    with _open(source, called) as image:
        loaded = _load(image, called)
    if not _has_alpha(loaded):
        return _to_rgb(loaded).pixels
    return np.ascontiguousarray(np.asarray(loaded.convert("RGBA"), np.uint8))


def decode_mask(source: Path | bytes, name: str | None = None) -> NDArray[np.uint8]:
    """(H, W) uint8 class indices: of a palette image its indices, of a grey one its values.

    Raises ImageError, also for a mask in colours: which class a colour means cannot be guessed.
    """
    called = name or (source.name if isinstance(source, Path) else "the mask")
    with _open(source, called) as image:
        loaded = _load(image, called)
    if loaded.mode in ("L", "P"):
        return np.asarray(loaded, np.uint8)
    if loaded.mode == "1":
        return np.asarray(loaded, np.uint8)  # False and True become 0 and 1
    values = np.asarray(loaded)
    if values.ndim == 3 and (values[..., :3] == values[..., :1]).all():
        return np.ascontiguousarray(values[..., 0], np.uint8)
    if values.ndim == 2 and values.min() >= 0 and values.max() <= 255:
        return values.astype(np.uint8)
    raise ImageError(
        f"{called} has colours ({loaded.mode}), or values above 255. A mask needs one channel with the class index "
        "of each pixel, 0 for the background: save it as greyscale or palette PNG."
    )


def read_size(path: Path) -> tuple[int, int]:
    """Height and width in px as they are shown, without decoding the pixels. Raises ImageError."""
    with _open(path, path.name) as image:
        turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
        return (image.width, image.height) if turned else (image.height, image.width)


def _open(source: Path | bytes, called: str) -> Image.Image:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size == 0:
            raise ImageError(f"{called} is empty (0 bytes). Copy it again, or remove it.")
        if size > MAX_BYTES:
            raise ImageError(f"{called} has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.")
        # Read as a whole: a file that is replaced while Pillow reads on would give a mixture.
        data = source.read_bytes() if isinstance(source, Path) else source
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise ImageError(f"{called} is not an image that can be read. Use JPEG, PNG, TIFF, WebP or BMP.") from error
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(called)) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ImageError(f"{called} cannot be read: {reason}.") from error
    except (ValueError, SyntaxError, EOFError) as error:
        raise ImageError(f"{called} is damaged: {error}. Copy it again, or remove it.") from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise ImageError(_too_large(called, image.width, image.height))
    return image


def _too_large(called: str, width: int = 0, height: int = 0) -> str:
    size = f"{width} × {height} px" if width else "far more pixels than its bytes suggest"
    return f"{called} has {size}; at most {MAX_PIXELS // 1_000_000} megapixels are read. Make it smaller."


def _load(image: Image.Image, called: str) -> Image.Image:
    try:
        image.load()
        # Cameras store the picture as the sensor lay, and how to turn it beside it.
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise ImageError(
            f"{called} is cut off or damaged: {str(error).rstrip('.')}. Copy it again, or remove it."
        ) from error
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(called)) from error


def _to_rgb(image: Image.Image) -> Decoded:
    notes: list[str] = []
    if image.mode in _DEEP:
        return _from_deep(image)
    if _has_alpha(image):
        notes.append("Transparency was laid on white.")
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    elif image.mode == "CMYK":
        notes.append("CMYK was converted to RGB; its colours may differ a little from print.")
    elif image.mode in ("L", "1"):
        notes.append("Greyscale: the three channels are the same.")
    pixels = np.asarray(image.convert("RGB"), np.uint8)
    return Decoded(np.ascontiguousarray(pixels), tuple(notes))


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in _ALPHA or (image.mode not in _DEEP and "transparency" in image.info)


def _from_deep(image: Image.Image) -> Decoded:
    """Grey with 16 or 32 bits; integers by their range of bits, floats and larger ones from darkest to brightest."""
    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all():
        values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= 65535:
        grey = values / 257.0
        note = "16 bits were scaled to 8 bits (65535 becomes 255). Greyscale: the three channels are the same."
    else:
        grey = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
        note = f"Values from {low:.4g} to {high:.4g} were stretched to 0 to 255."
    channel = np.rint(grey).astype(np.uint8)
    return Decoded(np.repeat(channel[:, :, None], 3, axis=2), (note,))


def mask_palette(source: Path | bytes, name: str | None = None) -> tuple[tuple[int, int, int], ...]:
    """The colours of a palette image by index, each red, green, blue from 0 to 255; () for any other image.

    Raises ImageError.
    """
    with _open(source, name or "the mask") as image:
        flat = (image.getpalette("RGB") or []) if image.mode == "P" else []
    return tuple((flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat) - 2, 3))
