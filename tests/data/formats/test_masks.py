"""Masks in every layout and coding, each read by the app and by plain numpy and OpenCV."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.images import decode_mask
from explorer.data.mask_colors import colors_of
from tests.data.formats.conftest import picture

VALUES = np.arange(1200, dtype=np.uint8).reshape(30, 40) // 7 % 3
COLORS = np.array([[0, 0, 0], [64, 128, 64], [192, 0, 128]], np.uint8)


def save(file: Path, mask: NDArray[np.uint8]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask).save(file)


def read_both(folder: Path) -> list[NDArray[np.uint8]]:
    """The masks of all images as Data and as Augment show them, which are the same."""
    found, key = MaskFolderSpec(path=str(folder)).contents(), f"mask_folder:{folder}"
    sizes = picture_sets.opened(key).sizes
    places = {picture_sets.name_of(key, part, at): (part, at) for part, size in sizes.items() for at in range(size)}
    masks = []
    for index in range(len(found)):
        mask = found.annotations(index).mask
        assert mask is not None
        masks.append(mask() if callable(mask) else decode_mask(mask))
        part, within = places[found.ids[index]]
        shown = picture_sets.load(key, part, within)
        np.testing.assert_array_equal(shown.sample.mask, masks[-1])
        assert int(masks[-1][masks[-1] != 255].max()) < len(found.mask_classes)
    return masks


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("{}.jpg", "{}_mask.png"),
        ("{}.jpg", "{}_seg.png"),
        ("{}.jpg", "{}-label.png"),
        ("{0}/{0}.tif", "{0}/{0}_mask.tif"),
        ("train/{}.jpg", "train/{}_label.png"),
        ("images/{}.jpg", "masks/{}_mask.png"),
        ("JPEGImages/{}.jpg", "SegmentationClass/{}.png"),
        ("train/{}.jpg", "trainannot/{}.png"),
    ],
)
def test_a_mask_is_found_by_the_name_of_its_image(allowed: Path, image: str, mask: str) -> None:
    folder = allowed / "set"
    for name in ("사진 1", "b_2"):
        picture(folder / image.format(name))
        save(folder / mask.format(name), VALUES)
    assert [each.key for each in picture_sets.offer().sets][2:] == [f"mask_folder:{folder}"]
    for found in read_both(folder):
        np.testing.assert_array_equal(found, VALUES)


@pytest.mark.parametrize("layout", ["masks/{name}/{label}.png", "masks/{name}_{label}.png", "masks/{label}/{name}.png"])
def test_one_file_for_each_class_becomes_one_mask(allowed: Path, layout: str) -> None:
    folder = allowed / "set"
    for name in ("a", "a_b"):
        picture(folder / f"images/{name}.jpg")
        for value, label in enumerate(("car", "road"), 1):
            save(folder / layout.format(name=name, label=label), np.where(value == VALUES, 255, 0).astype(np.uint8))
    for found in read_both(folder):
        np.testing.assert_array_equal(found, VALUES)
    assert MaskFolderSpec(path=str(folder)).contents().mask_classes == ("background", "car", "road")
    save(folder / layout.format(name="a", label="car"), np.full((30, 40), 255, np.uint8))
    _, notes = MaskFolderSpec(path=str(folder)).pictures().load("all", 0)
    assert any("belongs to several classes" in note for note in notes)


def test_classes_of_one_name_and_names_of_several_lines_are_refused_wherever_they_come_from(allowed: Path) -> None:
    for kind, layout in (("colors", "masks/a.png"), ("files", "masks/a/ro\nad.png")):
        folder = allowed / kind
        picture(folder / "images/a.jpg")
        save(folder / layout, COLORS[VALUES] if kind == "colors" else VALUES * 127)
        (folder / "label_colors.txt").write_text("64 128 64 car\n0 0 0 void\n192 0 128 car\n")
        with pytest.raises(DatasetError, match="one name to 2 classes: car" if kind == "colors" else "can be printed"):
            MaskFolderSpec(path=str(folder)).contents()


def test_lines_of_colors_are_read_in_a_moment_however_they_are_written(allowed: Path) -> None:
    for line, name in (
        ("a" + "," * 90_000 + "x", None),  # a regular expression once took minutes
        ("a b," * 20_000 + "1,2,3 ", ("a b," * 20_000)[:100]),
        (" 1, 2, 3 ;\ttraffic light, red ", "traffic light, red"),
        ("traffic light, red: 1 2 3::", "traffic light, red"),
        ("1 2 3", None),
        (",1,2,3", None),
        ("1 2 3000 a", None),
    ):
        (allowed / "label_colors.txt").write_text(line)
        found = colors_of(allowed)[1]
        assert found == ({} if name is None else {(1, 2, 3): name}), line[:20]


@pytest.mark.parametrize(
    ("file", "content", "names", "last"),
    [
        ("", "", ("background", "#408040", "#c00080"), 255),
        (
            "label_colors.txt",
            "64 128 64\tAnimal\n0 0 0\t\tVoid\n192 0 128\tArch way\n",
            ("Animal", "Void", "Arch way"),
            255,
        ),
        ("class_dict.csv", "name,r,g,b\nVoid,0,0,0\nAnimal,64,128,64\n9,8,7\n", ("Void", "Animal"), 255),
        ("labelmap.txt", "# label:color_rgb:parts:actions\nsky:0,0,0::\ntree:192,0,128::\n", ("sky", "tree"), 255),
        ("classes.json", '{"Void": [0, 0, 0], "far": [300, 0, 0], "Arch": [192, 0, 128]}', ("Void", "Arch"), 255),
        ("classes.json", '[{"name": "Void", "color": [0, 0, 0]}]', ("Void",), 255),
    ],
)
def test_colors_are_classes_with_the_names_that_a_file_gives(
    allowed: Path, file: str, content: str, names: tuple[str, ...], last: int
) -> None:
    folder = allowed / "set"
    for name in ("a", "b"):
        picture(folder / f"images/{name}.jpg")
        save(folder / f"masks/{name}.png", COLORS[VALUES])
    save(folder / "masks/b.png", COLORS[np.zeros_like(VALUES)])  # all black, so that it could be gray too
    if file:
        (folder / file).write_text(content)
    first, second = read_both(folder)
    found = MaskFolderSpec(path=str(folder)).contents()
    assert found.mask_classes == names
    known = {"Animal": 1, "#408040": 1, "tree": 2, "Arch": 2, "Arch way": 2, "#c00080": 2}  # others are black
    expected = np.full(VALUES.shape, last, np.uint8)
    for at, name in enumerate(names):
        expected[known.get(name, 0) == VALUES] = at
    np.testing.assert_array_equal(first, expected)
    assert (second == expected[0, 0]).all()
    assert any("#000000" in note and "%" in note for note in found.notes)


def test_a_mask_of_two_values_is_a_class_and_jpeg_is_told(allowed: Path) -> None:
    folder = allowed / "set"
    inside = np.zeros((30, 40), np.uint8)
    inside[8:24, 8:32] = 255
    for name in ("a", "b"):
        picture(folder / f"images/{name}.png")
        save(folder / f"masks/{name}.jpg", inside)
    for found in read_both(folder):
        np.testing.assert_array_equal(found, inside // 255)
    notes = MaskFolderSpec(path=str(folder)).contents().notes
    assert any("JPEG" in note for note in notes)
    assert any("0 and 255" in note for note in notes)


def test_what_fits_nothing_is_listed_and_values_without_a_name_are_said(allowed: Path, tmp_path: Path) -> None:
    folder = allowed / "set"
    for name in ("a", "b", "c"):
        picture(folder / f"images/{name}.jpg")
    save(folder / "masks/a.png", np.full((30, 40), 9, np.uint8))
    save(folder / "masks/z.png", VALUES)
    save(folder / "masks/b.png", VALUES[:5])
    picture(tmp_path / "secret.png")
    (folder / "images/d.png").symlink_to(tmp_path / "secret.png")
    (folder / "classes.txt").write_text("background\nroad\ncar\n")
    found = MaskFolderSpec(path=str(folder)).contents()
    assert found.ids == ["images/a.jpg", "images/b.jpg"]
    assert {entry.name for entry in found.left_out} == {"masks/z.png", "images/d.png", "images/c.jpg"}
    assert any("1 of 3 images in images have no mask" in note for note in found.notes)
    _, notes = MaskFolderSpec(path=str(folder)).pictures().load("all", 0)
    assert "The mask has values that have no name: 9." in notes


def test_camvid_is_what_plain_opencv_reads(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = real_data / "camvid"
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(real_data))
    found = MaskFolderSpec(path=str(folder)).contents()
    assert (len(found), found.parts, found.left_out) == (24, ("train", "val"), ())
    for index, name in enumerate(found.ids):
        mask = found.annotations(index).mask
        assert isinstance(mask, Path)
        plain = cv2.imread(str(folder / "masks" / f"{Path(name).stem}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(decode_mask(mask), plain)


def test_images_that_differ_in_their_suffix_only_are_both_shown(allowed: Path) -> None:
    folder = allowed / "set"
    for suffix in ("jpg", "png"):
        picture(folder / f"images/a.{suffix}")
    save(folder / "masks/a.png", VALUES)
    assert MaskFolderSpec(path=str(folder)).contents().ids == ["images/a.jpg", "images/a.png"]
    assert len(read_both(folder)) == 2
