"""Whatever the file holds becomes RGB with 8 bits, or a message that names the file."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import limits
from explorer.data.images import decode, decode_mask, decode_with_alpha, read_image
from explorer.data.stored import ImageError, read_size

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def test_rgb_comes_back_as_it_was_with_nothing_to_note() -> None:
    decoded = decode(saved(Image.fromarray(RGB)))
    np.testing.assert_array_equal(decoded.pixels, RGB)
    assert decoded.notes == ()


def test_sixteen_bits_are_scaled_and_said() -> None:
    deep = np.linspace(0, 65535, 600).reshape(20, 30).astype(np.uint16)
    decoded = decode(saved(Image.fromarray(deep)))
    np.testing.assert_array_equal(decoded.pixels[..., 0], np.rint(deep / 257).astype(np.uint8))
    assert "Values from 0 to 65,535, the range of this image, were scaled" in " ".join(decoded.notes)


def test_other_modes_are_converted_as_pillow_does_and_said(subtests: pytest.Subtests) -> None:
    for mode, kind, word in [
        ("L", "PNG", "Grayscale"),
        ("1", "PNG", "Grayscale"),
        ("CMYK", "JPEG", "CMYK"),
        ("RGBA", "PNG", ""),
        ("LA", "PNG", "Grayscale"),
    ]:
        with subtests.test(mode=mode, kind=kind, word=word):
            content = saved(Image.fromarray(RGB).convert(mode), kind)
            decoded = decode(content)
            assert decoded.pixels.shape == (20, 30, 3)
            assert decoded.pixels.dtype == np.uint8
            assert word in " ".join(decoded.notes)
            assert "Transparency" not in " ".join(decoded.notes)  # every pixel is opaque
            np.testing.assert_array_equal(decoded.pixels, np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))


def test_a_palette_gives_its_colours() -> None:
    image = Image.fromarray(RGB).convert("P")
    np.testing.assert_array_equal(decode(saved(image)).pixels, np.asarray(image.convert("RGB")))


def test_transparent_pixels_are_white() -> None:
    clear = np.dstack([RGB, np.zeros((20, 30), np.uint8)])
    decoded = decode(saved(Image.fromarray(clear, "RGBA")))
    assert (decoded.pixels == 255).all()
    assert decoded.notes == ("Transparency was laid on white.",)


def test_transparency_is_given_where_it_is_asked_for() -> None:
    alpha = np.arange(600, dtype=np.uint8).reshape(20, 30)
    np.testing.assert_array_equal(
        decode_with_alpha(saved(Image.fromarray(np.dstack([RGB, alpha])))), np.dstack([RGB, alpha])
    )
    grey = np.dstack([RGB[..., 0], alpha])
    np.testing.assert_array_equal(decode_with_alpha(saved(Image.fromarray(grey, "LA"))), grey[..., [0, 0, 0, 1]])


def test_the_clear_colour_of_a_palette_and_of_rgb_is_transparent() -> None:
    palette = Image.fromarray(np.tile(np.uint8([0, 1]), (4, 2)), "P")
    palette.putpalette([9, 9, 9, 50, 60, 70])
    expected = np.tile(np.uint8([[9, 9, 9, 0], [50, 60, 70, 255]]), (4, 2, 1))
    np.testing.assert_array_equal(decode_with_alpha(saved(palette, transparency=0)), expected)
    rgb = Image.fromarray(expected[..., :3].copy())
    np.testing.assert_array_equal(decode_with_alpha(saved(rgb, transparency=(9, 9, 9))), expected)


def test_a_file_without_transparency_is_decoded_as_ever(subtests: pytest.Subtests) -> None:
    for mode in ["RGB", "L", "1", "I;16"]:
        with subtests.test(mode=mode):
            deep = Image.fromarray(np.linspace(0, 65535, 600).reshape(20, 30).astype(np.uint16))
            content = saved(deep if mode == "I;16" else Image.fromarray(RGB).convert(mode))
            np.testing.assert_array_equal(decode_with_alpha(content), decode(content).pixels)


def test_a_turned_camera_is_turned_back() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(Image.fromarray(RGB), exif=exif)
    assert decode(content).pixels.shape == (30, 20, 3)


def test_the_size_is_told_without_decoding(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(saved(Image.fromarray(RGB)))
    assert read_size(file) == (20, 30)


def test_a_bad_file_is_named_and_what_to_do_is_said(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for content, message in [
        (b"", r"leaf\.jpg is empty \(0 bytes\)"),
        (b"hello, this is text", r"leaf\.jpg is not an image"),
        (saved(Image.fromarray(np.tile(RGB, (20, 20, 1))), "JPEG")[:-2000], r"leaf\.jpg is cut off or damaged"),
        (saved(Image.fromarray(np.tile(RGB, (20, 20, 1))))[:5000], r"leaf\.jpg is cut off or damaged"),
    ]:
        with subtests.test(message):
            file = tmp_path / "leaf.jpg"
            file.write_bytes(content)
            with pytest.raises(ImageError, match=message):
                read_image(file)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"leaf\.jpg cannot be read: No such file"):
        read_image(tmp_path / "leaf.jpg")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "leaf.jpg"
    file.mkdir()  # what root may not read either
    with pytest.raises(ImageError, match=r"leaf\.jpg cannot be read"):
        read_image(file)


def test_a_decompression_bomb_is_refused_before_it_unpacks() -> None:
    bomb = saved(Image.new("1", (20_000, 20_000)))
    assert len(bomb) < 200_000
    with pytest.raises(ImageError, match="megapixels"):
        decode(bomb, "bomb.png")


def test_too_many_bytes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 100)
    file = tmp_path / "large.png"
    file.write_bytes(os.urandom(200))
    with pytest.raises(ImageError, match=r"large\.png has"):
        read_image(file)


def test_masks_give_class_indices_from_grey_and_from_palette() -> None:
    mask = np.arange(600, dtype=np.uint8).reshape(20, 30) % 5
    np.testing.assert_array_equal(decode_mask(saved(Image.fromarray(mask))), mask)
    palette = Image.fromarray(mask, "P")
    palette.putpalette(list(range(15)))
    np.testing.assert_array_equal(decode_mask(saved(palette)), mask)
    np.testing.assert_array_equal(decode_mask(saved(Image.fromarray(np.dstack([mask] * 3)))), mask)


def test_a_mask_in_colours_is_refused_with_what_to_do() -> None:
    with pytest.raises(ImageError, match=r"has colors. .* grayscale or palette PNG"):
        decode_mask(saved(Image.fromarray(RGB)), "mask.png")
