"""YOLO read by the app and by a plain loop, and every way in which labels can be wrong."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image

from explorer.data import picture_sets
from explorer.data.contents import Contents
from explorer.data.formats.yolo import YoloSpec
from explorer.data.marks.yolo import MAX_LINES, Shape, read
from explorer.data.marks.yolo_names import names_of
from tests.data.formats.conftest import picture

LAYOUTS = {
    "images/train": ("images/train/{}.jpg", "labels/train/{}.txt", "images/val/{}.jpg", "labels/val/{}.txt"),
    "train/images": ("train/images/{}.jpg", "train/labels/{}.txt", "val/images/{}.jpg", "val/labels/{}.txt"),
    "beside": ("{}.jpg", "{}.txt", "{}.jpg", "{}.txt"),
    "darknet": ("obj_train_data/{}.jpg", "obj_train_data/{}.txt", "obj_train_data/{}.jpg", "obj_train_data/{}.txt"),
    "whole": ("images/{}.jpg", "labels/{}.txt", "images/{}.jpg", "labels/{}.txt"),
}


def write(folder: Path, layout: tuple[str, ...], names: str) -> None:
    draw = np.random.default_rng(0)
    for at in range(4):
        image, label = layout[2 * (at // 3) : 2 * (at // 3) + 2]
        picture(folder / image.format(f"사진 {at}"), 40, 30)
        (folder / label.format("x")).parent.mkdir(parents=True, exist_ok=True)
        rows = [[int(draw.integers(3)), *draw.uniform(0.3, 0.6, 4).round(6).tolist()] for _ in range(5)]
        rows.append([1, *draw.uniform(0.1, 0.9, 10).round(6).tolist()])
        (folder / label.format(f"사진 {at}")).write_text("\n".join(" ".join(map(str, row)) for row in rows) + "\n")
    (folder / names).write_text("a\nb\nc\n" if names != "data.yaml" else yaml.safe_dump({"names": ["a", "b", "c"]}))


@pytest.mark.parametrize("name", LAYOUTS)
def test_boxes_and_polygons_are_those_of_a_plain_loop(allowed: Path, name: str) -> None:
    layout, folder = LAYOUTS[name], allowed / "set"
    folder.mkdir()
    write(folder, layout, {"beside": "classes.txt", "darknet": "obj.names"}.get(name, "data.yaml"))
    assert [each.key for each in picture_sets.offer().sets][2:] == [f"yolo:{folder}"]
    found = YoloSpec(path=str(folder)).contents()
    assert (found.classes, found.left_out, len(found)) == (("a", "b", "c"), (), 4)
    assert found.parts == (("train", "val") if "train" in name else ("all",))
    for index, own in enumerate(found.ids):
        lines = (folder / layout[2 * (index // 3) + 1].format(Path(own).stem)).read_text().splitlines()
        expected, mask = [], np.zeros((30, 40), np.uint8)
        for row in (list(map(float, line.split())) for line in lines):
            corners = np.array(row[1:]).reshape(-1, 2) * [40, 30]
            if len(row) > 5:
                expected.append([*corners.min(axis=0), *corners.max(axis=0), row[0]])
                cv2.fillPoly(mask, [corners.astype(np.int32)], int(row[0]) + 1)
            else:
                half = corners[1] / 2
                low, high = np.maximum(corners[0] - half, 0), np.minimum(corners[0] + half, [40, 30])
                expected.append([*low, *high, row[0]])
        known = found.annotations(index)
        np.testing.assert_allclose(known.bboxes, expected, atol=1e-4)
        assert callable(known.mask)
        assert (known.mask() != mask).mean() < 0.1  # OpenCV also fills the border
        part = found.parts[found.part[index]]
        shown = picture_sets.load(f"yolo:{folder}", part, index % 3 if "train" in name else index).sample
        assert shown.id == own
        np.testing.assert_allclose(shown.bboxes, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("3 .5 .5 .1 .1", "Its class has no name: there are 3 names"),
        ("-1 .5 .5 .1 .1", "must be a whole number from 0"),
        ("0.5 .5 .5 .1 .1", "must be a whole number from 0"),
        ("cat .5 .5 .1 .1", "not an ordinary number"),
        ("0 nan .5 .1 .1", "not an ordinary number"),
        ("0 .5 1e999 .1 .1", "not an ordinary number"),
        ("0 320 240 100 80", "not fractions"),
        ("0 .5 .5 -.1 .1", "width or height is 0 or less"),
        ("0 .5 .5 .1 0", "width or height is 0 or less"),
        ("0 .5 .5 .1", "too many or too few numbers"),
        ("0 .5 .5 .1 .1 .9", "too many or too few numbers"),
        ("0 .5 .5 .1 .1 .2 .2 .3", "too many or too few numbers"),
        ("0 .1 .1 .2 .1 .3 .1", "polygon has no area"),
        ("0 .1 .1 .2 9 .3 .1", "not fractions"),
        ("0 .5 .5 .2 .2", "repeats an earlier line"),
    ],
)
def test_one_bad_line_is_left_out_with_its_reason(line: str, reason: str) -> None:
    found = read(f"0 .5 .5 .2 .2\n\n{line}\n1 .5 .5 .2 .2", Shape(3))
    assert [(number, reason in words) for number, words in found.rejected] == [(3, True)]
    assert [box[4] for box in found.boxes] == [0, 1]


def test_of_a_file_with_very_many_lines_the_first_ones_are_read() -> None:
    found = read("".join(f"0 .5 .5 .1 .{number:05d}1\n" for number in range(MAX_LINES + 9)), Shape(1))
    assert len(found.boxes) == MAX_LINES
    assert found.rejected == [(10_001, "It and what follows are not read: of a file 10,000 lines are.")]


def test_lines_with_keypoints_are_told_from_polygons() -> None:
    with_shape = read("0 .5 .5 .2 .2 .4 .4 .6 .6 0 0", Shape(1, (3, 2)))
    assert [(x, y, at) for x, y, at in with_shape.points] == [(0.4, 0.4, 0), (0.6, 0.6, 1)]
    seen = read("0 .5 .5 .2 .2 .4 .4 2 .6 .6 1 0 0 0", Shape(1))
    assert [at for _, _, at in seen.points] == [0, 1]
    assert (seen.hidden, seen.polygons) == (1, [])


def folder_of(allowed: Path, content: bytes | None) -> Contents:
    for name in ("a", "b"):
        picture(allowed / f"images/{name}.jpg")
    (allowed / "labels").mkdir(exist_ok=True)
    (allowed / "labels/a.txt").write_text("0 .5 .5 .2 .2\n7 .9 .5 .4 .2")
    if content is not None:
        (allowed / "data.yaml").write_bytes(content)
    return YoloSpec(path=str(allowed)).contents()


@pytest.mark.parametrize(
    ("content", "classes", "note"),
    [
        (None, tuple(f"class {at}" for at in range(8)), "No data.yaml"),
        (b"names: {0: a, 7: h}\nnc: 3", ("a", *(f"class {at}" for at in range(1, 7)), "h"), "says nc: 3"),
        (b"names: &x [a]\nmore: [*x, *x]", tuple(f"class {at}" for at in range(8)), "references"),
        (b"!!python/object/apply:os.system ['true']", tuple(f"class {at}" for at in range(8)), "no usable list"),
        (b'names: ["\\UFFFFFFFF"]', tuple(f"class {at}" for at in range(8)), "is not read"),
        (b"[" * 1200, tuple(f"class {at}" for at in range(8)), "is not read"),
        (b"\xff\xfe", tuple(f"class {at}" for at in range(8)), "is not read"),
        (b"names: 3", tuple(f"class {at}" for at in range(8)), "no usable list of names"),
    ],
)
def test_names_are_read_safely(allowed: Path, content: bytes | None, classes: tuple[str, ...], note: str) -> None:
    found = folder_of(allowed, content)
    assert found.classes == classes
    assert any(note in words for words in found.notes), found.notes
    assert any("Images without a label file" in words for words in found.notes)
    boxes = found.annotations(0).bboxes
    assert boxes is not None
    np.testing.assert_allclose(boxes[1], [28, 12, 40, 18, 7], atol=1e-4)  # cut at the right border


def test_a_label_file_that_cannot_be_read_is_named(allowed: Path, tmp_path: Path) -> None:
    folder_of(allowed, b"names: [a, b]")
    (allowed / "labels/b.txt").write_bytes(b"\xff\xfe\x00")
    found = YoloSpec(path=str(allowed)).contents()
    assert [entry.name for entry in found.left_out] == ["labels/a.txt, line 2", "labels of images/b.jpg"]
    (allowed / "labels/b.txt").unlink()
    (tmp_path / "secret.txt").write_text("0 .5 .5 .1 .1")
    (allowed / "labels/b.txt").symlink_to(tmp_path / "secret.txt")
    found = YoloSpec(path=str(allowed), links="inside").contents()
    assert "leads outside" in found.left_out[1].reason
    Image.new("RGB", (4, 4)).save(allowed / "images/c.jpg")
    assert names_of(allowed, inside=True).classes == ("a", "b")


def test_names_are_texts_whatever_the_file_says_that_they_are(tmp_path: Path) -> None:
    for content, classes in (
        ("names: [!!bool x, !!timestamp x, !!int '', no, 07]", ("x", "x", "class 2", "no", "07")),
        ("names: [1" + ":1" * 300 + ".0]", ("1:" * 50,)),  # a number to the base of 60 for other loaders
    ):
        (tmp_path / "data.yaml").write_text(content)
        assert names_of(tmp_path, inside=True).classes == classes


@pytest.mark.parametrize("name", ["data.yaml", "classes.txt"])
def test_names_behind_a_link_that_leads_outside_are_not_read(allowed: Path, tmp_path: Path, name: str) -> None:
    folder_of(allowed, None)
    (tmp_path / "secret").write_text("names: [hunter2]")
    (allowed / name).symlink_to(tmp_path / "secret")
    found = YoloSpec(path=str(allowed), links="inside").contents()
    assert "hunter2" not in str((found.classes, found.notes))
    assert any(f"{name} is not read: it is a link" in words for words in found.notes)


def test_a_line_of_digits_is_looked_at_in_a_moment(allowed: Path) -> None:
    folder_of(allowed, None)
    (allowed / "labels/a.txt").unlink()
    for content, looks in (
        ("1 " + " ".join(["1" * 300] * 3) + "x", False),  # a regular expression once took minutes
        ("1 .5 0.5 1e-1", False),
        ("\ufeff\n 1.0 .5 0.5 1e-1 1. 3", True),
        ("1.5 .5 .5 .1 .1", False),
    ):
        (allowed / "labels/b.txt").write_text(content)
        assert YoloSpec.looks(allowed) is looks, content
