"""Images with more than 8 bits: one range for a data set, whatever the file's type, and old runs as they were."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from explorer.data import inspection
from explorer.data.cache import memo
from explorer.data.dataset import Dataset
from explorer.data.depth import ValueRange
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.images import decode, decode_mask
from explorer.data.inspection import Looking
from explorer.data.stored import ImageError

DRAW = np.random.default_rng(0)
LEVELS = np.arange(4096, dtype=np.uint16).reshape(64, 64)  # every level of 12 bits


def png(values: NDArray[Any], bits: int = 16, significant: bytes = b"") -> bytes:
    """Written by hand: (H, W) grey, or (H, W, 2, 3 or 4); significant: of the chunk sBIT."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[1 if values.ndim == 2 else values.shape[2]]
    rows = (_packed(row, bits) for row in values)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", values.shape[1], values.shape[0], bits, kind, 0, 0, 0))]
    chunks += [(b"sBIT", significant)] if significant else []
    chunks += [(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))), (b"IEND", b"")]
    body = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _packed(row: NDArray[Any], bits: int) -> bytes:
    if bits == 16:
        return row.astype(">u2").tobytes()
    flat = "".join(format(int(value), f"0{bits}b") for value in row)
    return int(flat.ljust(-(-len(flat) // 8) * 8, "0"), 2).to_bytes(-(-len(flat) // 8), "big")


def tiff(values: NDArray[Any], **tags: Any) -> bytes:
    """Written by hand. tags: further ones, by number as in t340."""
    channels = 1 if values.ndim == 2 else values.shape[2]
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    ifd = TiffImagePlugin.ImageFileDirectory_v2(b"II*\0\0\0\0\0")
    for tag, value in {
        256: values.shape[1], 257: values.shape[0], 258: (values.dtype.itemsize * 8,) * channels, 259: 1,
        262: 2 if channels > 2 else 1, 273: 0, 277: channels, 278: values.shape[0], 279: values.nbytes,
        339: (kind,) * channels,
    }.items():  # fmt: skip
        ifd[tag] = value
    for name, value in tags.items():
        ifd[int(name[1:])] = value
    return b"II*\0\x08\0\0\0" + ifd.tobytes(8) + values.tobytes()


def make(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return root


def opened(root: Path, looking: Looking | None = None, **options: Any) -> Dataset:
    return ImageFolderSpec(path=str(root), **options).open(looking or Looking(exact=True))


def shown(dataset: Dataset) -> dict[str, NDArray[np.uint8]]:
    """Name -> pixels of all images."""
    parts = (dataset.train, dataset.val)
    return {name: split.load(at).image for split in parts for at, name in enumerate(split.ids)}


def scaled(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """The reference: NumPy's linear interpolation, cut at both ends."""
    return np.rint(np.interp(values, [low, high], [0, 255])).astype(np.uint8)


def test_a_whole_set_has_one_range_whatever_the_files_are(tmp_path: Path) -> None:
    dark, color = LEVELS // 4, np.dstack([LEVELS, LEVELS[::-1], LEVELS.T])
    ct = (LEVELS.astype(np.int16) - 1024, (LEVELS // 3).astype(np.int16) - 1000)
    opaque = np.full_like(LEVELS, 4095)
    decimal = DRAW.uniform(0.7, 0.9, (2, 64, 64)).astype(np.float32)
    decimal[0, 0, :2] = np.nan, np.inf
    decimal[1, 5, 5], decimal[1, 6, 6] = 0.7, 0.9
    cases: dict[str, tuple[Callable[[Any], bytes], list[NDArray[Any]], tuple[float, float]]] = {
        "12 bits in 16": (png, [LEVELS, dark], (0, 4095)),
        "10 bits in 16": (png, [dark, dark // 2], (0, 1023)),
        "color": (png, [color, color // 4], (0, 4095)),
        "color as TIFF": (tiff, [color, color // 4], (0, 4095)),
        "color with alpha": (png, [np.dstack([color, opaque]), np.dstack([color // 4, opaque])], (0, 4095)),
        "grey with alpha": (png, [np.dstack([LEVELS, opaque]), np.dstack([dark, opaque])], (0, 4095)),
        "CT": (tiff, list(ct), (-1024, 3071)),
        "32 bits": (tiff, [LEVELS.astype(np.int32) * 100, dark.astype(np.int32)], (0, 409500)),
        "fractions with NaN": (tiff, list(decimal), (float(np.float32(0.7)), float(np.float32(0.9)))),
        "colors with fractions": (tiff, [color / np.float32(4095), color / np.float32(8190)], (0, 1)),
    }
    for name, (write, values, (low, high)) in cases.items():
        root = make(tmp_path / name, {f"{kind}/{at}.x": b"" for kind in "ab" for at in range(2)})
        suffix = ".png" if write is png else ".tif"
        files = {f"{kind}/{at}{suffix}": write(values[at]) for kind in "ab" for at in range(2)}
        dataset = opened(make(root, files))
        assert dataset.depth == ValueRange(low=low, high=high), name
        for file, pixels in shown(dataset).items():
            held = values[int(file[2])].astype(np.float64)
            held = np.nan_to_num(held, nan=low, posinf=high)
            held = held[..., None] if held.ndim == 2 else held[..., : 1 if held.shape[2] == 2 else 3]
            expected = np.broadcast_to(scaled(held, low, high), pixels.shape)
            assert np.abs(pixels.astype(int) - expected).max() <= 1, (name, file)
        if "12 bits" in name:
            assert "4 of 4 images were scaled from 16 to 8 bits; the largest value was 4,095 (0 to 4,095" in " ".join(
                dataset.notes
            )
            assert len(np.unique(shown(dataset)["a/0.png"])) == 256


def test_the_header_names_the_range_where_it_says_more_than_the_type(tmp_path: Path) -> None:
    small = LEVELS // 4  # up to 1023
    for name, content, expected in (
        ("sBIT of a PNG", png(small, significant=b"\x0c"), (0, 4095)),
        ("sBIT of the type", png(small, significant=b"\x10"), (0, 1023)),
        ("limits of a TIFF", tiff(small.astype(np.float32), t340=(-100.0,), t341=(2000.0,)), (-100, 2000)),
        ("full limits of a TIFF", tiff(small, t280=(0,), t281=(65535,)), (0, 1023)),
        ("a header below the values", png(small, significant=b"\x09"), (0, 1023)),
    ):
        root = make(tmp_path / name, {f"{kind}/{at}.png": content for kind in "ab" for at in range(2)})
        assert opened(root).depth == ValueRange(low=expected[0], high=expected[1]), name


def test_a_range_that_is_set_cuts_what_lies_outside_and_an_old_run_decodes_as_it_did(tmp_path: Path) -> None:
    bright = np.where(LEVELS > 4000, 60000, LEVELS).astype(np.uint16)
    color = np.dstack([bright, LEVELS, LEVELS])
    files = {f"{kind}/{at}.png": png(values) for kind in "ab" for at, values in enumerate((LEVELS, bright, color))}
    root = make(tmp_path / "set", files)
    window = opened(root, depth={"low": 1000, "high": 2000})
    np.testing.assert_array_equal(shown(window)["a/0.png"][..., 0], scaled(LEVELS, 1000, 2000))
    assert "6 of 6 images have values outside of this range, which are cut." in window.notes
    old = shown(opened(root, depth="by_image", listing="flat"))
    np.testing.assert_array_equal(old["a/0.png"][..., 0], np.rint(LEVELS / 257))
    np.testing.assert_array_equal(old["a/1.png"][..., 0], np.rint(bright / 257))
    np.testing.assert_array_equal(old["b/2.png"], color >> 8)  # Pillow's upper byte
    readings = {split.reading for split in (window.train, opened(root).train, opened(root, depth="by_image").train)}
    assert len(readings) == 3  # kept images of one do not serve another


def test_files_are_looked_at_again_only_where_they_have_changed(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memo, "FRESH_NS", 0)
    home.mkdir()
    deep = {f"{kind}/{at}.png": png(LEVELS // (at + 1)) for kind in "ab" for at in range(3)}
    root = make(tmp_path / "set", deep)
    assert opened(root).depth == ValueRange(low=0, high=4095)
    read: list[str] = []
    whole = inspection.stored.read
    monkeypatch.setattr(inspection.stored, "read", lambda file, *rest: read.append(file.name) or whole(file, *rest))
    (root / "a/1.png").write_bytes(png(LEVELS * 2))
    assert opened(root).depth == ValueRange(low=0, high=8190)
    assert read == ["1.png"]
    told: list[tuple[int, int]] = []
    short = opened(root, Looking(seconds=-1.0, report=lambda done, total: told.append((done, total))))
    assert told == [(6, 6)]
    assert short.inspection is not None
    assert short.inspection.left == 0
    monkeypatch.setattr(inspection, "_AT_ONCE", 2)
    part = opened(make(tmp_path / "other", deep), Looking(seconds=-1.0))
    assert part.inspection is not None
    assert part.inspection.left == 4
    assert "2 of 6 images were looked at" in part.notes[-1]


def test_what_decoding_changes_is_counted(tmp_path: Path) -> None:
    rgb = DRAW.integers(0, 256, (8, 8, 3), np.uint8)
    frames = [Image.fromarray(rgb), Image.fromarray(255 - rgb)]

    def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
        stream = io.BytesIO()
        image.save(stream, kind, **options)
        return stream.getvalue()

    opaque, clear = np.full((8, 8), 255, np.uint8), np.full((8, 8), 100, np.uint8)
    files = {
        "a/opaque.png": saved(Image.fromarray(np.dstack([rgb, opaque])), "PNG"),
        "a/clear.png": saved(Image.fromarray(np.dstack([rgb, clear])), "PNG"),
        "a/grey.jpg": saved(Image.fromarray(clear), "JPEG"),
        "b/cmyk.jpg": saved(frames[0].convert("CMYK"), "JPEG"),
        "b/moving.webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True),
        "b/two.tif": saved(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
    }
    notes = " ".join(opened(make(tmp_path / "set", files)).notes)
    for words in (
        "1 of 6 images have transparency, which was laid on white.",
        "1 of 6 images are grayscale",
        "1 of 6 images were converted from CMYK to RGB",
        "2 of 6 images hold several images; the first one is used.",
    ):
        assert words in notes
    assert decode(files["a/opaque.png"]).notes == ()
    assert decode(files["b/moving.webp"]).notes == ("The file holds several images; the first one is used.",)


def test_masks_keep_the_values_that_the_file_stores_and_fractions_are_refused() -> None:
    classes = DRAW.integers(0, 16, (8, 8)).astype(np.uint8)
    some = np.full_like(classes, 200)
    wide = np.dstack([classes, some]).astype(np.uint16)
    for name, content, expected in (
        ("2 bits", png(classes % 4, 2), classes % 4),
        ("4 bits", png(classes, 4), classes),
        ("1 bit", png(classes % 2, 1), classes % 2),
        ("a PGM up to 15", b"P5 8 8 15\n" + classes.tobytes(), classes),
        ("16 bits", png(classes.astype(np.uint16)), classes),
        ("grey with alpha, 16 bits", png(wide), classes),
        ("equal colors, 16 bits", png(np.dstack([classes.astype(np.uint16)] * 3)), classes),
        ("whole numbers as fractions", tiff(classes.astype(np.float32)), classes),
    ):
        np.testing.assert_array_equal(decode_mask(content), expected, err_msg=name)
    stream = io.BytesIO()
    Image.fromarray(np.dstack([classes, some]), "LA").save(stream, "PNG")
    np.testing.assert_array_equal(decode_mask(stream.getvalue()), classes)
    for values, words in (
        (classes / np.float32(16), r"m.tif has fractions \(0 to 0.9375\)"),
        (np.where(classes > 8, np.nan, classes).astype(np.float32), "m.tif has fractions"),
        (classes.astype(np.uint16) * 100, r"m.tif has values from 0 to 1,500; at most 255"),
    ):
        with pytest.raises(ImageError, match=words):
            decode_mask(tiff(values), "m.tif")


def test_deep_colors_are_turned_as_the_camera_says() -> None:
    color = np.dstack([LEVELS[:40], LEVELS[:40, ::-1], LEVELS[10:50]])
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        stream = io.BytesIO()
        Image.fromarray((color >> 4).astype(np.uint8)).save(stream, "PNG", exif=exif)
        reference = decode(stream.getvalue()).pixels  # 8 bits, turned by Pillow
        head, rest = png(color)[:33], png(color)[33:]
        data = exif.tobytes().removeprefix(b"Exif\0\0")
        chunk = struct.pack(">I", len(data)) + b"eXIf" + data + struct.pack(">I", zlib.crc32(b"eXIf" + data))
        for content in (head + chunk + rest, tiff(color, t274=orientation)):
            pixels = decode(content, depth=ValueRange(low=0, high=4095)).pixels
            assert pixels.shape == reference.shape, orientation
            assert np.abs(pixels.astype(int) - reference).max() <= 1, orientation


def test_an_image_that_costs_more_memory_than_there_is_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise cv2.error("Failed to allocate 30105600000 bytes in function 'OutOfMemoryError'")

    monkeypatch.setattr(cv2, "imdecode", fails)
    with pytest.raises(ImageError, match=r"long\.png needs more memory than there is"):
        decode(png(np.dstack([LEVELS] * 3)), "long.png")
