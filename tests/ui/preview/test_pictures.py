"""Any picture can be looked at: photographs, samples of data sets, uploads, with boxes and keypoints typed for them."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.draw import sources
from explorer.draw.pictures import FULL, NoPicture
from explorer.figures.palette import CLASS_COLORS, rgb
from explorer.ui.preview import pictures
from explorer.ui.preview.pictures import Seen
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET, Palette, View

NOBODY = Uploads("x" * 22)
RULES = TargetRules()


def seen(view: View, rules: TargetRules = RULES) -> Seen:
    return pictures.of_view(view, NOBODY, rules)


@pytest.fixture
def streets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder of two large pictures, one with a mask; its key."""
    folder = tmp_path / "sets" / "streets"
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        cv2.imwrite(str(folder / "images" / f"{name}.png"), rng.integers(0, 256, (1000, 2000, 3), np.uint8))
    mask = np.zeros((1000, 2000), np.uint8)
    mask[:500] = 3
    cv2.imwrite(str(folder / "masks" / "a.png"), mask)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "sets"))
    return f"mask_folder:{folder}"


def test_a_sample_of_a_folder_comes_with_its_mask_as_a_copy_that_says_so(streets: str) -> None:
    view = View(picture=DATA_SET, set_key=streets, split="all", index=0)
    picture, sample = seen(view).picture, sources.load(seen(view).subject).sample
    assert picture.size == sample.size == (512, 1024)
    assert picture.full_size == (1000, 2000)
    assert picture.is_copy
    assert any("2000 × 1000 px" in note for note in picture.notes)
    assert picture.mask
    assert sample.mask is not None
    assert set(np.unique(sample.mask)) == {0, 3}
    assert picture.class_names == ()  # the page names a value without a name by its number
    full = sources.load(pictures.subject(view, NOBODY, RULES, long_side=FULL))
    assert full.sample.size == (1000, 2000)
    assert not full.picture.is_copy


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"set_key": "mask_folder:/etc"}, "outside the folders"),
        ({"set_key": "mask_folder:../../etc"}, r"^\.\./\.\./etc is outside the folders"),
        ({"set_key": "shapes", "split": "nowhere"}, "no part"),
        ({"set_key": "shapes", "split": "train", "index": 10**9}, "no image"),
        ({"set_key": "pickle:/x"}, "no set"),
    ],
)
@pytest.mark.usefixtures("streets")
def test_a_sample_that_cannot_be_had_is_told(view: dict[str, object], words: str) -> None:
    with pytest.raises(NoPicture, match=words):
        seen(View(picture=DATA_SET, **view))  # type: ignore[arg-type]


def test_nothing_uploaded_yet_is_told_and_an_unknown_picture_is_the_first() -> None:
    with pytest.raises(NoPicture, match="Upload an image"):
        seen(View(picture=pictures.UPLOAD))
    assert seen(View(picture="no such picture")) == pictures.first(View(), RULES)


def test_typed_boxes_are_in_px_of_the_full_picture_and_scaled_with_its_copy(streets: str) -> None:
    view = View(picture=DATA_SET, set_key=streets, split="all", index=1, boxes="0 0 1000 500 2\n", points="100 50 1")
    found = seen(view)
    assert found.errors == {}
    scale, sample = 512 / 1000, sources.load(found.subject).sample
    assert sample.bboxes is not None
    assert sample.keypoints is not None
    np.testing.assert_allclose(sample.bboxes, [[0, 0, 1000 * scale, 500 * scale, 2]], rtol=1e-5)
    np.testing.assert_allclose(sample.keypoints, [[100 * scale, 50 * scale, 1]], rtol=1e-5)
    np.testing.assert_array_equal(found.picture.rows("bboxes"), sample.bboxes)
    np.testing.assert_array_equal(found.picture.rows("keypoints"), sample.keypoints)


@pytest.mark.parametrize(
    ("boxes", "rules", "words"),
    [
        ("600 10 900 90", {}, "Line 1"),
        ("10 10 60 60\n10 10 10 60", {}, "Line 2"),
        ("10 10 600 60", {"clip": False}, "512 px wide"),
        ("0.5 0.5", {"format": "yolo"}, "Line 1"),
        ("nan 0 1 1", {}, "Line 1"),
    ],
)
def test_typed_boxes_that_cannot_be_are_told_by_line_and_the_pictures_own_stay(
    boxes: str, rules: dict[str, object], words: str
) -> None:
    found = seen(View(boxes=boxes), TargetRules(boxes=BoxRules(**rules)))  # type: ignore[arg-type]
    own = seen(View()).picture
    assert words in found.errors["boxes"]
    assert found.picture == own
    assert found.picture.bboxes == own.bboxes


def test_a_keypoint_outside_is_told_unless_such_are_kept() -> None:
    view = View(points="900 20")
    assert "Line 1" in seen(view).errors["points"]
    kept = TargetRules(keypoints=PointRules(remove_invisible=False))
    found = seen(view, kept)
    assert found.errors == {}
    assert found.picture.keypoints == ((900, 20, 0),)
    assert found.picture.id != seen(View()).picture.id


def test_colors_of_classes_are_safe_from_the_file_or_chosen() -> None:
    picture = replace(seen(View()).picture, palette=((0, 0, 0), (1, 2, 3), (4, 5, 6)))
    assert pictures.classes(picture, View(palette=Palette.FILE)).colors == ((1, 2, 3), (4, 5, 6))
    counted = replace(picture, first=0)  # the value 0 is a class, and its color is the first of the file's
    assert pictures.classes(counted, View(palette=Palette.FILE)).colors == ((0, 0, 0), (1, 2, 3), (4, 5, 6))
    own = View(palette=Palette.OWN, colours=("#ff0000", "#00ff00"))
    assert pictures.classes(picture, own).colors == ((255, 0, 0), (0, 255, 0))
    safe = pictures.classes(picture, View()).colors
    assert safe == tuple(map(rgb, CLASS_COLORS))
    assert pictures.classes(seen(View()).picture, View(palette=Palette.FILE)).colors == safe
