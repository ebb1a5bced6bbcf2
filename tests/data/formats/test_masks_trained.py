"""Folders of images with masks as training data: how they are divided, what their identity is, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.data.cache.cache import Cache
from explorer.data.cache.contents import content_of
from explorer.data.cache.limits import Limits
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.depth import ValueRange
from explorer.data.fit import longest
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.inspection import Looking
from explorer.data.recorded import GoneSample, OtherSample, find
from explorer.data.roots import OutsideRoots
from tests.data.formats.conftest import picture

EXACT = Looking(exact=True)
VALUES = np.arange(1200, dtype=np.uint8).reshape(30, 40) // 7 % 3


@pytest.fixture
def street(allowed: Path, home: Path) -> Path:
    """Ten images with masks of three classes, whose names are known."""
    del home
    for number in range(10):
        put(allowed / f"street/images/{number}.jpg", np.full((30, 40, 3), 20 * number, np.uint8))
        put(allowed / f"street/masks/{number}.png", VALUES)
    (allowed / "street/classes.txt").write_text("background\nroad\ncar\n")
    return allowed / "street"


def put(file: Path, mask: NDArray[np.generic]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask).save(file, quality=60) if file.suffix == ".jpg" else Image.fromarray(mask).save(file)


def opened(folder: Path, looking: Looking | None = EXACT, **values: object) -> Dataset:
    return MaskFolderSpec.model_validate({"path": str(folder), **values}).open(looking)


def used(dataset: Dataset) -> set[str]:
    return {*dataset.train.ids, *dataset.val.ids}


def test_images_are_divided_as_the_page_shows_and_as_a_person_wants(street: Path) -> None:
    spec = MaskFolderSpec(path=str(street), folds=5, fold=2, left_out=("images/3.jpg",), together=(
        ("images/0.jpg", "images/1.jpg", "images/2.jpg"),
    ))  # fmt: skip
    dataset, contents = spec.open(EXACT), spec.contents()
    shown = {name: contents.parts[part] for name, part in zip(contents.ids, contents.part.tolist(), strict=True)}
    assert shown == {**dict.fromkeys(dataset.train.ids, "train"), **dict.fromkeys(dataset.val.ids, "val")}
    assert "images/3.jpg" not in used(dataset)
    assert len({shown[f"images/{number}.jpg"] for number in range(3)}) == 1
    held = [opened(street, folds=5, fold=fold).val.ids for fold in range(5)]
    assert sorted(name for each in held for name in each) == sorted(used(opened(street)))
    assert any("drawn at random" in note for note in opened(street).notes)
    assert opened(street, val_fraction=0.3, seed=4).val.ids != opened(street, val_fraction=0.3, seed=5).val.ids
    aside = opened(street, set_aside=0.2)
    assert (aside.aside, len(used(aside))) == (2, 8)
    assert len(MaskFolderSpec(path=str(street)).drawing(0.5, 1).open().train) == 4


def test_given_parts_stay_and_images_for_testing_are_neither_trained_nor_validated_on(allowed: Path) -> None:
    for part, count in (("train", 3), ("test", 2)):
        for number in range(count):
            picture(allowed / f"set/images/{part}/{number}.jpg")
            put(allowed / f"set/masks/{part}/{number}.png", VALUES)
    dataset = opened(allowed / "set", None)
    assert dataset.test is not None
    assert set(dataset.test.ids) == {"images/test/0.jpg", "images/test/1.jpg"}
    assert (len(dataset.train), len(dataset.val)) == (2, 1)
    assert not MaskFolderSpec.is_split(allowed / "set")
    picture(allowed / "set/images/val/9.jpg")
    put(allowed / "set/masks/val/9.png", VALUES)
    assert opened(allowed / "set", None).val.ids == ("images/val/9.jpg",)
    assert MaskFolderSpec.is_split(allowed / "set")


def test_a_corrected_mask_is_other_data_and_never_comes_from_the_cache(street: Path) -> None:
    def cached() -> Cache:
        cache = Cache(opened(street, val_fraction=0.1).train, longest(32), Limits(10**6, 10**6), "street")
        cache.fill(1, lambda done: None)
        return cache

    before = cached()
    content = content_of(before.split, 0)
    name = before.split.ids[0]
    put(street / f"masks/{Path(name).stem}.png", VALUES[::-1].copy())
    after = cached()
    assert (after.decoded, content_of(after.split, 0) == content, after.contents[0]) == (
        1, False, content_of(after.split, 0),
    )  # fmt: skip
    assert (after.sample(0).mask != before.sample(0).mask).any()
    spec = MaskFolderSpec(path=str(street), depth=ValueRange(low=0, high=255))
    split, place = find(spec, "val", 0, name, "")
    assert split.ids[place] == name
    with pytest.raises(OtherSample, match="has changed"):
        find(spec, "val", 0, name, content.hex())
    with pytest.raises(GoneSample):
        find(spec, "val", 0, "images/x.jpg", "")
    (street / "masks/label_colors.txt").write_text("")  # a file that says nothing changes nothing
    assert content_of(opened(street, val_fraction=0.1).train, 0) == after.contents[0]


def test_the_command_line_reads_any_folder_and_what_a_page_starts_stays_inside(
    street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = MaskFolderSpec(path=str(street))
    inside = spec.for_page()
    elsewhere = tmp_path / "elsewhere"
    picture(elsewhere / "secret.jpg")
    put(elsewhere / "secret.png", VALUES)
    (street / "images/secret.jpg").symlink_to(elsewhere / "secret.jpg")
    (street / "masks/secret.png").symlink_to(elsewhere / "secret.png")
    assert "images/secret.jpg" not in used(inside.open(EXACT))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "nowhere"))
    assert "images/secret.jpg" in used(spec.open(EXACT))
    assert len(used(inside.open(EXACT))) == 10  # a trainer need not have the folders of the page
    with pytest.raises(OutsideRoots):
        spec.for_page()
    with pytest.raises(OutsideRoots):
        spec.contents()
    with pytest.raises(OutsideRoots):
        spec.pictures()


def test_masks_that_cannot_be_learned_are_listed_with_counts_and_left_out_with_consent(street: Path) -> None:
    beyond = VALUES.copy()
    beyond[0, :5], beyond[1, :2] = 9, 77
    put(street / "masks/0.png", beyond)
    put(street / "masks/1.png", np.full((30, 40), 9, np.uint8))
    put(street / "masks/2.png", np.full((30, 40), 255, np.uint8))
    put(street / "masks/3.png", VALUES[:5])
    put(street / "masks/4.png", VALUES.astype(np.uint16) * 300)
    (street / "masks/5.png").unlink()
    with pytest.raises(DatasetError) as found:
        opened(street)
    said = str(found.value)
    assert said.startswith(f"6 images of {street} cannot be used")
    assert "2: its mask has values that are no class, together 9 (1,205 px), 77 (2 px)" in said
    for words in ("all pixels of its mask are ignored", "another size", "the image has no mask", "cannot be read"):
        assert f"1: {words}" in said or words in said
    for _ in range(2):  # the second time from what was kept of each mask
        dataset = opened(street, skip_unusable=True)
        assert used(dataset) == {f"images/{number}.jpg" for number in (6, 7, 8, 9)}
        assert any("6 images are left out" in note for note in dataset.notes)


def test_masks_that_a_run_refuses_are_refused_after_a_short_look_too(street: Path) -> None:
    short = Looking(seconds=2.0)
    for number in range(10):
        put(street / f"masks/{number}.png", np.full((30, 40), 255, np.uint8))
    (street / "classes.txt").write_text("road\ncar")
    spec = MaskFolderSpec(path=str(street))
    with pytest.raises(DatasetError, match=r"10 images of .* \(10: all pixels of its mask are ignored\)"):
        spec.whole(short)
    with pytest.raises(DatasetError, match="all pixels of its mask are ignored"):
        spec.model_copy(update={"skip_unusable": True}).whole(short)
    for number in (3, 6):
        (street / f"masks/{number}.png").unlink()
    with pytest.raises(
        DatasetError, match=r"\(2: the image has no mask\)\. images/3.jpg, images/6.jpg: It has no mask"
    ):
        spec.whole(short)


def test_masks_of_jpeg_are_said_to_be_of_no_use_before_a_run(street: Path) -> None:
    for number in range(10):
        (street / f"masks/{number}.png").unlink()
        noise = np.random.default_rng(number).integers(0, 12, (30, 40), np.uint8)
        Image.fromarray(noise).save(street / f"masks/{number}.jpg")
    assert "JPEG" in MaskFolderSpec(path=str(street)).contents().refused


def test_a_value_that_is_ignored_is_no_class_and_masks_of_one_class_are_refused(street: Path) -> None:
    dataset = opened(street, ignore_index=1)
    assert dataset.classes == ("background", "car")
    assert dataset.train.masks is not None
    assert np.unique(dataset.train.masks.target(VALUES)).tolist() == [0, 1, 255]
    for number in range(10):
        put(street / f"masks/{number}.png", np.ones((30, 40), np.uint8))
    with pytest.raises(DatasetError, match="have one class only: road"):
        opened(street)
    put(street / "masks/0.png", VALUES % 2)
    assert any("car has no pixels in the training masks" in note for note in opened(street).notes)


def test_masks_without_names_are_classes_by_number_and_those_saved_as_jpeg_are_refused(street: Path) -> None:
    (street / "classes.txt").unlink()
    dataset = opened(street)
    assert dataset.classes == ("class 0", "class 1", "class 2")
    assert any("called by their numbers" in note for note in dataset.notes)
    for number in range(10):
        (street / f"masks/{number}.png").unlink()
        put(street / f"masks/{number}.jpg", VALUES * 20)
    with pytest.raises(DatasetError, match="compression has smeared"):
        opened(street)


def test_colors_that_no_class_has_are_listed_with_their_pixels(street: Path) -> None:
    (street / "classes.txt").unlink()
    colors = np.array([[0, 0, 0], [64, 128, 64], [192, 0, 128]], np.uint8)[VALUES]
    colors[0, :7], colors[1, :2] = (9, 9, 200), (1, 2, 3)
    for number in range(10):
        put(street / f"masks/{number}.png", colors)
    (street / "label_colors.txt").write_text("64 128 64\tAnimal\n0 0 0\t\tVoid\n192 0 128\tArch way\n")
    dataset = opened(street)
    assert dataset.classes == ("Animal", "Arch way")  # void does not count
    note = next(note for note in dataset.notes if "no class and do not count" in note)
    assert note.startswith("90 pixels in 10 masks have colors")
    assert "#0909c8 (56 px), #010203 (16 px) in the first 8" in note


def test_a_run_reads_all_masks_to_find_the_value_of_the_first_name_or_asks(street: Path) -> None:
    """Only the last of 30 masks has the last value, which a look at a few of them misses."""
    for number in range(10, 30):
        put(street / f"images/{number}.jpg", np.full((30, 40, 3), 8 * number, np.uint8))
        put(street / f"masks/{number}.png", VALUES)
    (street / "classes.txt").write_text("sky\nroad\ncar\nvoid\n")
    with pytest.raises(DatasetError, match=r"values up to 2: the value of the first name is open.*names_from"):
        opened(street)
    assert opened(street, names_from=0).classes == ("sky", "road", "car")
    assert opened(street, names_from=1).classes == ("background", "sky", "road", "car")
    put(street / "masks/9.png", VALUES + (VALUES == 2))
    dataset = opened(street)
    assert dataset.classes == ("sky", "road", "car")
    assert any("the masks have the values 0 to 3" in note for note in dataset.notes)


@pytest.mark.parametrize(("suffix", "other"), [(".png", 1), (".jpg", 128)])
def test_masks_of_0_and_1_among_those_of_0_and_255_are_listed_and_left_out_with_consent(
    street: Path, suffix: str, other: int
) -> None:
    (street / "classes.txt").unlink()
    half = (np.arange(30 * 40).reshape(30, 40) > 600).astype(np.uint8)
    for number in range(30):
        (street / f"masks/{number}.png").unlink(missing_ok=True)
        put(street / f"images/{number}.jpg", np.full((30, 40, 3), 8 * number, np.uint8))
        put(street / f"masks/{number}{suffix}", half * (other if number == 9 else 255))
    with pytest.raises(DatasetError, match=rf"masks/9{suffix} has values besides 0 and 255.* {other} \("):
        opened(street)
    assert "images/9.jpg" not in used(opened(street, skip_unusable=True))
