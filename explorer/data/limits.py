"""Limits for reading an image file: its bytes, its pixels, and the memory that decoding takes.

A file says in its head how many pixels it holds, and 100 kB can unpack to gigabytes. So the cost is computed from
the head, and what costs too much is refused before it is decoded. All readers keep to that: uploads, data sets, masks,
references and the trainer.
"""

from PIL import Image

from explorer.data.headers import is_deep_color
from explorer.data.sample import MAX_PIXELS

MAX_BYTES = 200_000_000  # of a file
# Bytes at the peak of decoding: a photograph of 50 megapixels opens in every format that cameras and phones write.
MAX_MEMORY = 800_000_000
# Scans of a JPEG: each passes over all pixels, and a progressive photograph has about ten. An empty one has 30 bytes,
# so that a small file could keep a processor busy for an hour.
MAX_SCANS = 500

# Bytes per pixel at the peak, as `python -m bench decoding` measures them, rounded up. An ordinary format takes 4 in
# Pillow and 3 or 4 in our pixels.
_ORDINARY = 9
_OF_FORMAT = {
    "JPEG": 10,
    "MPO": 10,
    "AVIF": 13,
    "WEBP": 16,
}  # whose libraries keep coefficients or frames beside the pixels
_JPEG2000_CHANNEL = 6.5  # of each channel, which is decoded as 32-bit numbers
_DEEP_GRAY = {"I": 12, "F": 12}  # of 32 bits
_PER_ROW = 24  # bytes that Pillow takes for each row, which matter where rows are short


def trouble(image: Image.Image, held: int) -> str:
    """Words about what is too large in an image that is open but not decoded, after "<name> has "; "" for none.

    Args:
        image: the image.
        held: bytes of memory that are taken beside its pixels, such as those of its file.
    """
    return excess(image.width, image.height, _per_pixel(image), held)


def excess(width: int, height: int, per_pixel: float, held: int) -> str:
    """The same words for an image of this width and height in px, with so many bytes per pixel."""
    size = f"{width:,} × {height:,} px"
    if width * height > MAX_PIXELS:
        return f"{size}; at most {MAX_PIXELS // 1_000_000} megapixels are read. Make it smaller."
    memory = width * height * per_pixel + height * _PER_ROW + held
    if memory > MAX_MEMORY:
        return (
            f"{size}, which take {_in_words(memory)} of memory to decode; at most {_in_words(MAX_MEMORY)} are used for "
            "an image. Make it smaller, or save it as PNG or JPEG."
        )
    return ""


def _per_pixel(image: Image.Image) -> float:
    channels = len(image.getbands())
    if image.format == "JPEG2000":
        return max(_ORDINARY, _JPEG2000_CHANNEL * channels)
    if is_deep_color(image):
        return deep_cost(16, channels)
    return max(_OF_FORMAT.get(str(image.format), _ORDINARY), _DEEP_GRAY.get(image.mode, 0))


def deep_cost(bits: int, channels: int) -> float:
    """Bytes per pixel that decoding by OpenCV takes: it holds all values twice for a moment."""
    return max(_ORDINARY, 2 * channels * bits / 8)


def file_trouble(size: int) -> str:
    """Words about a file of `size` bytes that is too large, after "<name> has "; "" for none."""
    return "" if size <= MAX_BYTES else f"{_in_words(size)}; at most {_in_words(MAX_BYTES)} are read."


def scan_trouble(data: bytes) -> str:
    """Words about a JPEG with too many scans, after "<name> has "; "" for none."""
    scans = data.count(b"\xff\xda")  # in coded pixels, ff is followed by other bytes
    return "" if scans <= MAX_SCANS else f"{scans:,} scans; at most {MAX_SCANS} are read. Save it again."


def _in_words(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 0.95e9 else f"{count / 1e6:.0f} MB"
