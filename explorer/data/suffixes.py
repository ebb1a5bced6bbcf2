"""The suffixes of files that count as images."""

from collections.abc import Mapping

# The suffixes of all formats that are read, by Pillow's names of the formats.
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
    "TGA": (".tga",),  # the last one, because nothing at the beginning of its files identifies them
}
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)
FLAT_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})  # in runs of format 1
# Formats that cameras write and that are not read: their decoders have licenses that this app cannot take on.
HEIC = frozenset({".heic", ".heif", ".hif"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})  # at the start of such files
HEIC_HINT = (
    "HEIC is not read: convert the images to JPEG (phones can take JPEG: on an iPhone, Settings, Camera, Formats, "
    "Most Compatible)."
)
