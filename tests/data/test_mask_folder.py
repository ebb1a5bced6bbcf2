"""Pictures beside their masks, and every way in which such a folder can be wrong."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.dataset import DatasetError
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.mask_layouts import looks_like_mask_folder
from explorer.data.pictures import Pictures
from explorer.data.roots import OutsideRoots
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError

MASK = np.arange(120, dtype=np.uint8).reshape(10, 12) % 4
MASK[0, 0] = 255  # "ignore", by custom


@pytest.fixture
def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures of 12 × 10 px with masks, inside an allowed folder."""
    folder = tmp_path / "allowed" / "street"
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    for index, name in enumerate(("a", "b", "c d")):
        Image.new("RGB", (12, 10), (index * 20, 0, 0)).save(folder / "images" / f"{name}.jpg")
        Image.fromarray(MASK).save(folder / "masks" / f"{name}.png")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder.parent))
    return folder


def opened(folder: Path) -> Pictures:
    return MaskFolderSpec(path=str(folder)).pictures()


def test_a_picture_comes_with_its_mask_unchanged(street: Path) -> None:
    assert looks_like_mask_folder(street)
    found = opened(street)
    assert [found.name("all", index) for index in range(found.sizes["all"])] == [
        "images/a.jpg",
        "images/b.jpg",
        "images/c d.jpg",
    ]
    sample, notes = found.load("all", 2)
    assert sample.id == "images/c d.jpg"
    np.testing.assert_array_equal(sample.mask, MASK)
    assert notes == ()


def test_a_palette_gives_class_indices(street: Path) -> None:
    palette = Image.fromarray(MASK, "P")
    palette.putpalette([0, 0, 0, 255, 0, 0] * 128)
    palette.save(street / "masks" / "a.png")
    np.testing.assert_array_equal(opened(street).load("all", 0)[0].mask, MASK)


def test_a_picture_without_mask_is_shown_and_it_is_said(street: Path) -> None:
    (street / "masks" / "b.png").unlink()
    Image.fromarray(MASK).save(street / "images" / "b.jpg")  # grey, which is said too
    sample, notes = opened(street).load("all", 1)
    assert sample.mask is None
    assert "Grayscale" in notes[0]
    assert notes[1] == "This image has no mask: there is no file named b among the masks."


def test_a_mask_of_another_size_is_named_with_its_picture(street: Path) -> None:
    Image.fromarray(MASK[:5]).save(street / "masks" / "a.png")
    with pytest.raises(SampleError, match=r"masks/a.png does not fit images/a.jpg. The mask is 12 × 5 px, but"):
        opened(street).load("all", 0)


def test_a_mask_in_colours_and_a_damaged_one_are_named(street: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (10, 12, 3), np.uint8)).save(street / "masks" / "a.png")
    (street / "masks" / "b.png").write_bytes(b"")
    with pytest.raises(ImageError, match=r"masks/a.png has colors"):
        opened(street).load("all", 0)
    with pytest.raises(ImageError, match=r"masks/b.png is empty"):
        opened(street).load("all", 1)


def test_a_link_that_leads_outside_is_refused(subtests: pytest.Subtests, street: Path, tmp_path: Path) -> None:
    for name in ["images/a.jpg", "masks/a.png"]:
        with subtests.test(name=name):
            (street / name).rename(tmp_path / "secret")
            (street / name).symlink_to(tmp_path / "secret")
            with pytest.raises(OutsideRoots):
                opened(street).load("all", 0)


def test_nothing_is_listed_or_read_through_a_link_that_leads_outside(
    subtests: pytest.Subtests, street: Path, tmp_path: Path
) -> None:
    (street / "classes.txt").write_text("road")
    for name in ["images", "masks", "classes.txt"]:
        with subtests.test(name=name):
            (street / name).rename(tmp_path / "secret")
            (street / name).symlink_to(tmp_path / "secret")
            with pytest.raises(OutsideRoots):
                opened(street)
            (street / name).unlink()
            (tmp_path / "secret").rename(street / name)


def test_names_are_of_the_values_that_the_masks_have_and_where_that_is_open_it_is_said(street: Path) -> None:
    """The masks have the values 0 to 3, and 255 for what is ignored."""
    assert opened(street).names.names == ()
    for file, content, classes, first, sure in (
        ("classes.txt", "road\r\n\n  car \nsky\n", ("road", "car", "sky"), 1, True),
        ("classes.txt", "background\nroad\ncar\nsky", ("road", "car", "sky"), 1, True),
        ("classes.txt", "\ufeff_Background_\nroad", ("road",), 1, True),
        ("classes.txt", "sky\nbuilding\npole\nroad", ("sky", "building", "pole", "road"), 0, True),
        ("classes.txt", "a\nb\nc\nd\ne\nf", ("a", "b", "c", "d", "e", "f"), 1, False),
        ("classes.txt", "", (), 1, True),
        ("classes.json", '["하늘", "도로", "나무", "차"]', ("하늘", "도로", "나무", "차"), 0, True),
    ):
        (street / file).write_text(content, encoding="utf-8")
        names = opened(street).names
        assert (names.classes, names.first_class, names.sure) == (classes, first, sure), content
        if not sure:
            assert names.counted_from(0).first_class == 0
            assert names.counted_from(0).classes == classes
            assert "values up to 3" in names.reason
        else:
            assert names.counted_from(0) == names


def test_a_file_of_names_that_is_not_one_is_named(subtests: pytest.Subtests, street: Path) -> None:
    for file, content, message in [
        ("classes.json", b'{"1": "road"}', "must be a list of names"),
        ("classes.json", b"[1, 2]", "must be a list of names"),
        ("classes.json", b"[" * 90_000, "is not a list of names"),
        ("classes.json", b"[" + b"9" * 5000 + b"]", "is not a list of names"),
        ("classes.json", b"nothing", "is not a list of names"),
        ("classes.json", b'["a", ""]', "1 to 100 characters"),
        ("classes.json", '["a", "b\u202e"]'.encode(), "1 to 100 characters"),
        ("classes.txt", b"a\nb\na \n", "one name to 2 classes: a"),
        ("classes.txt", b"\xff\xfe", "is not text in UTF-8"),
        ("classes.txt", b"a\n" * 300, "at most 256 names"),
        ("classes.txt", b"a\n" * 60_000, "is larger than"),
    ]:
        with subtests.test(content[:20]):
            (street / file).write_bytes(content)
            with pytest.raises(DatasetError, match=rf"{file}.* {message}"):
                opened(street)
            (street / file).unlink()


def test_what_is_missing_is_named(street: Path) -> None:
    for path in (street / "images").iterdir():
        path.unlink()
    with pytest.raises(DatasetError, match=r"street/images has no images"):
        opened(street)
    (street / "images").rmdir()
    with pytest.raises(DatasetError, match=r"street has no images/ next to masks/"):
        opened(street)


def test_a_folder_lacking_either_does_not_look_like_one(street: Path) -> None:
    assert not looks_like_mask_folder(street.parent)
    for path in (street / "masks").iterdir():
        path.rename(path.with_suffix(".txt"))
    assert not looks_like_mask_folder(street)


def test_images_in_a_linked_folder_are_found(street: Path) -> None:
    for name in ("images", "masks"):
        (street / name).rename(street.parent / f"kept {name}")
        (street / name).mkdir()
        (street / name / "drives").symlink_to(street.parent / f"kept {name}")
    assert looks_like_mask_folder(street)
    assert opened(street).load("all", 2)
