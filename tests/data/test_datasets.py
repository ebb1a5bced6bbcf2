"""Embedded data sets and image folders: splits, labels, targets, and every way in which a folder can be wrong."""

import os
import pickle
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.photographs import photographs
from explorer.data.stored import ImageError


def make(folder: Path, count: int = 4) -> Path:
    """A class folder with `count` small pictures."""
    folder.mkdir(parents=True)
    for index in range(count):
        Image.new("RGB", (12, 10), (index * 20, 0, 0)).save(folder / f"{index}.png")
    return folder


def read(folder: Path, **options: object) -> Dataset:
    return ImageFolderSpec(path=str(folder), **options).open()


@pytest.fixture
def ready_split(tmp_path: Path) -> Path:
    for split, count in (("train", 5), ("val", 2)):
        for name in ("ants", "bees"):
            make(tmp_path / split / name, count)
    return tmp_path


def test_shapes_have_every_target_and_are_the_same_again() -> None:
    dataset = ShapesSpec(num_classes=6, train_images=30, val_images=12).open()
    for index in range(len(dataset.train)):
        sample, again = dataset.train.load(index), dataset.train.load(index)
        np.testing.assert_array_equal(sample.image, again.image)
        assert sample.mask is not None
        assert sample.bboxes is not None
        assert sample.label == dataset.train.labels[index]
        assert set(np.unique(sample.mask)) == {0, sample.label + 1}
        rows, columns = np.nonzero(sample.mask)
        extent = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        np.testing.assert_allclose(sample.bboxes[0, :4], extent, atol=1.5)


def test_shapes_obey_imbalance_noise_and_seed() -> None:
    even, uneven = (ShapesSpec(imbalance=value).open().train.counts(3) for value in (1, 8))
    assert even.tolist() == [80, 80, 80]
    assert uneven.sum() == 240
    assert 7 < uneven[0] / uneven[2] < 9
    clean, noisy, other = (
        ShapesSpec(**values).open().train.load(0).image.astype(float)
        for values in ({"noise": 0}, {"noise": 1}, {"seed": 1})
    )
    assert np.abs(np.diff(noisy, axis=0)).mean() > 3 * np.abs(np.diff(clean, axis=0)).mean()
    assert not np.array_equal(clean, other)


def test_training_and_validation_shapes_differ() -> None:
    dataset = ShapesSpec(train_images=10, val_images=10).open()
    assert not set(dataset.train.ids) & set(dataset.val.ids)
    assert not np.array_equal(dataset.train.load(0).image, dataset.val.load(0).image)


def test_digits_are_scikit_learns_split_class_by_class() -> None:
    dataset = DigitsSpec(val_fraction=0.25).open()
    assert len(dataset.train) + len(dataset.val) == 1797
    assert not set(dataset.train.ids) & set(dataset.val.ids)
    share = dataset.val.counts(10) / (dataset.val.counts(10) + dataset.train.counts(10))
    np.testing.assert_allclose(share, 0.25, atol=0.01)
    assert dataset.train.load(0).image.shape == (64, 64, 3)


def test_photographs_come_with_mask_boxes_and_keypoints_inside_the_picture(subtests: pytest.Subtests) -> None:
    for name in list(photographs()):
        with subtests.test(name=name):
            photograph = photographs()[name]
            sample = photograph.load()
            height, width = sample.size
            assert max(height, width) <= 512
            assert sample.mask is not None
            assert sample.bboxes is not None
            assert sample.keypoints is not None
            assert set(np.unique(sample.mask)) == set(range(len(photograph.classes) + 1))
            assert (sample.bboxes[:, :4] >= 0).all()
            assert (sample.bboxes[:, [0, 2]] <= width).all()
            assert (sample.bboxes[:, [1, 3]] <= height).all()
            assert (sample.keypoints[:, :2] < [width, height]).all()


def test_a_folder_that_is_split_already_keeps_its_split(ready_split: Path) -> None:
    dataset = read(ready_split)
    assert dataset.classes == ("ants", "bees")
    assert (len(dataset.train), len(dataset.val)) == (10, 4)
    assert dataset.train.ids[0] == "train/ants/0.png"
    assert dataset.train.load(5).label == 1


def test_a_folder_of_classes_is_split_with_a_seed(tmp_path: Path) -> None:
    for name, count in (("a", 10), ("b", 20)):
        make(tmp_path / name, count)
    first, again, other = (read(tmp_path, val_fraction=0.3, seed=seed) for seed in (1, 1, 2))
    assert first.val.counts(2).tolist() == [3, 6]
    assert first.val.ids == again.val.ids
    assert first.val.ids != other.val.ids
    assert sorted([*first.train.ids, *first.val.ids]) == sorted(
        f"{n}/{i}.png" for n, c in (("a", 10), ("b", 20)) for i in range(c)
    )


def test_a_split_reaches_another_process(ready_split: Path) -> None:
    for dataset in (read(ready_split), ShapesSpec().open(), DigitsSpec().open()):
        there = pickle.loads(pickle.dumps(dataset.train))  # noqa: S301 - our own bytes, as to a loader worker
        np.testing.assert_array_equal(there.load(3).image, dataset.train.load(3).image)


def test_files_that_are_no_images_by_name_are_left_out(ready_split: Path) -> None:
    (ready_split / "train/ants/notes.txt").write_text("x")
    (ready_split / "train/ants/.hidden.png").write_text("x")
    assert len(read(ready_split).train) == 10


def test_a_broken_image_is_named_with_its_folder_when_it_is_loaded(ready_split: Path) -> None:
    (ready_split / "train/ants/0.png").write_bytes(b"")
    with pytest.raises(ImageError, match=r"train/ants/0\.png is empty"):
        read(ready_split).train.load(0)


def test_an_empty_class_folder_is_named(ready_split: Path) -> None:
    (ready_split / "train/wasps").mkdir()
    with pytest.raises(DatasetError, match=r"train/wasps has no images"):
        read(ready_split)


def test_one_class_only_is_said(tmp_path: Path) -> None:
    make(tmp_path / "ants")
    with pytest.raises(DatasetError, match="one class only, ants"):
        read(tmp_path)


def test_no_class_at_all_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no class folders. Expected train/<class>"):
        read(tmp_path)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"There is no folder .*/nowhere"):
        read(tmp_path / "nowhere")


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError, match="is a file, not a folder"):
        read(tmp_path / "file")


def test_training_without_validation_says_what_to_add(ready_split: Path) -> None:
    shutil.rmtree(ready_split / "val")
    with pytest.raises(DatasetError, match="has train/ but no val/"):
        read(ready_split)


def test_a_class_that_only_validation_has_is_named(ready_split: Path) -> None:
    make(ready_split / "val/wasps")
    with pytest.raises(DatasetError, match="lacks: wasps"):
        read(ready_split)


def test_a_class_without_validation_images_is_noted(ready_split: Path) -> None:
    make(ready_split / "train/wasps")
    assert "wasps has no validation images" in read(ready_split).notes[0]


def test_every_image_counts_as_torchvision_finds_it_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    made = Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8))
    for name in ("ants", "bees"):
        make(tmp_path / name, 3)
        for inner in ("day 1/morning", "day 2"):
            make(tmp_path / name / inner, 2)
        for suffix in (".jfif", ".jpe", ".avif", ".jp2", ".ppm", ".tga", ".WEBP", ".qoi"):
            made.save(tmp_path / name / f"of{suffix}")
        (tmp_path / name / ".hidden.png").write_text("x")
        (tmp_path / name / "Thumbs.db").write_text("x")
    for left_out in ("a.heic", "b.HEIC", "c.txt", "no_suffix"):
        (tmp_path / "ants" / left_out).write_text("x")
    (tmp_path / "bees/old.jpg").mkdir()
    (tmp_path / "bees/old.jpg/loop").symlink_to(tmp_path / "bees")
    made.save(tmp_path / "bees/old.jpg/1.png")
    dataset = read(tmp_path, val_fraction=0.5)
    listed = sorted([*dataset.train.ids, *dataset.val.ids])
    walked = (
        Path(place, name).relative_to(tmp_path).as_posix()
        for name in ("ants", "bees")
        for place, _, names in os.walk(tmp_path / name)
        for name in names
    )
    images = {"png", "jfif", "jpe", "avif", "jp2", "ppm", "tga", "webp", "qoi"}
    assert listed == sorted(n for n in walked if n.rpartition(".")[2].lower() in images and "/." not in n)
    assert len(listed) == 2 * 15 + 1
    said = f"4 files in {tmp_path.name}/ants are left out (.heic: 2, .txt: 1, no suffix: 1). HEIC is not read: convert"
    assert any(note.startswith(said) for note in dataset.notes)
    for split in (dataset.train, dataset.val):
        for index in range(len(split)):
            assert split.load(index).label == ("ants", "bees").index(split.ids[index].partition("/")[0])
    flat = read(tmp_path, listing="flat", depth="by_image")
    assert (
        len(flat.train) + len(flat.val) == 9
    )  # of format 1: three PNG and a WebP each, and old.jpg, which is a folder
    (tmp_path / "wasps").mkdir()
    (tmp_path / "wasps/a.heic").write_text("x")
    with pytest.raises(DatasetError, match=r"wasps has no images that can be read \(.heic: 1\)"):
        read(tmp_path)


def test_a_name_is_one_in_both_of_its_unicode_forms(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "개미") for form in ("NFC", "NFD"))
    for folder in (f"train/{decomposed}", f"train/{composed}", "train/bees", f"val/{composed}", "val/bees"):
        make(tmp_path / "꿀" / folder)
    spelled = unicodedata.normalize("NFD", str(tmp_path / "꿀"))
    for path in (tmp_path / "꿀", Path(spelled)):
        dataset = read(path)
        assert dataset.classes == ("bees", composed)
        assert (dataset.train.counts(2).tolist(), dataset.val.counts(2).tolist()) == ([4, 8], [4, 4])
        assert any("their images are one class" in note for note in dataset.notes)
    (tmp_path / "꿀/val/bees").rename(tmp_path / "꿀/val/Bees")
    with pytest.raises(DatasetError, match=r"lacks: Bees. Is it the same class in train/bees and val/Bees"):
        read(tmp_path / "꿀")


def test_an_empty_class_folder_of_the_validation_is_a_note_and_what_lies_beside_is_named(ready_split: Path) -> None:
    make(ready_split / "train/wasps")
    (ready_split / "val/wasps").mkdir()
    make(ready_split / "test/ants")
    (ready_split / "labels.csv").write_text("x")
    notes = " ".join(read(ready_split).notes)
    assert "wasps has no validation images: its F1 and AUROC cannot be computed." in notes
    assert "4 images are for testing: neither trained nor validated on." in notes
    (ready_split / "test/ants").rename(ready_split / "test/hornets")
    assert "Only train/ and val/ are read; test/ beside them is not used." in read(ready_split).notes
    assert "labels.csv is not read" in notes


def test_classes_that_are_called_as_parts_stay_classes_beside_others(tmp_path: Path) -> None:
    for name in ("training", "testing", "resting"):
        for camera in ("cam1", "cam2"):
            (tmp_path / name / camera).mkdir(parents=True)
            for number in range(4):
                Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / name / camera / f"{number}.png")
    files = ImageFolderSpec(path=str(tmp_path)).files()
    assert (files.classes, len(files.files)) == (("resting", "testing", "training"), 24)
    assert ImageFolderSpec.looks(tmp_path)
    assert not ImageFolderSpec.is_split(tmp_path)
    old = tmp_path / "old"  # runs of format 1 know train/ and val/ alone
    for name in ("Train", "Val"):
        (old / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(old / name / "0.png")
    assert ImageFolderSpec(path=str(old), listing="flat").files().classes == ("Train", "Val")
    shutil.rmtree(tmp_path / "resting")
    shutil.rmtree(old)
    assert ImageFolderSpec(path=str(tmp_path)).files().classes == ("cam1", "cam2")


def test_parts_of_a_competition_are_no_classes(tmp_path: Path) -> None:
    for name in ("train_images", "test_images"):
        make(tmp_path / name)
    (tmp_path / "train.csv").write_text("x")
    with pytest.raises(DatasetError, match=r"parts of a data set, not classes. train.csv is not read"):
        read(tmp_path)
    assert not ImageFolderSpec.looks(tmp_path)


def test_names_in_any_script_and_with_spaces_work(tmp_path: Path) -> None:
    make(tmp_path / "개미 사진")
    make(tmp_path / "bees & co")
    assert set(read(tmp_path).classes) == {"개미 사진", "bees & co"}
