"""Outlines that are drawn as masks: the folder is a data set to train on, with the masks of pycocotools."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from explorer.data.dataset import DatasetError, Split
from explorer.data.formats.coco import CocoSpec
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.formats.yolo import YoloSpec
from explorer.data.marks.outline_masks import Written, progress_file, write
from tests.data.formats.conftest import picture

ROOM = 10_000_000


def _ignore(done: int, total: int) -> None:
    del done, total


def _masks(split: Split) -> dict[str, np.ndarray]:
    samples = [split.load(index) for index in range(len(split))]
    return {Path(sample.id).name: np.asarray(sample.mask) for sample in samples}


def test_the_masks_of_coco_are_those_of_pycocotools_and_can_be_trained_on(town: Path, tmp_path: Path) -> None:
    target = tmp_path / "drawn"
    seen: list[tuple[int, int]] = []
    found = write(CocoSpec(path=str(town)).annotated(), target, ROOM, lambda done, total: seen.append((done, total)))
    assert found == Written(images=6, classes=3, without=(), unreadable=0, bad_outlines=0, only_boxes=0)
    assert seen[-1] == (6, 6)

    opened = MaskFolderSpec(path=str(target)).open()
    assert opened.classes == ("background", "person", "car", "toothbrush")
    for part, split in (("train", opened.train), ("val", opened.val)):
        coco = COCO(str(town / "annotations" / f"instances_{part}.json"))
        order = sorted(coco.cats)
        masks = _masks(split)
        assert len(masks) == 3
        for own, image in coco.imgs.items():
            expected = np.zeros((30, 40), np.uint8)
            listed = coco.loadAnns(coco.getAnnIds(imgIds=own))
            for each in sorted(listed, key=lambda one: -one["iscrowd"]):
                expected[coco.annToMask(each) == 1] = order.index(each["category_id"]) + 1
            np.testing.assert_array_equal(masks[image["file_name"]], expected)
        before = np.asarray(Image.open(town / part / f"{part}0.png"))
        np.testing.assert_array_equal(split.load(0).image, before)


def test_polygons_of_yolo_in_undivided_folders(allowed: Path, tmp_path: Path) -> None:
    folder = allowed / "set"
    for name, line in (("a/x", "0 .1 .1 .6 .1 .6 .6 .1 .6"), ("b/x", "2 .0 .0 .5 .0 .5 .5\n1 .5 .5 .2 .2")):
        picture(folder / "images" / f"{name}.jpg")
        (folder / "labels" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "labels" / f"{name}.txt").write_text(line)
    (folder / "classes.txt").write_text("cat\ndog\nhouse\n")
    target = tmp_path / "drawn"
    found = write(YoloSpec(path=str(folder)).annotated(), target, ROOM, _ignore)
    # A class without an outline is left out, since no pixel could show it, and its box is named.
    assert found == Written(images=2, classes=2, without=("dog",), unreadable=0, bad_outlines=0, only_boxes=1)
    assert sorted(path.name for path in (target / "images").iterdir()) == ["x-2.jpg", "x.jpg"]
    opened = MaskFolderSpec(path=str(target), val_fraction=0.5).open()
    assert opened.classes == ("background", "cat", "house")
    values = {
        name: set(np.unique(mask).tolist())
        for each in (opened.train, opened.val)
        for name, mask in _masks(each).items()
    }
    assert values == {"x.jpg": {0, 1}, "x-2.jpg": {0, 2}}


def _wrong(case: str, folder: Path) -> str:
    """Write a data set whose masks cannot be drawn, and return the words that say why."""
    picture(folder / "a.png")
    shape = {"no outline": {}, "outside": {"segmentation": [[90, 90, 99, 90, 99, 99]]}}.get(
        case, {"segmentation": [[1, 1, 20, 1, 20, 20]]}
    )
    one = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [1, 1, 9, 9], "area": 9, **shape}
    table = {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}],
        "annotations": [one],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (folder / "instances_train.json").write_text(json.dumps(table))
    return {
        "no outline": "has no outlines that could be drawn as masks.",
        "outside": "covers a pixel of its image.",
        "no room": "Its masks would take more than 5 kB, for which there is room.",
    }[case]


@pytest.mark.parametrize("case", ["no outline", "outside", "no room"])
def test_what_cannot_be_drawn_is_named_and_leaves_nothing_behind(allowed: Path, tmp_path: Path, case: str) -> None:
    words = _wrong(case, allowed)
    target = tmp_path / "made" / "drawn"
    target.parent.mkdir()
    with pytest.raises(DatasetError, match=words):
        write(CocoSpec(path=str(allowed)).annotated(), target, 5_000 if case == "no room" else ROOM, _ignore)
    assert list(target.parent.iterdir()) == []


def test_a_process_draws_what_a_page_asks_for(town: Path, tmp_path: Path) -> None:
    target = tmp_path / "drawn"
    spec = CocoSpec(path=str(town)).model_dump_json()
    command = [sys.executable, "-m", "explorer.data.marks.outline_masks", spec, str(target), str(ROOM)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert Written.model_validate_json(done.stdout.splitlines()[-1]).images == 6
    assert len(MaskFolderSpec(path=str(target)).open().train) == 3
    assert not progress_file(target).exists()
