"""The Data page without a browser: the first visit, a data set of one's own, and what is shown of a damaged one."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from explorer.data.overview import saved
from explorer.data.overview.sampling import USUAL
from explorer.texts import Data as T
from explorer.ui.data import measuring, opened
from explorer.ui.session.keys import Key, widget_key
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/data.py"


@pytest.fixture
def insects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ants and bees, of which one file is cut off."""
    root = tmp_path / "data" / "insects"
    generator = np.random.default_rng(0)
    for name, count in (("ants", 4), ("bees", 6)):
        for part in ("train", "val"):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = generator.integers(0, 255, (24, 32, 3), np.uint8)
                Image.fromarray(pixels).save(root / part / name / f"{number}.png")
    damaged = root / "train" / "ants" / "0.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(root.parent))
    return root


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def sets_of(app: AppTest) -> Selectbox:
    return next(box for box in app.selectbox if box.label == T.SET)


def words(app: AppTest) -> str:
    return "\n".join(str(block.value) for kind in (app.markdown, app.caption, app.error) for block in kind).replace(
        "\\", ""
    )


def test_the_first_visit_shows_a_data_set_that_was_found_with_what_was_measured_of_it(insects: Path) -> None:
    app = open_page()
    key = f"image_folder:{insects}"
    assert "20 images in 2 classes: 10 in training, 10 in validation. Nothing was left out." in words(app)
    assert app.query_params["data"] in (key, [key])
    spec = opened.spec_of(key)
    job = measuring.JOBS.get(saved.key(spec, USUAL))
    assert job is not None
    assert job.wait(60)
    app.run()
    assert not app.exception
    assert "1 does not decode." in words(app)
    topics = app.segmented_control(key=f"data_topic:{key}")
    assert topics.options[-1] == "Files that do not decode (1)"
    for topic in ("light", "channels", "damaged"):
        topics.set_value(topic).run()
        assert not app.exception
    assert "1 of 20 measured files does not decode" in words(app)
    app.selectbox(key=f"data_sort:{key}").set_value("dark").run()
    assert "Only the 19 measured images can be put into this order." in words(app)


def test_a_wrong_format_is_said_and_can_be_corrected(insects: Path) -> None:
    app = open_page(data="shapes")
    assert "360 images in 6 classes" in words(app)
    sets_of(app).set_value(f"image_folder:{insects}").run()
    app.radio(key=f"data_format:{insects}").set_value(f"coco:{insects}").run()
    assert not app.exception
    assert app.button(key="data_train").disabled
    assert app.button(key="data_augment").disabled
    assert sets_of(app).options.count("insects") == 1
    app.button(key=f"data_recognized:coco:{insects}").click().run()
    assert "20 images in 2 classes" in words(app)
    assert not app.button(key="data_train").disabled
    # A busy browser may send an older choice of the format together with another data set.
    app.radio(key=f"data_format:{insects}").set_value(f"yolo:{insects}")
    sets_of(app).set_value("shapes").run()
    assert "360 images in 6 classes" in words(app)


def test_back_is_not_undone_by_a_busy_browser_that_still_shows_the_data_set_before(insects: Path) -> None:
    app = open_page(data=f"image_folder:{insects}")
    sets_of(app).set_value("shapes").run()
    before = sets_of(app).root.get_widget_states()
    app.query_params["data"] = f"image_folder:{insects}"
    app.run()
    assert "20 images in 2 classes" in words(app)
    app._run(before)  # something else happened on the page that was drawn before the step back
    assert "20 images in 2 classes" in words(app)
    assert sets_of(app).value == f"image_folder:{insects}"
    sets_of(app).set_value("shapes").run()
    assert "360 images in 6 classes" in words(app)


def test_the_radio_of_the_format_begins_at_the_format_of_the_page(insects: Path) -> None:
    app = open_page(data=f"yolo:{insects}")
    radio = app.radio(key=f"data_format:{insects}")
    assert radio.options[radio.proto.default].startswith("YOLO")


def test_an_address_without_a_data_set_says_so() -> None:
    app = open_page(data="image_folder:/etc")
    assert not app.exception
    assert "outside the folders that this page may read" in words(app)


def test_columns_of_a_table_that_were_not_recognized_can_be_named_in_the_page(insects: Path) -> None:
    rows = [f"train/{kind}/{number}.png,{kind}" for kind in ("ants", "bees") for number in range(1, 4)]
    (insects / "table.csv").write_text("\n".join(["where_it_is,what_it_is", *rows]))
    key = f"csv:{insects / 'table.csv'}"
    app = open_page(data=key)
    assert "cannot be read as table" in words(app)
    app.text_input(key="data_read:image_column").set_value("where_it_is").run()
    assert "label or class or target" in words(app)
    columns = {"image_column": "where_it_is", "label_column": "what_it_is"}
    named = open_page(data=key, read=json.dumps(columns))
    assert "6 images in 2 classes" in words(named)
    assert not named.warning
    assert named.text_input(key="data_read:label_column").value == "what_it_is"
    assert named.text_input(key="data_read:group_column").placeholder == "recognized: none"
    assert "Images by where_it_is, labels by what_it_is." in words(named)
    broken = open_page(data=key, read='{"image_column": 3, "path": "/etc", "kind"')
    assert "cannot be read as table" in words(broken)
    assert "The address is damaged" in broken.warning[0].value
    odd = json.dumps(columns | {"encoding": "utf-7", "group_column": "\ud800"})
    for text in (odd, "[" * 3000, json.dumps(columns | {"folder": "a" * 20_000})):
        app = open_page(data=key, read=text)
        assert not app.exception
        assert "The address is damaged" in app.warning[0].value


def test_rows_that_cannot_be_used_are_left_out_of_runs_only_where_a_person_says_so(insects: Path) -> None:
    rows = [f"{number},{kind}" for number, kind in ((1, "ants"), (2, "bees"), (4, "bees"), (5, "bees"), (9, "bees"))]
    table = insects / "val" / "ids.csv"
    table.write_text("\n".join(["id,label", *rows]).replace("1,", "bees/1,").replace("2,", "bees/2,"))
    app = open_page(data=f"csv:{table}")
    assert "1 row or file cannot be used" in words(app)
    assert "refuses to start" in words(app)
    app.toggle(key="data_skip").set_value(True).run()
    assert not app.exception
    app.button(key="data_train").click().run()
    assert not app.exception
    assert not app.error
    assert app.checkbox(key="train:skip_unusable").value is True


def test_a_table_with_several_labels_is_trained_on_as_it_was_recognized(insects: Path) -> None:
    table = insects / "val" / "labels.csv"
    rows = [f"bees/{number}.png,{labels}" for number, labels in enumerate(("red|blue", "blue", "red", "blue|red"))]
    table.write_text("\n".join(["image,labels", *rows]))
    app = open_page(data=f"csv:{table}")
    assert "4 images with 2 labels, of which an image can have several" in words(app)
    app.button(key="data_train").click().run()
    app.switch_page("explorer/ui/pages/train.py").run()
    assert not app.exception
    form = app.session_state[Key.TRAIN_VALUES].values
    assert (form["csv_path"], form["several"], form["recognized"]) == (str(table), "auto", "labels")
    assert "Labels of an image must be" not in words(app)


def test_arrays_with_several_labels_are_trained_on_as_they_were_recognized(insects: Path) -> None:
    file = insects / "bands.npz"
    labels = np.random.default_rng(0).integers(0, 2, (12, 3), np.uint8)
    np.savez(file, train_images=np.zeros((12, 8, 8), np.uint8), train_labels=labels)
    app = open_page(data=f"medmnist:{file}")
    assert "12 images with 3 labels, of which an image can have several" in words(app)
    app.button(key="data_train").click().run()
    app.switch_page("explorer/ui/pages/train.py").run()
    assert not app.exception
    form = app.session_state[Key.TRAIN_VALUES].values
    assert (form["npz_path"], form["npz_several"], form["recognized"]) == (str(file), "auto", "labels")
    assert form["loss"] == "bce"


def test_photographs_and_street_scenes_are_understood_as_they_lie_in_their_folders(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", f"{real_data}{os.pathsep}{tmp_path}")
    said = words(open_page(data=f"image_folder:{real_data / 'hymenoptera'}"))
    assert "170 images in 2 classes: 120 in training, 50 in validation. Nothing was left out." in said
    said = words(open_page(data=f"mask_folder:{real_data / 'camvid'}"))
    assert "24 images with masks of 12 classes: 19 in training, 5 in validation. Nothing was left out." in said
    assert "A run learns each value, also 0" in said
    named = tmp_path / "named"
    shutil.copytree(real_data / "camvid", named)
    names = ["sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "person", "cyclist", "void"]
    (named / "classes.txt").write_text("\n".join(names))
    app = open_page(data=f"mask_folder:{named}")
    said = words(app)
    assert "24 images with masks of 11 classes and 1 value that does not count: 19 in training" in said
    assert "called by its number" not in said
    listed = "".join(block.proto.body for block in app.get("html"))
    assert "sky" in listed
    assert "11 void: neither learned nor counted" in listed
    app.button(key=widget_key("data_train")).click().run()
    app.switch_page("explorer/ui/pages/train.py").run()
    form = app.session_state[Key.TRAIN_VALUES].values
    assert (form["dataset"], form["masks_path"], form["ignore_index"]) == ("mask_folder", str(named), "auto")
