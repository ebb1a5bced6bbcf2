"""What reading an image file may cost: its bytes, its pixels, and the memory in which they are decoded.

A file says in its head how many pixels it holds, and 100 kB can unpack to gigabytes. So the cost is worked out from the
head, and what is beyond it is refused before anything is decoded: by uploads, data sets, masks, references and the
trainer alike.
"""

from PIL import Image

from explorer.data.headers import is_deep_color
from explorer.data.sample import MAX_PIXELS

MAX_BYTES = 200_000_000  # of a file
# Bytes at the peak of decoding: a photograph of 50 megapixels opens in every format that cameras and phones write.
MAX_MEMORY = 800_000_000
# Scans of a JPEG: each one goes over all of its pixels, and a progressive photograph has about ten. A scan of nothing
# takes 30 bytes, so that a small file could keep a processor busy for an hour.
MAX_SCANS = 500

# Bytes per pixel at the peak, as `python -m bench decoding` measures them, rounded up. An ordinary format takes 4 in
# Pillow and 3 or 4 in our pixels.
_ORDINARY = 9
_OF_FORMAT = {"JPEG": 10, "MPO": 10, "AVIF": 13, "WEBP": 16}  # their libraries keep coefficients or frames beside them
_JPEG2000_CHANNEL = 6.5  # is decoded as 32-bit numbers
_DEEP_GREY = {"I": 12, "F": 12}  # of 32 bits
_PER_ROW = 24  # bytes that Pillow takes for each row, which counts where rows are short


def trouble(image: Image.Image, held: int) -> str:
    """What is too much about an image that is open and not decoded yet, after "<name> has "; "" where nothing is.

    Args:
        image: it may be one that only its head is known of.
        held: bytes of its file that are held in memory.
    """
    return excess(image.width, image.height, _per_pixel(image), held)


def excess(width: int, height: int, per_pixel: float, held: int) -> str:
    """As `trouble`, of an image of that many px and bytes per pixel."""
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
    return max(_OF_FORMAT.get(str(image.format), _ORDINARY), _DEEP_GREY.get(image.mode, 0))


def deep_cost(bits: int, channels: int) -> float:
    """Bytes per pixel of what OpenCV decodes, which holds all values twice for a moment."""
    return max(_ORDINARY, 2 * channels * bits / 8)


def file_trouble(size: int) -> str:
    """What is too much about a file of `size` bytes, after "<name> has "; "" where nothing is."""
    return "" if size <= MAX_BYTES else f"{_in_words(size)}; at most {_in_words(MAX_BYTES)} are read."


def scan_trouble(data: bytes) -> str:
    """What is too much about the scans of a JPEG, after "<name> has "; "" where nothing is."""
    scans = data.count(b"\xff\xda")  # in coded pixels, ff is followed by other bytes
    return "" if scans <= MAX_SCANS else f"{scans:,} scans; at most {MAX_SCANS} are read. Save it again."


def _in_words(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 0.95e9 else f"{count / 1e6:.0f} MB"
