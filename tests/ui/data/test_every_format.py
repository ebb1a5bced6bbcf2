"""A small data set of every format, as the Data page, Augment and the laboratory show it, drawn by real workers."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from bench.damaged import annotations
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.targets import TargetRules
from explorer.data import picture_sets
from explorer.data.contents import NO_LABEL
from explorer.data.specs import OF_FILES
from explorer.draw.cells import Drawn
from explorer.draw.preview import Preview
from explorer.ui.background import asking
from explorer.ui.data import opened
from explorer.ui.data.album import Album
from explorer.ui.lab.places import Place, places
from explorer.ui.preview import pictures
from explorer.ui.preview.sources import Found
from explorer.ui.session.keys import Page
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET, View
from tests.data.formats.conftest import picture
from tests.draw.opening import side
from tests.ui.conftest import APP

FLIP = Pipeline(nodes=(Step(id="flip", transform="HorizontalFlip", p=1.0),))
UPLOADS = Uploads("u" * 22)
MADE = {
    "coco": "coco", "yolo": "yolo", "voc": "voc", "mask_folder": "masks", "medmnist": "small.npz",
    "image_folder": "insects", "csv": "table.csv",
}  # fmt: skip
SAID = {
    "coco": "3 images with", "yolo": "3 images with", "voc": "2 images with 6 boxes of 1 class",
    "mask_folder": "2 images with masks of 1 class and 1 value that does not count",
    "medmnist": "8 images in 2 classes",
    "image_folder": "4 images in 2 classes", "csv": "4 images in 2 classes",
}  # fmt: skip


class Have(NamedTuple):
    """What the first image of a data set comes with."""

    mask: bool = False
    boxes: bool = False
    keypoints: bool = False


ALL = Have(mask=True, boxes=True, keypoints=True)
HAVE = {"coco": ALL, "yolo": ALL, "voc": Have(boxes=True), "mask_folder": Have(mask=True)}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Data sets in every format, which pages may read."""
    made = tmp_path_factory.mktemp("모든 sets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA_ROOTS", str(made))
        annotations.make(made)
        files = [made / "insects" / name / f"{number}.png" for name in ("ants", "bees") for number in range(2)]
        for file in files:
            picture(file)
        with (made / "table.csv").open("w", newline="") as table:
            rows = [(file.relative_to(made), file.parent.name) for file in files]
            csv.writer(table).writerows([("image", "label"), *rows])
        yield made


@pytest.fixture(autouse=True)
def _allowed(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - which clears it
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))


def test_there_is_a_data_set_of_each() -> None:
    assert set(MADE) == set(SAID) == set(OF_FILES)


@pytest.mark.parametrize("kind", OF_FILES)
def test_the_data_page_shows_it(kind: str, folder: Path) -> None:
    key = f"{kind}:{folder / MADE[kind]}"
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = key
    app.switch_page(Page.DATA).run()
    assert not app.exception
    assert not app.error
    assert any(SAID[kind] in block.value.replace("\\", "") for block in app.markdown)
    found = opened.of_key(key)
    album = Album(found)
    for index in range(len(found.contents)):
        assert asking.wait_for(album.small(index)).picture
        assert album.caption(index).title
    views = [asking.wait_for(view.request).picture for view in album.large(0)]
    annotated = kind in HAVE
    assert len(set(views)) == 1 + annotated
    assert annotated or found.contents.label[0] != NO_LABEL


@pytest.mark.parametrize("kind", OF_FILES)
def test_augment_and_the_laboratory_draw_it(kind: str, folder: Path) -> None:
    place = folder / MADE[kind]
    chosen = picture_sets.typed(str(place))
    assert chosen.key == f"{kind}:{place}"
    view = View(picture=DATA_SET, set_key=chosen.key, split=chosen.splits[0])
    seen = pictures.of_view(view, UPLOADS, TargetRules())
    found = Found(seen.subject, seen.picture, pictures.classes(seen.picture, view))
    shown = asking.wait_for(Preview(found.subject, FLIP, 0, found.classes))
    have = HAVE.get(kind, Have())
    for name in ("before", "after"):
        drawn = side(shown.frame, name)
        assert Have(drawn.mask is not None, bool(drawn.boxes), bool(drawn.keypoints)) == have
    if have.boxes:
        before, after = side(shown.frame, "before"), side(shown.frame, "after")
        left, right = before.boxes[0][0], before.boxes[0][2]
        assert after.boxes[0][0] == pytest.approx(before.width - right)
        assert after.boxes[0][2] == pytest.approx(before.width - left)
    if not any(have):
        assert found.picture.label is not None
        assert found.picture.class_names[found.picture.label]

    cells = places(view, UPLOADS, found, TargetRules(), 2)
    assert len(cells) == 2
    for cell in cells:
        with_targets, without = (_cell(cell, targets=targets) for targets in (True, False))
        assert without.picture
        if cell is cells[0]:  # of some data sets only the first image has annotations
            assert (with_targets.picture != without.picture) == any(have)


def _cell(place: Place, *, targets: bool) -> Drawn:
    spec = place.cell(FLIP, 0, targets)
    assert spec is not None, place.message
    drawn = asking.wait_for(spec.request)
    assert isinstance(drawn, Drawn)
    return drawn
