"""What pages say about data sets: names of samples and of mask values, the range of deep images, what is not usable."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.data.depth import ValueRange
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import DATA_SET
from explorer.ui.train import checks, conversion
from tests.ui.conftest import APP


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An allowed folder with grey images of 12 bits in two classes, a set with masks, and a competition's folder."""
    root = tmp_path / "data"
    values = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    mask = np.arange(100, dtype=np.uint8).reshape(10, 10) % 3
    for name, pixels, suffix in (
        ("xray/ill", values, ".png"), ("xray/well", values // 2, ".png"),
        ("town/train", mask, ".jpg"), ("town/trainannot", mask, ".png"),
        ("kaggle/train_images", mask, ".png"), ("kaggle/test_images", mask, ".png"),
    ):  # fmt: skip
        (root / name).mkdir(parents=True)
        for index in range(6):
            Image.fromarray(pixels).save(root / name / f"{index}{suffix}")
    (root / "kaggle/train.csv").write_text("image,label")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(root))
    return root


def said(app: AppTest) -> str:
    return " ".join(each.value for kind in (app.caption, app.warning, app.error) for each in kind).replace("\\", "")


def test_augment_says_which_sample_it_is_and_what_its_mask_values_are_called(data: Path) -> None:
    (data / "town/classes.txt").write_text("sky\nroad\ncar")
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="picture").set_value(DATA_SET).run()
    app.selectbox(key=Key.SET).set_value(f"image_folder:{data / 'xray'}").run()
    app.number_input(key="index").set_value(7).run()
    assert "well/" in said(app)
    assert ".png, well" in said(app)
    assert "12 of 12 images were scaled from 16 to 8 bits" in said(app)
    assert "kaggle is not usable, because test_images/ and train_images/ are parts of a data set" in said(app)
    app.selectbox(key=Key.SET).set_value(f"mask_folder:{data / 'town'}").run()
    assert app.selectbox(key=Key.SPLIT).options == ["training"]
    assert "train/0.jpg" in said(app)
    assert "Mask values: 0 sky, 1 road, 2 car" in said(app)
    (data / "town/classes.txt").write_text("sky\nroad\ncar\ntree\nbird")
    app.selectbox(key=Key.SET).set_value(f"image_folder:{data / 'xray'}").run()
    app.selectbox(key=Key.SET).set_value(f"mask_folder:{data / 'town'}").run()
    assert "the value of the first name is open" in said(app)
    assert "Mask values: 1 sky, 2 road, 3 car" in said(app)
    app.radio(key="names_from").set_value(0).run()
    assert "Mask values: 0 sky, 1 road, 2 car" in said(app)
    assert not app.exception


def test_of_a_data_set_without_parts_it_is_said_that_only_those_that_train_are_counted(data: Path) -> None:
    for part, beside in (("images", "train"), ("masks", "trainannot")):
        shutil.copytree(data / "town" / beside, data / "field" / part)
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="picture").set_value(DATA_SET).run()
    app.selectbox(key=Key.SET).set_value(f"mask_folder:{data / 'field'}").run()
    assert app.selectbox(key=Key.SPLIT).options == ["all"]
    assert app.number_input(key="index").label == "Sample, of 5 that train"
    app.toggle(key="as_trained").set_value(False).run()
    assert app.number_input(key="index").label == "Sample, of 6"


def test_the_mask_value_of_the_first_name_is_asked_only_where_a_file_leaves_it_open(data: Path) -> None:
    names = data / "town/classes.txt"
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.switch_page("explorer/ui/pages/train.py").run()
    app.radio(key=widget_key("train", "dataset")).set_value("mask_folder").run()
    assert app.selectbox(key=widget_key("train", "masks_path")).value == str(data / "town")

    def asks() -> bool:
        return widget_key("train", "names_from") in [one.key for one in app.run().selectbox]

    assert not asks()
    names.write_text("background\nroad\ncar")
    assert not asks()
    names.write_text("sky\nroad\ncar")
    assert asks()
    app.selectbox(key=widget_key("train", "names_from")).set_value(0).run()
    names.unlink()
    assert asks()  # what was chosen stays to be seen
    assert not app.exception


def test_the_range_of_deep_images_is_shown_and_set_on_the_train_page(data: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.switch_page("explorer/ui/pages/train.py").run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    assert app.selectbox(key=widget_key("train", "path")).value == str(data / "xray")  # the only one of this format
    assert "the largest value was 4,095 (0 to 4,095 became 0 to 255)" in said(app)
    assert "town is not usable" not in said(app)  # it is trained on as another format
    assert "kaggle is not usable" in said(app)
    values = dict(app.session_state[Key.TRAIN_VALUES].values)
    for changes, expected in (
        ({"depth": "window"}, ValueRange(low=-160, high=240)),
        ({"depth": "range", "depth_low": "0", "depth_high": "1e3"}, ValueRange(low=0, high=1000)),
        ({"depth": "auto"}, "auto"),
    ):
        spec = conversion.dataset_spec(values | changes)
        assert spec is not None
        assert spec.depth == expected  # type: ignore[union-attr]
    app.selectbox(key=widget_key("train", "depth")).set_value("range").run()
    assert "Expected a number, but got ''" in " ".join(text.value for text in app.markdown)
    app.text_input(key=widget_key("train", "depth_low")).set_value("1000").run()
    app.text_input(key=widget_key("train", "depth_high")).set_value("2000").run()
    assert "(1,000 to 2,000 became 0 to 255)" in said(app)
    assert "12 of 12 images have values outside of this range, which are cut." in said(app)
    (data / "xray/ill/0.png").write_bytes(b"")
    checks.opened.clear()
    app.run()
    assert "ill/0.png is empty (0 bytes)" in " ".join(text.value for text in app.markdown).replace("\\", "")
    assert not app.exception
