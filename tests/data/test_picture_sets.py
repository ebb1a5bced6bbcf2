"""Any sample of any set that is inside the allowed folders, and of none that is not."""

import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.mask_coding import UNNAMED
from explorer.data.roots import OutsideRoots
from explorer.data.stored import ImageError


def picture(file: Path, size: tuple[int, int] = (12, 10)) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (9, 0, 0)).save(file)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An allowed folder with an image folder, and below another folder one with masks."""
    folder = tmp_path / "allowed"
    for index in range(5):
        for name in ("ants", "bees"):
            picture(folder / "insects" / name / f"{index}.png")
        picture(folder / "town" / "street" / "images" / f"{index}.jpg")
        mask = folder / "town" / "street" / "masks" / f"{index}.png"
        mask.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((10, 12), index, np.uint8)).save(mask)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def test_what_is_embedded_and_what_is_found_is_on_offer(root: Path) -> None:
    (root / "plain").mkdir()
    picture(root / "plain" / "a.png")
    offered = {each.title: each for each in picture_sets.offer().sets}
    assert list(offered) == ["Generated shapes", "Handwritten digits", "insects", "town/street"]
    assert offered["insects"].splits == ("train", "val")
    assert offered["town/street"].splits == ("all",)


def test_a_root_that_is_a_set_itself_is_called_by_its_own_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(root / "insects"))
    assert picture_sets.offer().sets[-1].title == "insects"


def test_two_sets_of_one_name_are_told_apart(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = shutil.copytree(root / "insects", root.parent / "other" / "insects")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", f"{root}{os.pathsep}{other.parent}")
    titles = [each.title for each in picture_sets.offer().sets]
    assert len(set(titles)) == len(titles)
    assert str(other) in titles


@pytest.mark.usefixtures("root")
def test_every_sample_of_every_set_on_offer_can_be_loaded() -> None:
    for each in picture_sets.offer().sets:
        for split in each.splits:
            size = picture_sets.count(each.key, split)
            assert size > 0
            for index in {*range(min(size, 5)), size - 1}:
                sample = picture_sets.load(each.key, split, index).sample
                assert sample.id


def test_the_values_of_an_embedded_mask_are_those_of_the_named_classes(subtests: pytest.Subtests) -> None:
    for key in ["shapes", "digits"]:
        with subtests.test(key=key):
            for index in range(8):
                loaded = picture_sets.load(key, "val", index)
                assert loaded.sample.label is not None
                assert loaded.sample.mask is not None
                assert 0 <= loaded.sample.label < len(loaded.classes)
                assert set(np.unique(loaded.sample.mask)) == {0, loaded.sample.label + 1}


def test_the_parts_of_an_image_folder_hold_each_picture_once(root: Path) -> None:
    key = f"image_folder:{root / 'insects'}"
    loaded = [
        picture_sets.load(key, split, index)
        for split in ("train", "val")
        for index in range(picture_sets.count(key, split))
    ]
    assert sorted(str(each.sample.id) for each in loaded) == [
        f"{c}/{i}.png" for c in ("ants", "bees") for i in range(5)
    ]
    for each in loaded:
        assert each.sample.label is not None
        assert str(each.sample.id).startswith(each.classes[each.sample.label])


def test_a_picture_with_its_mask_is_at_full_size(root: Path) -> None:
    picture(root / "town" / "street" / "images" / "2.jpg", (1200, 1000))
    Image.fromarray(np.full((1000, 1200), 255, np.uint8)).save(root / "town" / "street" / "masks" / "2.png")
    (root / "town" / "street" / "classes.txt").write_text("road\ncar\n")
    loaded = picture_sets.load(f"mask_folder:{root / 'town' / 'street'}", "all", 2)
    assert loaded.sample.size == (1000, 1200)
    assert (loaded.sample.mask == 255).all()
    assert loaded.sample.id == "images/2.jpg"
    assert loaded.classes == ("road", "car")


def test_what_had_to_be_changed_is_said(root: Path) -> None:
    for index in range(5):
        Image.new("L", (12, 10)).save(root / "insects" / "ants" / f"{index}.png")
    loaded = picture_sets.load("image_folder:insects", "train", 0)
    assert "Grayscale" in loaded.notes[0]


def test_what_is_added_and_removed_is_noticed(root: Path) -> None:
    insects, street = f"image_folder:{root / 'insects'}", f"mask_folder:{root / 'town' / 'street'}"
    assert picture_sets.count(insects, "train") + picture_sets.count(insects, "val") == 10
    picture(root / "insects" / "bees" / "new.png")
    assert picture_sets.count(insects, "train") + picture_sets.count(insects, "val") == 11
    assert picture_sets.count(street, "all") == 5
    (root / "town" / "street" / "images" / "0.jpg").unlink()
    assert picture_sets.count(street, "all") == 4
    assert picture_sets.load(street, "all", 0).classes == ()
    (root / "town" / "street" / "classes.json").write_text('["road"]')
    assert picture_sets.load(street, "all", 0).classes == ("road",)


@pytest.mark.usefixtures("root")
def test_a_key_cannot_lead_outside(subtests: pytest.Subtests) -> None:
    for kind in ["image_folder", "mask_folder"]:
        for place in ["/etc", "../secret", "insects/../../secret", "~root"]:
            with subtests.test(kind=kind, place=place), pytest.raises(OutsideRoots):
                picture_sets.load(f"{kind}:{place}", "train", 0)


def test_a_picture_that_is_a_link_to_the_outside_is_refused(root: Path, tmp_path: Path) -> None:
    picture(tmp_path / "secret.png")
    for index in range(5):
        (root / "insects" / "ants" / f"{index}.png").unlink()
        (root / "insects" / "ants" / f"{index}.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(OutsideRoots):
        picture_sets.load("image_folder:insects", "train", 0)


@pytest.mark.usefixtures("root")
def test_a_key_that_is_none_is_answered_with_what_was_expected(subtests: pytest.Subtests) -> None:
    for key in ["", "nothing", "digits:x", "image_folder:", "folder:insects", "mask_folder:" + "a" * 5000]:
        with (
            subtests.test(key=key),
            pytest.raises(DatasetError, match=r"There is no set .* Expected shapes, digits, or image_folder:/folder"),
        ):
            picture_sets.count(key, "train")


def test_a_set_that_is_gone_is_named(root: Path) -> None:
    picture_sets.count("image_folder:insects", "train")
    shutil.rmtree(root / "insects")
    with pytest.raises(DatasetError, match=r"There is no folder .*insects"):
        picture_sets.count("image_folder:insects", "train")


def test_a_part_or_picture_that_is_not_there_is_answered_with_what_is(subtests: pytest.Subtests) -> None:
    for split, index, message in [
        ("test", 0, "no part 'test'. Choose one of train, val"),
        ("val", 359, "There is no image 359 in val. It has 359: choose 0 to 358"),
        ("val", -1, "There is no image -1"),
    ]:
        with subtests.test(split=split, index=index, message=message), pytest.raises(DatasetError, match=message):
            picture_sets.load("digits", split, index)


def test_a_part_without_pictures_is_said(root: Path) -> None:
    for name in ("ants", "bees"):
        for index in range(1, 5):
            (root / "insects" / name / f"{index}.png").unlink()
    assert picture_sets.count("image_folder:insects", "val") == 0
    with pytest.raises(DatasetError, match="The part val of this set has no images"):
        picture_sets.load("image_folder:insects", "val", 0)


def test_a_damaged_picture_is_named(root: Path) -> None:
    (root / "town" / "street" / "images" / "0.jpg").write_bytes(b"x")
    with pytest.raises(ImageError, match=r"images/0\.jpg is not an image"):
        picture_sets.load("mask_folder:town/street", "all", 0)


def test_real_photographs_are_found_and_shown(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(real_data))
    offered = {each.title: each for each in picture_sets.offer().sets}
    assert "hymenoptera" in offered
    for each in offered.values():
        for split in each.splits:
            last = picture_sets.load(each.key, split, picture_sets.count(each.key, split) - 1)
            assert last.sample.image.std() > 0
            assert (last.sample.mask is not None) == (each.splits == ("all",) or ":" not in each.key)


def test_a_set_below_a_find_is_offered_and_what_is_not_usable_has_its_reason(root: Path) -> None:
    for name in ("docs/x", "shots/y", "dataset/cats/1", "dataset/dogs/1"):
        picture(root / "project" / f"{name}.jpg")
    for name in ("train/a", "train/b", "val/a", "val/b", "test/a", "test/b", "more/c", "more/d"):
        picture(root / "divided" / name / "1.png")
    for name in ("train_images", "test_images"):
        picture(root / "kaggle" / name / "1.jpg")
    (root / "kaggle/train.csv").write_text("x")
    picture(root / "loose/1.jpg")
    picture(root / "boxes/images/1.jpg")
    (root / "boxes/labels").mkdir()
    (root / "boxes/labels/1.txt").write_text("a house")
    picture(root / "half/train/a/1.png")
    picture(root / "single/only/1.png")
    for name in ("x", "y"):
        picture(root / "days" / name / "monday" / "1.png")  # classes with their images one folder deeper
        picture(root / "days" / name / "tuesday" / "1.png")
    seen = picture_sets.offer()
    assert [each.title for each in seen.sets][2:] == [
        "days", "divided", "divided/more", "insects", "project", "project/dataset", "town/street"
    ]  # fmt: skip
    assert seen.complete
    reasons = dict(seen.unusable)
    for folder, words in (
        (
            "kaggle",
            "parts of a data set, not classes. train.csv is not read here: choose the file itself to use its labels.",
        ),
        ("loose", "it holds 1 image and no folders of classes."),
        ("boxes", "labels/ holds no images (.txt: 1)"),
        ("half", "it has train/ but no val/."),
        ("single", "it has one folder of images only, only/"),
    ):
        assert words in reasons.pop(folder), folder
    assert reasons == {}


def test_a_typed_path_is_a_set_or_says_why_it_is_none(root: Path) -> None:
    for path in ("insects", str(root / "insects"), " insects/ "):
        assert picture_sets.typed(path).key == f"image_folder:{root / 'insects'}"
    picture(root / "loose/1.jpg")
    for path, words in (
        ("loose", "loose is not usable, because it holds 1 image"),
        ("nowhere", "There is no folder nowhere"),
        ("/etc", "outside the folders that this page may read"),
        ("", "Give the path of a folder"),
    ):
        with pytest.raises(DatasetError, match=words):
            picture_sets.typed(path)


def test_masks_beside_images_as_camvid_and_others_lay_them_are_sets_with_their_parts(root: Path) -> None:
    values = np.arange(120, dtype=np.uint8).reshape(10, 12) % 3

    def masked(folder: Path, images: str, masks: str, name: str, suffix: str = ".png") -> None:
        picture(folder / images / f"{name}.jpg")
        (folder / masks / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(folder / masks / f"{name}{suffix}")

    camvid, labels, deep = (root / name for name in ("camvid", "labels", "deep"))
    for count, part in enumerate(("train", "val", "test"), 1):
        for index in range(count):
            masked(camvid, part, f"{part}annot", f"{index}")
    (camvid / "classes.txt").write_text("sky\nbuilding\npole")
    masked(labels, "images/train", "labels/train", "a", ".tif")
    masked(labels, "images/val", "labels/val", "b", ".bmp")
    composed, decomposed = (unicodedata.normalize(form, "고양이") for form in ("NFC", "NFD"))
    masked(deep, "images", "masks", f"city/{composed}")
    (deep / f"masks/city/{composed}.png").rename(deep / f"masks/city/{decomposed}.png")
    picture(deep / "images/alone.jpg")
    (deep / "images/notes.txt").write_text("x")
    offered = {each.title: each for each in picture_sets.offer().sets}
    assert offered["camvid"].splits == ("train", "val", "test")
    assert [picture_sets.count(offered["camvid"].key, part) for part in ("train", "val", "test")] == [1, 2, 3]
    assert offered["labels"].splits == ("train", "val")
    assert offered["deep"].splits == ("all",)
    for title, part in (("camvid", "test"), ("labels", "train"), ("labels", "val")):
        np.testing.assert_array_equal(picture_sets.load(offered[title].key, part, 0).sample.mask, values)
    sky = picture_sets.load(offered["camvid"].key, "val", 1)
    assert (sky.classes, sky.first) == (("sky", "building", "pole"), 0)
    assert picture_sets.name_of(offered["camvid"].key, "val", 1) == "val/1.jpg"
    key = offered["deep"].key
    both = {picture_sets.name_of(key, "all", index): index for index in range(2)}
    np.testing.assert_array_equal(
        picture_sets.load(key, "all", both[f"images/city/{composed}.jpg"]).sample.mask, values
    )
    assert set(picture_sets.opened(key).notes) == {
        "1 file in images is left out (.txt: 1).", "1 of 2 images in images have no mask.", UNNAMED
    }  # fmt: skip
