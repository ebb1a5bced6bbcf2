"""Image files decoded to 8-bit RGB pixels, whatever they hold, with notes about what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.data import stored
from explorer.data.depth import Depth, ValueRange, bands, by_image, extremes, full_alpha, on_white, to_pixels
from explorer.data.headers import Change, has_alpha
from explorer.data.stored import ImageError, Stored

_WHITE = (255, 255, 255, 255)
_NOTES = {
    Change.GRAY: "Grayscale: the three channels are the same.",
    Change.ALPHA: "Transparency was laid on white.",
    Change.CMYK: "CMYK was converted to RGB; its colors may differ a little from print.",
    Change.FRAMES: "The file holds several images; the first one is used.",
    Change.NOT_NUMBERS: "Values that are not numbers (NaN or infinite) were left out of the range.",
    Change.HIGH_BYTE: "More than 8 bits for each channel were reduced to 8 when the file was opened.",
}


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pixels (H, W, 3) uint8, RGB, and notes about what was changed to get them, in sentences."""

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


def read_image(path: Path) -> NDArray[np.uint8]:
    """The pixels of a file: (H, W, 3) uint8, RGB. Raises ImageError."""
    return decode(path).pixels


def decode(source: Path | bytes, name: str | None = None, depth: Depth = "auto") -> Decoded:
    """Decode a file or its bytes. Grayscale, palette, CMYK, values of more than 8 bits and transparency are converted.

    Args:
        source: the file or its bytes.
        name: what messages call it, instead of the name of its file.
        depth: how values of more than 8 bits become pixels; "auto" treats the image as a data set of one.

    Raises:
        ImageError: the file cannot be read, is damaged or too large.
    """
    called = name or (source.name if isinstance(source, Path) else "the image")
    return converted(stored.read(source, called, deep_colors=depth != "by_image"), depth)


def converted(held: Stored, depth: Depth = "auto") -> Decoded:
    """The 8-bit RGB pixels of what a file holds; `depth` is that of `decode`."""
    notes = tuple(note for change, note in _NOTES.items() if change in held.change)
    if held.image is not None:
        return Decoded(_rgb(held.image, held.change), notes)
    assert held.values is not None
    if depth == "by_image":
        return Decoded(
            by_image(held.values, Change.FLOAT in held.change),
            (*notes, "Its values were scaled by the range of this image alone."),
        )
    chosen = own_range(held) if depth == "auto" else depth
    pixels = on_white(held.values, chosen.low, chosen.high)
    return Decoded(pixels, (*notes, *_depth_notes(held.values, chosen, alone=depth == "auto")))


def own_range(held: Stored) -> ValueRange:
    """The range of one image, which is that of a data set of one."""
    assert held.values is not None
    return joined_range([(held.header or extremes(held.values), Change.FLOAT in held.change)])


def joined_range(found: Sequence[tuple[tuple[float, float], bool]]) -> ValueRange:
    """The one range of several images with more than 8 bits.

    Whole numbers begin at 0 where none is below it; fractions begin at the smallest.

    Args:
        found: lowest and highest value of each image, and whether its values are fractions.
    """
    low = min((low if is_float else min(low, 0.0) for (low, _), is_float in found), default=0.0)
    high = max((high for (_, high), _ in found), default=255.0)
    return ValueRange(low=low, high=high if high > low else low + 1.0)


def _depth_notes(values: NDArray[np.generic], chosen: ValueRange, *, alone: bool) -> list[str]:
    low, high = extremes(values)
    whose = "of this image" if alone else "of the data set"
    notes = [f"Values from {chosen.low:,g} to {chosen.high:,g}, the range {whose}, were scaled to 0 to 255."]
    if low < chosen.low or high > chosen.high:
        notes.append(f"Its own values go from {low:,g} to {high:,g}: those outside of the range were cut.")
    return notes


def _rgb(image: Image.Image, change: Change) -> NDArray[np.uint8]:
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for rows, part in stored.cut(image):
        if Change.ALPHA in change:
            part = part.convert("RGBA")
            part = Image.alpha_composite(Image.new("RGBA", part.size, _WHITE), part)
        pixels[rows] = np.asarray(part if part.mode == "RGB" else part.convert("RGB"), np.uint8)
    return pixels


def decode_with_alpha(source: Path | bytes, name: str | None = None) -> NDArray[np.uint8]:
    """Decode a file that can hold transparency to (H, W, 4) uint8, RGBA; others to (H, W, 3), RGB, as `decode` does.

    Colors are as they are stored, also where they are hidden. Raises ImageError.
    """
    held = stored.read(source, name or (source.name if isinstance(source, Path) else "the image"))
    if held.image is not None:
        if not has_alpha(held.image):
            return _rgb(held.image, held.change)
        pixels = np.empty((held.image.height, held.image.width, 4), np.uint8)
        for rows, part in stored.cut(held.image):
            pixels[rows] = np.asarray(part.convert("RGBA"), np.uint8)
        return pixels
    values = held.values
    assert values is not None
    chosen = own_range(held)
    if values.ndim < 3 or values.shape[2] < 4:
        return on_white(values, chosen.low, chosen.high)
    pixels, full = np.empty(values.shape, np.uint8), full_alpha(values)
    for rows in bands(*values.shape[:2]):
        pixels[rows, :, :3] = to_pixels(values[rows][..., :3], chosen.low, chosen.high)
        pixels[rows, :, 3:] = to_pixels(values[rows][..., 3:], 0.0, full)
    return pixels


def decode_mask(source: Path | bytes, name: str | None = None) -> NDArray[np.uint8]:
    """Decode a mask to class indices: those of a palette image, or the values that a grayscale file stores.

    Returns:
        (H, W) uint8.

    Raises:
        ImageError: the file cannot be read, or has colors, whose classes cannot be guessed, or fractions.
    """
    called = name or (source.name if isinstance(source, Path) else "the mask")
    held = stored.read(source, called)
    if held.image is not None:
        values: NDArray[np.generic] = _mask_values(held.image, held.gray_levels)
    else:
        assert held.values is not None
        values = held.values
    if values.ndim == 3:
        parts = (values[rows] for rows in bands(*values.shape[:2]))
        values = values[..., 0] if all((part[..., :3] == part[..., :1]).all() for part in parts) else values
    if values.ndim == 3:
        raise ImageError(f"{called} has colors. {_MASK_NEEDS}")
    if values.dtype.kind == "f" and not (np.isfinite(values).all() and (values == np.rint(values)).all()):
        low, high = extremes(values)
        raise ImageError(f"{called} has fractions ({low:,g} to {high:,g}). {_MASK_NEEDS}")
    low, high = extremes(values)
    if low < 0 or high > 255:
        raise ImageError(f"{called} has values from {low:,g} to {high:,g}; at most 255 can be read. {_MASK_NEEDS}")
    return np.ascontiguousarray(values.astype(np.uint8))


_MASK_NEEDS = (
    "A mask needs one channel with the class index of each pixel, 0 for the background: save it as grayscale or "
    "palette PNG."
)


def _mask_values(image: Image.Image, gray_levels: tuple[float, bool]) -> NDArray[np.uint8]:
    divisor, inverted = gray_levels
    if image.mode == "1":
        ones = stored.as_array(image)
        return (~ones if inverted else ones).astype(np.uint8)
    values: NDArray[np.uint8] = stored.as_array(image)
    if image.mode == "LA":
        return values[..., 0]
    if image.mode != "L" or (divisor == 1.0 and not inverted):
        return values
    levels = np.arange(256, dtype=np.uint8)
    return np.rint((255 - levels if inverted else levels) / divisor).astype(np.uint8)[values]


def mask_palette(source: Path | bytes) -> tuple[tuple[int, int, int], ...]:
    """The colors of a palette image by index, each red, green, blue from 0 to 255; () for others. Raises ImageError."""
    image = stored.read(source, "the mask").image
    flat = (image.getpalette("RGB") or []) if image is not None and image.mode == "P" else []
    return tuple((flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat) - 2, 3))
