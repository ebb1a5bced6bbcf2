"""COCO read by the app and by pycocotools, and every way in which such a file can be wrong."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as rle
from pycocotools.coco import COCO

from explorer.data import picture_sets
from explorer.data.contents import Contents
from explorer.data.dataset import DatasetError
from explorer.data.formats.coco import CocoSpec
from explorer.data.marks import bounded, coco_sets
from explorer.data.marks.outlines import BadOutline, Outline, Runs, draw, inside, lengths
from explorer.data.roots import OutsideRoots
from tests.data.formats.conftest import CATEGORIES, picture


def reference(file: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file))


def test_boxes_keypoints_and_masks_are_those_of_pycocotools(town: Path) -> None:
    found = CocoSpec(path=str(town)).contents()
    assert found.parts == ("train", "val")
    assert found.classes == ("person", "car", "toothbrush")
    assert found.points == ("nose", "left eye", "right eye")
    for part in found.parts:
        coco = reference(town / "annotations" / f"instances_{part}.json")
        order = sorted(coco.cats)
        for own, image in coco.imgs.items():
            index = list(found.ids).index(f"{part}/{image['file_name']}")
            listed = coco.loadAnns(coco.getAnnIds(imgIds=own))
            boxes = [[*a["bbox"], order.index(a["category_id"])] for a in listed]
            expected = np.array([[x, y, min(x + w, 40), min(y + h, 30), label] for x, y, w, h, label in boxes])
            known = found.annotations(index)
            np.testing.assert_allclose(known.bboxes, expected, atol=1e-5)
            points = np.array([a["keypoints"] for a in listed if "keypoints" in a]).reshape(-1, 3, 3)
            named = [[x, y, 3 + number] for one in points for number, (x, y, seen) in enumerate(one) if seen > 0]
            np.testing.assert_allclose(known.keypoints, np.array(named).reshape(-1, 3), atol=1e-5)
            mask = np.zeros((30, 40), np.uint8)
            for a in sorted(listed, key=lambda each: -each["iscrowd"]):
                mask[coco.annToMask(a) == 1] = order.index(a["category_id"]) + 1
            assert callable(known.mask)
            np.testing.assert_array_equal(known.mask(), mask)
            assert mask.max() > 0
            shown = picture_sets.load(f"coco:{town}", part, index % 3)
            np.testing.assert_array_equal(shown.sample.mask, mask)
            np.testing.assert_allclose(shown.sample.bboxes, expected, atol=1e-5)
            assert (shown.classes, shown.first) == ((*found.classes, *found.points), 1)


def test_run_lengths_and_polygons_are_drawn_as_by_pycocotools() -> None:
    draw = np.random.default_rng(0)
    for number in range(200):
        height, width = draw.integers(1, 60, 2).tolist()
        corners = (draw.uniform(-0.3, 1.3, (draw.integers(3, 9), 2)) * [width, height]).ravel()
        corners = np.round(corners) if number % 2 else corners
        expected = rle.decode(rle.frPyObjects([corners.tolist()], height, width))[..., 0]
        np.testing.assert_array_equal(inside((corners,), height, width), expected)
        mask = draw.random((height, width)) < draw.random()
        packed = rle.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
        np.testing.assert_array_equal(inside(Runs((height, width), packed), height, width), mask)


@pytest.mark.parametrize("text", ["é", "0" * 5_000_000, "o", "oooooooooooooooooo0", "5", "\0", "S"])
def test_run_lengths_that_are_damaged_are_refused(text: str) -> None:
    with pytest.raises(BadOutline):
        inside(Runs((3, 4), text), 3, 4)
    assert lengths("").tolist() == []


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("unknown image", {"image_id": 4}, "image_id belongs to no image"),
    ("image as a list", {"image_id": [1]}, "image_id belongs to no image"),
    ("unknown category", {"category_id": 2}, "category_id belongs to no category"),
    ("negative width", {"bbox": [1, 1, -3, 4]}, "width or height of 0 or less"),
    ("no height", {"bbox": [1, 1, 3, 0]}, "width or height of 0 or less"),
    ("outside", {"bbox": [40, 1, 3, 3]}, "wholly outside"),
    ("NaN", {"bbox": [float("nan"), 1, 3, 3]}, "four ordinary numbers"),
    ("infinite", {"bbox": [1, 1, float("inf"), 3]}, "four ordinary numbers"),
    ("huge", {"bbox": [1, 1, 10**400, 3]}, "four ordinary numbers"),
    ("text", {"bbox": "1 2 3 4"}, "four ordinary numbers"),
    ("three numbers", {"bbox": [1, 2, 3]}, "four ordinary numbers"),
    ("keypoints", {"category_id": 1, "keypoints": [1, 2, 2, 4]}, "3 for each of 3 keypoints"),
    ("keypoints as text", {"category_id": 1, "keypoints": ["a"] * 9}, "3 for each of 3 keypoints"),
    ("open polygon", {"segmentation": [[1, 2, 3, 4]]}, "at least 3 corners"),
    ("odd polygon", {"segmentation": [[1, 2, 3, 4, 5, 6, 7]]}, "at least 3 corners"),
    ("polygon of texts", {"segmentation": "abc"}, "at least 3 corners"),
    ("run lengths", {"segmentation": {"size": [30, 40], "counts": [-1, 1201]}}, "run lengths"),
    ("no size", {"segmentation": {"counts": "abc"}}, "run lengths"),
    ("nothing", {"bbox": None, "segmentation": None}, "neither a usable box"),
]


@pytest.mark.parametrize(("change", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_one_bad_annotation_is_left_out_with_its_reason(allowed: Path, change: dict[str, Any], reason: str) -> None:
    good = {"id": 1, "image_id": 1, "category_id": 3, "bbox": [2, 3, 4, 5]}
    found = one_file(allowed, [good, good | {"id": 2} | change])
    assert [entry.name for entry in found.left_out] == ["boxes.json, annotation 2"]
    assert reason in found.left_out[0].reason
    boxes = found.annotations(0).bboxes
    assert boxes is not None
    np.testing.assert_array_equal(boxes[0], [2, 3, 6, 8, 1])


def one_file(folder: Path, listed: list[Any], **changed: Any) -> Contents:
    picture(folder / "a.png")
    image = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
    values = {"images": [image], "annotations": listed, "categories": CATEGORIES} | changed
    (folder / "boxes.json").write_text(json.dumps(values))
    return CocoSpec(path=str(folder)).contents()


def test_ids_that_are_twice_and_images_that_are_not_there_are_said(allowed: Path) -> None:
    box = {"id": 1, "image_id": 1, "category_id": 3, "bbox": [35, 3, 10, 5]}
    images = [
        {"id": 1, "file_name": "C:\\photos\\a.png", "width": 40, "height": 30},
        {"id": 1, "file_name": "other.png"},
        {"id": 2, "file_name": "../../etc/passwd"},
        {"id": 3, "file_name": "/etc/hostname.png"},
        {"id": 4, "file_name": "a.png"},
        {"file_name": "a.png"}, 7,
    ]  # fmt: skip
    found = one_file(allowed, [box, box, box | {"bbox": [1, 1, 2, 2]}], images=images)
    assert found.ids == ["a.png"]
    reasons = [entry.reason for entry in found.left_out]
    assert reasons.count("It is not in the data set.") == 2
    assert "An earlier image of the file is the same." in reasons
    assert "It repeats an annotation with the same id." in reasons
    assert reasons.count("An image needs an id and a file_name.") == 2
    assert any("reach over the border" in note and note.endswith("1.") for note in found.notes)
    assert any("id an earlier one has" in note for note in found.notes)
    boxes = found.annotations(0).bboxes
    assert boxes is not None
    np.testing.assert_array_equal(boxes, [[35, 3, 40, 8, 1], [1, 1, 3, 3, 1]])


def test_an_image_of_validation_is_not_one_of_training_of_the_same_name(town: Path) -> None:
    (town / "val" / "val0.png").rename(town / "train" / "val0.png")
    found = CocoSpec(path=str(town)).contents()
    assert list(found.ids).count("train/val0.png") == 0
    left = [entry.reason for entry in found.left_out if entry.name.endswith("instances_val.json, val0.png")]
    assert left == ["It is not in the data set."]
    for name in ("val1.png", "val2.png"):  # without a folder of its own, a part may be listed from another one's
        (town / "val" / name).rename(town / "train" / name)
    found = CocoSpec(path=str(town)).contents()
    assert [name for name in found.ids if "val" in name] == [f"train/val{at}.png" for at in range(3)]


def test_images_that_are_turned_by_exif_are_noted(allowed: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    for name in ("b.jpg", "c.jpg"):
        Image.new("RGB", (40, 30)).save(allowed / name, **({"exif": exif} if name == "b.jpg" else {}))
    images = [{"id": at, "file_name": name, "width": 40, "height": 30} for at, name in enumerate(("b.jpg", "c.jpg"))]
    found = one_file(allowed, [{"id": 1, "image_id": 0, "category_id": 3, "bbox": [2, 3, 4, 5]}], images=images)
    assert [note[:52] for note in found.notes if "EXIF" in note] == [
        "1 of 2 images that were looked at are turned by thei"
    ]
    assert "such as b.jpg" in "".join(found.notes)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"\xff\xfe", b'{"images": 3}', b'{"a":' * 100_000, b'{"images": [' + b"9" * 9_999, b"{}"],
)
def test_a_file_that_is_none_says_so(allowed: Path, content: bytes) -> None:
    (allowed / "x.json").write_bytes(content)
    with pytest.raises(DatasetError, match=r"x\.json"):
        CocoSpec(path=str(allowed / "x.json")).contents()


def test_files_that_would_take_much_memory_are_refused_before_they_do(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, words in (("MOST_LISTS", "lists and objects"), ("MOST_VALUES", "values")):
        with monkeypatch.context() as patch:
            patch.setattr(bounded, name, 50)
            with pytest.raises(DatasetError, match=words):
                CocoSpec(path=str(town)).contents()
    monkeypatch.setattr(coco_sets, "MAX_BYTES", 1_000)
    with pytest.raises(DatasetError, match=r"The 2 JSON files of .* read together"):
        CocoSpec(path=str(town)).contents()


def test_a_place_is_found_and_nothing_outside_is_read(town: Path, tmp_path: Path) -> None:
    offered = {each.title: each for each in picture_sets.offer().sets}
    assert offered["town"].key == f"coco:{town}"
    assert offered["town"].splits == ("train", "val")
    file = town / "annotations" / "instances_val.json"
    assert picture_sets.typed(str(file)).splits == ("val",)
    picture(tmp_path / "secret.png")
    (town / "val" / "val0.png").unlink()
    (town / "val" / "val0.png").symlink_to(tmp_path / "secret.png")
    assert picture_sets.count(f"coco:{file}", "val") == 2
    assert any("Links to images outside" in note for note in picture_sets.opened(f"coco:{file}").notes)
    (town / "away").symlink_to(tmp_path)
    with pytest.raises(OutsideRoots):
        CocoSpec(path=str(town), links="inside").contents()


def test_more_outlines_than_can_be_drawn_in_some_seconds_are_cut_with_a_note() -> None:
    square = (np.array([0.0, 0, 9, 0, 9, 9, 0, 9]),)
    mask, problems = draw([Outline(label, square) for label in range(9)], 20, 20, most=1_000)
    assert problems == ["There are more or longer outlines than are drawn: the later ones are left out."]
    assert 1 < mask.max() < 9


def test_images_above_a_file_are_not_listed_where_only_its_folder_may_be_read(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(town / "annotations"))
    with pytest.raises(OutsideRoots):
        picture_sets.count(f"coco:{town / 'annotations/instances_val.json'}", "val")


def test_a_folder_of_data_sets_is_none_itself(allowed: Path) -> None:
    for name in ("one", "two"):
        (allowed / name).mkdir()
        one_file(allowed / name, [])
        picture(allowed / name / "images/a.png")
        (allowed / name / "a.png").unlink()
    assert [each.title for each in picture_sets.offer().sets][2:] == ["one", "two"]
