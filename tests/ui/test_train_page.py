"""The Train page: good defaults, each mistake at its field, nothing lost, and a start that starts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.runs import launcher
from explorer.runs.config import loads
from explorer.runs.paths import list_runs
from explorer.ui.state import Key, train_key

APP = str(Path(__file__).resolve().parents[2] / "app.py")
PAGE = "explorer/ui/pages/train.py"


@pytest.fixture
def app() -> AppTest:
    page = AppTest.from_file(APP, default_timeout=120).run()
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def mistakes(app: AppTest) -> str:
    found = [text.value for text in app.markdown if text.value.startswith(":red[")] + [
        error.value for error in app.error
    ]
    return " ".join(found).replace("\\", "")


def images(folder: Path, count: int = 3) -> None:
    folder.mkdir(parents=True)
    for index in range(count):
        Image.new("RGB", (8, 8), (index, 0, 0)).save(folder / f"{index}.png")


def test_the_defaults_can_be_started_without_typing(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistakes(app) == ""
    monkeypatch.setitem(launcher.MODULES, "train", "tests.runs.trainer")
    app.button(key=Key.TRAIN_START).click().run()
    assert not app.exception
    (paths,) = list_runs()
    config = loads(paths.config.read_bytes())
    assert config.dataset.kind == "shapes"
    assert [node.transform for node in config.pipeline.nodes] == [
        "HorizontalFlip",
        "Affine",
        "RandomBrightnessContrast",
    ]  # type: ignore[union-attr]
    assert (config.backbone, config.weights, config.frozen) == ("efficientnet-lite0", "imagenet", True)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("learning_rate", "0", "Learning rate must be above 0"),
        ("learning_rate", "nan", "Learning rate must be an ordinary number"),
        ("learning_rate", "fast", "Learning rate must be a number"),
        ("batch_size", 10_000, "Batch size must be at most 1024"),
        ("batch_size", 500, "has only 240 training images"),
        ("epochs", 0, "Epochs must be at least 1"),
        ("image_size", 8, "Image size must be at least 32"),
        ("label_smoothing", 1.0, "Label smoothing must be below 1"),
        ("num_classes", 1, "at least 2"),
        ("noise", 3.0, "at most 1"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_starts(
    app: AppTest, field: str, value: object, words: str
) -> None:
    kind = app.text_input if isinstance(value, str) else app.number_input
    kind(key=train_key(field)).set_value(value).run()
    assert words in mistakes(app)
    app.button(key=Key.TRAIN_START).click().run()
    assert "needs a look first" in mistakes(app)
    assert list_runs() == ()


def test_what_was_typed_survives_a_reload(app: AppTest) -> None:
    app.number_input(key=train_key("epochs")).set_value(33).run()
    again = AppTest.from_file(APP, default_timeout=120)
    again.query_params["draft"] = app.session_state[Key.WORKSPACE].id
    again.switch_page(PAGE).run()
    assert again.number_input(key=train_key("epochs")).value == 33


def test_bce_with_more_than_two_classes_is_told_and_pos_weight_appears(app: AppTest) -> None:
    app.selectbox(key=train_key("loss")).set_value("bce").run()
    assert "Choose cross_entropy instead" in mistakes(app)
    app.number_input(key=train_key("num_classes")).set_value(2).run()
    app.text_input(key=train_key("pos_weight")).set_value("-1").run()
    assert "Positive-class weight must be above 0" in mistakes(app)


def test_precisions_that_the_machine_cannot_do_are_not_offered_and_it_says_why(app: AppTest) -> None:
    assert "16-mixed" not in app.selectbox(key=train_key("precision")).options
    assert any("16-mixed is not offered" in text.value.replace("\\", "") for text in app.caption)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda root: images(root / "a"), "one class only, a"),
        (lambda root: (images(root / "a"), (root / "b").mkdir()), "b has no images"),
        (lambda root: None, "There is no folder"),
    ],
    ids=["one class", "empty class", "no folder"],
)
def test_a_folder_that_cannot_be_used_is_named(
    make: Callable[[Path], object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "pictures")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.switch_page(PAGE).run()
    app.radio(key=train_key("dataset")).set_value("image_folder").run()
    app.text_input(key=train_key("path")).set_value(str(tmp_path / "pictures")).run()
    assert words in mistakes(app)
    app.text_input(key=train_key("path")).set_value("/etc").run()
    assert "outside the folders that this page may read" in mistakes(app)


def test_a_pipeline_with_a_mistake_is_told_with_the_way_back(app: AppTest) -> None:
    app.switch_page("explorer/ui/pages/augment.py").run()
    app.selectbox(key=Key.ADD).set_value("GaussNoise").run()
    node = app.session_state[Key.WORKSPACE].view.selected
    app.toggle(key=Key.EXACT).set_value(True).run()
    app.number_input(key=f"{node}:std_range:high").set_value(7.0).run()
    app.switch_page(PAGE).run()
    assert "The pipeline just built has a mistake" in mistakes(app)
    assert app.button(key=Key.TO_AUGMENT)
