"""A name means one picture, or it is said that it means none (any more)."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.photographs import photographs
from explorer.data.references import ReferenceMissing, keep, load, titles
from explorer.data.stored import ImageError

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def saved(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def only_file(home: Path) -> Path:
    (file,) = (home / "references").iterdir()
    return file


def test_every_built_in_picture_is_there_with_its_mask_and_its_name(subtests: pytest.Subtests) -> None:
    for name in list(titles()):
        with subtests.test(name=name):
            sample = load(name)
            assert sample.id == name
            assert max(sample.size) <= 512
            assert sample.mask is not None
            assert sample.mask.any()
            assert sample.bboxes is not None
            assert sample.keypoints is not None


def test_photographs_are_offered_first_and_are_the_embedded_ones() -> None:
    first, title = next(iter(titles().items()))
    name, photograph = next(iter(photographs().items()))
    assert (first, title) == (f"photograph/{name}", photograph.title)
    np.testing.assert_array_equal(load(first).image, photograph.load().image)


def test_a_shape_lies_whole_inside_its_picture() -> None:
    for name in (name for name in titles() if name.startswith("shape/")):
        mask = load(name).mask
        assert mask is not None
        assert mask.shape == (128, 128)
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()


def test_an_upload_comes_back_as_it_was() -> None:
    name = keep(saved(RGB), "leaf.png")
    assert name.startswith("upload/")
    sample = load(name)
    np.testing.assert_array_equal(sample.image, RGB)
    assert sample.mask is None
    assert sample.id == name


def test_a_picture_has_one_name_whatever_file_it_came_in(home: Path) -> None:
    name = keep(saved(RGB), "leaf.png")
    assert keep(saved(RGB, "BMP"), "leaf.bmp") == name
    assert keep(saved(RGB[::-1]), "leaf.png") != name
    assert len(list((home / "references").iterdir())) == 2


def test_a_large_upload_is_kept_small_with_the_mean_of_each_area() -> None:
    large = np.random.default_rng(1).integers(0, 256, (600, 1024, 3), np.uint8)
    sample = load(keep(saved(large), "large.png"))
    assert sample.size == (300, 512)
    means = large.reshape(300, 2, 512, 2, 3).mean(axis=(1, 3))
    assert np.abs(sample.image - means).max() <= 1


def test_transparency_becomes_the_mask_and_what_does_not_show_is_white() -> None:
    alpha = np.zeros((20, 30), np.uint8)
    alpha[:, 10:20] = 127
    alpha[:, 20:] = 128
    sample = load(keep(saved(np.dstack([RGB, alpha])), "logo.png"))
    assert sample.mask is not None
    np.testing.assert_array_equal(sample.mask, alpha > 127)
    np.testing.assert_array_equal(sample.image[:, 20:], RGB[:, 20:])
    assert (sample.image[:, :20] == 255).all()


def test_a_large_upload_with_transparency_gets_no_rim_of_what_does_not_show() -> None:
    rows, columns = np.ogrid[:1500, :1500]
    disc = (rows - 750) ** 2 + (columns - 750) ** 2 < 600**2
    pixels = np.zeros((1500, 1500, 4), np.uint8)  # black where it is clear
    pixels[disc] = (200, 30, 30, 255)
    sample = load(keep(saved(pixels), "disc.png"))
    assert sample.size == (512, 512)
    assert sample.mask is not None
    assert np.abs(sample.image[sample.mask == 1].astype(int) - (200, 30, 30)).max() <= 2
    assert sample.mask.mean() == pytest.approx(disc.mean(), abs=0.002)


def test_an_upload_that_is_opaque_everywhere_has_no_mask() -> None:
    assert load(keep(saved(np.dstack([RGB, np.full((20, 30), 255, np.uint8)])), "a.png")).mask is None


def test_what_is_not_a_name_is_refused_with_what_was_expected(subtests: pytest.Subtests) -> None:
    for name in [
        "",
        "leaf",
        "photograph/",
        "photograph/../../x",
        "upload/../../../etc/passwd",
        "upload/" + "0" * 23,
        "/etc/passwd",
        "upload/" + "A" * 24,
        "shape/star\n",
        "drawing/star",
        "upload/" + "0" * 24 + "/x",
        "photograph/" + "a" * 5000,
    ]:
        with (
            subtests.test(name=name),
            pytest.raises(ReferenceMissing, match=r"is not the name of an image. Expected photograph/<name>"),
        ):
            load(name)


def test_an_unknown_built_in_picture_is_answered_with_those_there_are(subtests: pytest.Subtests) -> None:
    for name in ["photograph/nobody", "shape/heart"]:
        with (
            subtests.test(name=name),
            pytest.raises(
                ReferenceMissing, match=rf"no image {name}. Choose one of photograph/astronaut, .*shape/star"
            ),
        ):
            load(name)


def test_an_upload_that_was_deleted_is_missed_also_after_it_was_seen(home: Path) -> None:
    name = keep(saved(RGB), "leaf.png")
    load(name)
    only_file(home).unlink()
    with pytest.raises(ReferenceMissing, match=rf"{name} is not kept here .* Upload it again"):
        load(name)


def test_a_file_that_was_changed_is_not_taken_for_the_picture(home: Path) -> None:
    name = keep(saved(RGB), "leaf.png")
    load(name)
    only_file(home).write_bytes(saved(RGB[::-1]))
    with pytest.raises(ReferenceMissing, match="was changed since"):
        load(name)
    only_file(home).write_bytes(b"")
    with pytest.raises(ReferenceMissing, match=r"is empty \(0 bytes\)"):
        load(name)
    assert keep(saved(RGB), "leaf.png") == name  # sent again, it is mended
    np.testing.assert_array_equal(load(name).image, RGB)


def test_what_is_not_a_picture_is_refused_and_not_kept(subtests: pytest.Subtests, home: Path) -> None:
    for content, message in [
        (b"", r"leaf\.png is empty"),
        (b"hello", r"leaf\.png is not an image"),
        (saved(np.zeros((9000, 9000), np.uint8)), r"leaf\.png has 9,000 × 9,000 px; at most 64 megapixels"),
    ]:
        with subtests.test(message):
            with pytest.raises(ImageError, match=message):
                keep(content, "leaf.png")
            assert not (home / "references").exists()


def test_a_home_that_cannot_be_written_to_is_named(home: Path) -> None:
    home.mkdir()
    (home / "references").write_text("a file in the place of the folder")
    with pytest.raises(ImageError, match=r"leaf\.png was read, but not kept. .*references: .* Make room"):
        keep(saved(RGB), "leaf.png")
