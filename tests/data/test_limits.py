"""A file whose pixels cost more than the limit is refused by its head, with its size in px."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import explorer
from explorer.data import color_masks, images, references, stored
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.inspection import Looking
from explorer.data.stored import ImageError

WIDE = 20_000  # × 20,000 px: 400 megapixels
_ROOM = 700_000_000  # bytes of address space that a child gets beyond what it has at its start


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def png(width: int, height: int, bits: int = 8, color: int = 2, extra: bytes = b"", rows: Any = bytes(1000)) -> bytes:
    head, pixels = struct.pack(">LLBBBBB", width, height, bits, color, 0, 0, 0), zlib.compress(rows, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def tiff(fields: dict[int, tuple[int, int, int]], order: str = "<") -> bytes:
    """A TIFF with one directory: tag -> type, count, and its value or place."""
    start = struct.pack(f"{order}2sHL", b"II" if order == "<" else b"MM", 42, 8)
    entries = b"".join(
        struct.pack(f"{order}HHLL", tag, kind, count, value) for tag, (kind, count, value) in sorted(fields.items())
    )
    return start + struct.pack(f"{order}H", len(fields)) + entries + bytes(4)


def big_tiff(width: int, height: int) -> bytes:
    entries = b"".join(struct.pack("<HHQQ", tag, 4, 1, value) for tag, value in ((256, width), (257, height)))
    return struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, 2) + entries + bytes(8)


PLAIN = {258: (4, 1, 8), 259: (4, 1, 5), 262: (4, 1, 1), 273: (4, 1, 8), 277: (4, 1, 1), 279: (4, 1, 100)}


def tiff_of(width: int, height: int, more: dict[int, tuple[int, int, int]] | None = None) -> bytes:
    return tiff({256: (4, 1, width), 257: (4, 1, height), **PLAIN, 278: (4, 1, 8), **(more or {})})


def jpeg_of(width: int, height: int) -> bytes:
    content = bytearray(saved(Image.new("RGB", (8, 8)), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def icon_of(inner: bytes) -> bytes:
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHLL", 0, 0, 0, 0, 1, 32, len(inner), 22) + inner


def webp_of(width: int, height: int) -> bytes:
    body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<L", 22) + b"WEBPVP8X" + struct.pack("<L", 10) + body


def lossless_webp_of(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return b"RIFF" + struct.pack("<L", 30) + b"WEBPVP8L" + struct.pack("<LBL", 18, 0x2F, bits) + bytes(13)


def lossy_webp_of(width: int, height: int) -> bytes:
    head = struct.pack("<L3s3sHH", 18, bytes(3), b"\x9d\x01\x2a", width, height)
    return b"RIFF" + struct.pack("<L", 30) + b"WEBPVP8 " + head + bytes(8)


def gif_of(width: int, height: int) -> bytes:
    """Its screen has 1 px; its first image says otherwise."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00;"


def jpeg2000_of(width: int, height: int) -> bytes:
    content = bytearray(saved(Image.new("RGB", (64, 64)), "JPEG2000"))
    at = content.index(b"ihdr") + 4
    content[at : at + 8] = struct.pack(">LL", height, width)
    return bytes(content)


def avif_of(width: int, height: int) -> bytes:
    content = bytearray(saved(Image.new("RGB", (64, 64)), "AVIF"))
    at = content.index(b"ispe") + 8
    content[at : at + 8] = struct.pack(">LL", width, height)
    return bytes(content)


TOO_MANY: dict[str, bytes] = {
    "PNG": png(WIDE, WIDE),
    "PNG of 1 bit": png(WIDE, WIDE, bits=1, color=0),
    "PNG of 16 bits": png(WIDE, WIDE, bits=16),
    "JPEG": jpeg_of(WIDE, WIDE),
    "TIFF": tiff_of(WIDE, WIDE),
    "big TIFF": big_tiff(WIDE, WIDE),
    "TIFF of floats in color": tiff_of(WIDE, WIDE, {258: (4, 1, 32), 277: (4, 1, 3), 262: (4, 1, 2), 339: (4, 1, 3)}),
    "TIFF of one huge tile": tiff_of(64, 64, {322: (4, 1, WIDE), 323: (4, 1, WIDE), 324: (4, 1, 8), 325: (4, 1, 9)}),
    "BMP": b"BM" + struct.pack("<LLLLLLHHLLLLLL", 154, 0, 54, 40, WIDE, WIDE, 1, 24, 0, 100, 0, 0, 0, 0) + bytes(100),
    "GIF": gif_of(WIDE, WIDE),
    "WebP": webp_of(16_384, 16_384),
    "lossless WebP": lossless_webp_of(16_000, 16_000),
    "lossy WebP": lossy_webp_of(16_000, 16_000),
    "AVIF": avif_of(16_000, 16_000),
    "JPEG 2000": jpeg2000_of(WIDE, WIDE),
    "PPM": b"P6 20000 20000 255\n" + bytes(100),
    "QOI": b"qoif" + struct.pack(">LLBB", WIDE, WIDE, 3, 0) + bytes(100),
    "PCX": struct.pack("<BBBBHHHHHH48xBBHH58x", 10, 5, 1, 8, 0, 0, WIDE - 1, WIDE - 1, 72, 72, 0, 3, WIDE, 1),
    "SGI": struct.pack(">HBBHHHH", 474, 1, 1, 3, WIDE, WIDE, 3) + bytes(600),
    "TGA": struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, WIDE, WIDE, 24, 0) + bytes(100),
    "ICO of a PNG": icon_of(png(WIDE, WIDE, color=6)),
    "ICO of a bitmap": icon_of(struct.pack("<LLLHHLLLLLL", 40, WIDE, 2 * WIDE, 1, 32, 0, 0, 0, 0, 0, 0)),
}


def test_too_many_pixels_are_refused_by_the_head_of_every_format(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for kind in TOO_MANY:
        with subtests.test(kind=kind):
            file = tmp_path / "bomb"
            file.write_bytes(TOO_MANY[kind])
            looks: list[Callable[[], object]] = [
                partial(images.decode, file),
                partial(images.decode_mask, file),
                partial(images.decode_with_alpha, file),
                partial(stored.read_size, file),
                partial(stored.glance, file, file.name),
                partial(color_masks.read, file.read_bytes(), file.name),
                partial(references.keep, file.read_bytes(), file.name),
            ]
            for look in looks:
                with pytest.raises(ImageError, match=r"^bomb has [\d,]+ × [\d,]+ px; at most 64 megapixels are read\."):
                    look()


def test_what_costs_more_memory_than_its_pixels_suggest_is_refused(subtests: pytest.Subtests) -> None:
    for content, words in [
        (png(1, 60_000_000), r"1 × 60,000,000 px, which take 2\.0 GB of memory to decode; at most 800 MB"),
        (png(7500, 7500, bits=16, color=6), r"7,500 × 7,500 px, which take 900 MB of memory to decode"),
        (tiff_of(8000, 8000, {258: (4, 1, 64), 277: (4, 1, 3), 262: (4, 1, 2)}), r"8,000 × 8,000 px, which take 3\.1"),
        (lossless_webp_of(8000, 7900), r"8,000 × 7,900 px, which take 1\.0 GB"),
        (jpeg2000_of(8000, 8000), r"8,000 × 8,000 px, which take 1\.2 GB"),
    ]:
        with subtests.test(words), pytest.raises(ImageError, match=f"^costly has .*{words}"):
            images.decode(content, "costly")


def test_what_is_decompressed_as_a_whole_counts(subtests: pytest.Subtests) -> None:
    for bits, channels, strip in [(8, 10, 8000), (16, 3, 8000)]:
        with subtests.test(bits=bits, channels=channels, strip=strip):
            photometric = {262: (4, 1, 2)}
            content = tiff_of(7000, 7000, {258: (4, 1, bits), 277: (4, 1, channels), 278: (4, 1, strip), **photometric})
            with pytest.raises(ImageError, match=r"which take .* of memory|not an image|damaged|cannot be read"):
                images.decode(content, "strip.tif")


def test_a_directory_with_more_values_than_a_file_has_tiles_is_refused() -> None:
    content = tiff_of(100, 100, {273: (4, 9_000_000, 200), 279: (4, 9_000_000, 200)}) + bytes(36_000_000)
    with pytest.raises(ImageError, match=r"^many\.tif has a directory of 9,000,000 values; at most 300,000 are read"):
        images.decode(content, "many.tif")


def test_a_jpeg_with_thousands_of_scans_is_refused() -> None:
    content = saved(Image.new("L", (64, 64)), "JPEG", progressive=True)
    at = content.rindex(b"\xff\xda")
    scan = content[at:-2]
    with pytest.raises(ImageError, match=r"^scans\.jpg has 2,\d+ scans; at most 500 are read"):
        images.decode(content[:at] + scan * 2000 + content[-2:], "scans.jpg")


def test_what_is_packed_beside_the_pixels_is_not_unpacked(subtests: pytest.Subtests) -> None:
    packed = zlib.compress(bytes(300_000_000), 1)
    for extra in [
        chunk(b"iCCP", b"profile\0\0" + packed),
        chunk(b"zTXt", b"Comment\0\0" + packed),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed),
    ]:
        with subtests.test(extra=extra), pytest.raises(ImageError, match=r"^packed\.png is (cut off or )?damaged"):
            images.decode(png(8, 8, extra=extra), "packed.png")


def test_many_frames_cost_as_much_as_one(subtests: pytest.Subtests) -> None:
    for kind in ["GIF", "WEBP", "AVIF", "PNG", "TIFF"]:
        with subtests.test(kind=kind):
            first = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
            others = [Image.new("RGB", (64, 64), (number, 3, 7)) for number in range(60)]
            content = saved(first, kind, save_all=True, append_images=others)
            assert images.decode(content).pixels.shape == (64, 64, 3)
            assert "several images" in " ".join(images.decode(content).notes)


def test_a_photograph_of_fifty_megapixels_opens(tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    Image.new("RGB", (8660, 5774), (9, 99, 199)).save(file)
    pixels = images.decode(file).pixels
    assert pixels.shape == (5774, 8660, 3)
    np.testing.assert_allclose(pixels[::999, ::999], np.broadcast_to([9, 99, 199], pixels[::999, ::999].shape), atol=2)


def test_an_image_that_costs_too_much_is_reported_as_a_damaged_one_is(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.new("RGB", (8, 8), (number, 9, 9)).save(tmp_path / name / f"{number}.png")
    (tmp_path / "b" / "bomb.png").write_bytes(TOO_MANY["PNG"])
    dataset = ImageFolderSpec(path=str(tmp_path)).open(Looking())
    assert dataset.inspection is not None
    (words,) = dataset.inspection.damaged
    assert "bomb.png has 20,000 × 20,000 px; at most 64 megapixels are read." in words


def _limited(code: str, room: int = _ROOM) -> "subprocess.CompletedProcess[str]":
    """Run code in a process that has `room` bytes of address space beyond what its imports take."""
    begin = (
        "import resource, psutil\n"
        "from explorer.data import images, color_masks\n"
        f"limit = psutil.Process().memory_info().vms + {room}\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
    )
    environment = explorer.child_environment()
    return subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, env=environment)


def test_a_small_file_with_as_many_pixels_as_are_allowed_stays_within_the_memory_that_is_promised(
    tmp_path: Path,
) -> None:
    """1 MB; it took 1.8 GB."""
    rows = np.zeros((7900, 1 + 4 * 7900), np.uint8)  # each begins with the number of its filter
    rows[::50, 1:].reshape(-1, 7900, 4)[:, ::50] = 200
    (tmp_path / "small.png").write_bytes(png(7900, 7900, color=6, rows=rows))
    assert (tmp_path / "small.png").stat().st_size < 1_500_000
    done = _limited(
        f"from pathlib import Path\nprint(images.decode(Path({str(tmp_path / 'small.png')!r})).pixels.shape)"
    )
    assert done.stdout.strip() == "(7900, 7900, 3)", done.stderr[-2000:]


def test_a_mask_in_colors_stays_within_its_memory(tmp_path: Path) -> None:
    """Each color became 64 bits, several times."""
    image = Image.new("RGB", (7900, 7900), (200, 0, 0))
    image.paste((0, 0, 200), (0, 0, 900, 900))
    image.save(tmp_path / "mask.png", compress_level=1)
    done = _limited(
        "from pathlib import Path\n"
        f"found = color_masks.read(Path({str(tmp_path / 'mask.png')!r}).read_bytes(), 'mask.png')\n"
        "print(found.colors, found.places.shape)\n"
    )
    assert done.stdout.strip() == "((0, 0, 200), (200, 0, 0)) (7900, 7900)", done.stderr[-2000:]


def test_parts_give_what_the_whole_gives(subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch) -> None:
    for mode in ["RGBA", "LA", "P", "L", "CMYK", "1"]:
        with subtests.test(mode=mode):
            image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (50, 30, 4), np.uint8), "RGBA")
            given = image if mode == "RGBA" else image.convert("RGB").convert(mode)
            content = saved(given, "TIFF" if mode == "CMYK" else "PNG")
            monkeypatch.setattr("explorer.data.depth._BAND", 70)
            whole = Image.open(io.BytesIO(content)).convert("RGBA")
            laid = Image.alpha_composite(Image.new("RGBA", whole.size, (255, 255, 255, 255)), whole)
            np.testing.assert_array_equal(images.decode(content).pixels, np.asarray(laid.convert("RGB")))
            np.testing.assert_array_equal(
                images.decode_with_alpha(content), np.asarray(whole if mode in ("RGBA", "LA") else whole.convert("RGB"))
            )


def test_parts_of_deep_images_have_the_range_of_the_whole(subtests: pytest.Subtests) -> None:
    for kind, channels in [(np.uint16, 1), (np.float32, 1), (np.uint16, 3), (np.uint16, 4)]:
        with subtests.test(kind=kind, channels=channels):
            values: NDArray[Any] = (
                np.linspace(0, 60_000, 700 * 1100 * channels).reshape(700, 1100, channels).astype(kind)
            )
            if channels == 4:
                values[..., 3] = 4095  # of 12 bits
            content = cv2.imencode(".tif", values)[1].tobytes()
            colors = values[..., [0] if channels == 1 else [2, 1, 0]]
            expected = np.rint(colors.astype(np.float64) * (255 / float(colors.max())))
            np.testing.assert_array_equal(images.decode(content).pixels, np.broadcast_to(expected, (700, 1100, 3)))
