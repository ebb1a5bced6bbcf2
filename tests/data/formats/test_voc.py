"""Pascal VOC read by the app and by plain xml.etree, and every way in which such files can be wrong."""

import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.data import picture_sets
from explorer.data.formats.voc import VocSpec
from explorer.data.marks.xml import BadXml, parsed
from tests.data.formats.conftest import picture

OBJECT = (
    "<object><name>{name}</name><difficult>{difficult}</difficult><truncated>0</truncated><bndbox><xmax>{right}</xmax>"
    "<xmin>{left}</xmin><ymin>{top}</ymin><ymax>{bottom}</ymax></bndbox></object>"
)
SIZE = "<size><width>40</width><height>30</height><depth>3</depth></size>"


def document(objects: str, size: str = SIZE, filename: str = "a.jpg") -> str:
    return f"<annotation><filename>{filename}</filename>{size}{objects}</annotation>"


def one(
    name: str = "dog", left: object = 5, top: object = 6, right: object = 20, bottom: int = 21, hard: int = 0
) -> str:
    return OBJECT.format(name=name, left=left, top=top, right=right, bottom=bottom, difficult=hard)


@pytest.fixture
def kennel(allowed: Path) -> Path:
    """Five images with one to three boxes, three to train on and one to validate on."""
    folder, draw = allowed / "kennel", np.random.default_rng(0)
    for part in ("Annotations", "ImageSets/Main"):
        (folder / part).mkdir(parents=True)
    for at in range(5):
        picture(folder / f"JPEGImages/{at}.jpg")
        edges = [(int(draw.integers(1, 20)), int(draw.integers(1, 15))) for _ in range(at % 3 + 1)]
        boxes = "".join(one(("cat", "dog")[at % 2], x, y, x + 10, y + 9, at % 2) for x, y in edges)
        (folder / f"Annotations/{at}.xml").write_text(document(boxes, filename=f"{at}.jpg"))
    (folder / "ImageSets/Main/train.txt").write_text("0\n1 \n2 -1\n")
    (folder / "ImageSets/Main/val.txt").write_text("3\n9\n")
    (folder / "ImageSets/Main/cat_train.txt").write_text("0 1\n")
    return folder


def test_boxes_are_those_of_plain_elementtree(kennel: Path) -> None:
    found = VocSpec(path=str(kennel)).contents()
    assert (found.parts, found.classes) == (("train", "val"), ("cat", "dog"))
    assert found.ids == [f"JPEGImages/{at}.jpg" for at in range(4)]
    assert found.part.tolist() == [0, 0, 0, 1]
    for index, own in enumerate(found.ids):
        tree = ElementTree.parse(kennel / "Annotations" / f"{Path(own).stem}.xml")
        expected = [
            [
                float(box.findtext(f"bndbox/{edge}", "")) - (edge in ("xmin", "ymin"))
                for edge in ("xmin", "ymin", "xmax", "ymax")
            ]
            + [found.classes.index(box.findtext("name", ""))]
            for box in tree.iter("object")
        ]
        np.testing.assert_allclose(found.annotations(index).bboxes, expected)
        shown = picture_sets.load(f"voc:{kennel}", found.parts[found.part[index]], index % 3)
        np.testing.assert_allclose(shown.sample.bboxes, expected)
        assert shown.classes == ("cat", "dog")
    assert [entry.name for entry in found.left_out] == ["ImageSets/Main/val.txt, 9", "Annotations/4.xml"]
    assert any("counted from 1" in note for note in found.notes)
    assert "Objects that are marked as difficult, which are kept: 3." in found.notes
    assert [each.key for each in picture_sets.offer().sets][2:] == [f"voc:{kennel}"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (one(left=20, right=5), "xmax below xmin"),
        (one(top="nan"), "ordinary numbers"),
        (one(top="1e999"), "ordinary numbers"),
        (one(top="six"), "ordinary numbers"),
        (one(name=" "), "no name"),
        ("<object><name>x</name></object>", "needs a bndbox"),
        (one(left=41, right=60), "no area in the image"),
    ],
)
def test_one_bad_object_is_left_out_with_its_reason(kennel: Path, bad: str, reason: str) -> None:
    (kennel / "Annotations/0.xml").write_text(document(one() + bad))
    found = VocSpec(path=str(kennel)).contents()
    assert found.left_out[-1].name.startswith("Annotations/0.xml") or found.left_out[2].name.startswith(
        "Annotations/0.xml"
    )
    assert any(reason in entry.reason for entry in found.left_out)
    np.testing.assert_allclose(found.annotations(0).bboxes, [[4, 5, 20, 21, 1]])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><annotation/>'.encode("utf-16"), "DOCTYPE"),
        (b"<a>" * 60, "nested too deeply"),
        (b"<annotation>", "not XML, or cut off"),
        (b"", "not XML, or cut off"),
        (b"\x00\x01", "not XML, or cut off"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "not XML, or cut off"),
        (b"<a>&b;</a>", "not XML, or cut off"),
    ],
)
def test_documents_that_are_dangerous_or_damaged_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadXml, match=reason):
        parsed(content)


def test_files_that_cannot_be_used_and_sizes_that_disagree_are_said(kennel: Path, tmp_path: Path) -> None:
    (kennel / "Annotations/1.xml").write_text("<annotation>")
    (kennel / "JPEGImages/2.jpg").unlink()
    picture(tmp_path / "secret.jpg")
    (kennel / "Annotations/2.xml").write_text(document(one(), filename="../../../secret.jpg"))
    (kennel / "Annotations/0.xml").write_text(document(one(left=0), SIZE.replace("40", "80")))
    found = VocSpec(path=str(kennel)).contents()
    assert found.ids == ["JPEGImages/0.jpg", "JPEGImages/3.jpg"]
    reasons = {entry.name: entry.reason for entry in found.left_out}
    assert "cut off" in reasons["Annotations/1.xml"]
    assert "not in the data set" in reasons["Annotations/2.xml"]
    assert any("counted from 0" in note for note in found.notes)
    assert any("1 of 2 images that were looked at have another size" in note for note in found.notes)
    _, notes = VocSpec(path=str(kennel)).pictures().load("train", 0)
    assert any("80 × 30 px, and this one has 40 × 30 px" in note for note in notes)


def test_a_pipe_is_not_waited_for(kennel: Path) -> None:
    (kennel / "Annotations/1.xml").unlink()
    os.mkfifo(kennel / "Annotations/1.xml")
    found = VocSpec(path=str(kennel)).contents()
    assert any(entry.name == "Annotations/1.xml" and "cannot be read" in entry.reason for entry in found.left_out)
