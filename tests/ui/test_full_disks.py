"""A home on a disk that is full or read-only: people work on, with words, and nothing breaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import library
from explorer.augment.edits import add
from explorer.augment.pipeline import Draft, Step, validate
from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Common
from explorer.ui.preview import pictures
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import Workspace
from tests import disks
from tests.ui.conftest import APP, present_key
from tests.ui.session.test_uploads import GOOD

WRITTEN = {
    "full": (disks.fill, "No space left on device"),
    "read-only": (disks.make_read_only, "Read-only file system"),
}


@pytest.fixture(params=WRITTEN)
def reason(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """The reason why nothing can be written into a home that was used before; one pipeline is saved there."""
    spoil, words = WRITTEN[request.param]
    with disks.small_disk(home, megabytes=8) as disk:
        AppTest.from_file(APP, default_timeout=60).run()
        draft, _ = add(Draft(name="ants"), "HorizontalFlip", None)
        library.save(pipelines_folder(), validate(draft))
        spoil(disk)
        yield words


@pytest.fixture
def app(reason: str) -> AppTest:
    found = AppTest.from_file(APP, default_timeout=60).run()
    assert not found.exception
    assert reason
    return found


def work(app: AppTest) -> Workspace:
    found: Workspace = app.session_state[Key.WORKSPACE]
    return found


def plain(texts: object) -> str:
    return " ".join(text.value for text in texts).replace("\\", "")  # type: ignore[attr-defined]


def unwritten(app: AppTest, reason: str) -> bool:
    assert not app.exception
    return f"kept only in this window, and reloading would lose it: {reason}" in plain(app.warning)


def test_every_edit_on_augment_goes_on(app: AppTest, reason: str) -> None:
    for name in ("Blur", "Sharpen"):
        app.selectbox(key=Key.ADD).set_value(name).run()
        assert unwritten(app, reason)
    sharpen = work(app).view.selected
    assert sharpen
    app.slider(key=widget_key(sharpen, "p")).set_value(0.3).run()
    app.number_input(key="seed").set_value(5).run()
    steps = {node.transform: node.p for node in work(app).draft.nodes if isinstance(node, Step)}
    assert (steps["Sharpen"], "Blur" in steps, work(app).view.seed) == (0.3, True, 5)
    assert unwritten(app, reason)


def test_every_value_of_the_train_form_goes_on_and_stays_on_other_pages(app: AppTest, reason: str) -> None:
    app.switch_page("explorer/ui/pages/train.py").run()
    assert unwritten(app, reason)
    app.number_input(key=widget_key("train", "epochs")).set_value(13).run()
    app.radio(key=widget_key("train", "dataset")).set_value("digits").run()
    assert unwritten(app, reason)
    app.switch_page("explorer/ui/pages/augment.py").run()
    app.switch_page("explorer/ui/pages/train.py").run()
    assert app.number_input(key=widget_key("train", "epochs")).value == 13
    assert app.radio(key=widget_key("train", "dataset")).value == "digits"
    assert app.number_input(key=widget_key("train", "image_size")).value == 64
    assert unwritten(app, reason)


def test_the_laboratory_shows_all_that_it_has(app: AppTest, reason: str) -> None:
    app.switch_page("explorer/ui/pages/laboratory.py").run()
    for mode in ("sweep", "grid", "ab", "gallery", "statistics"):
        app.segmented_control(key="lab:mode").set_value(mode).run()
        assert work(app).view.lab.mode == mode
        assert unwritten(app, reason), mode


def test_the_other_pages_are_shown(app: AppTest) -> None:
    for page in ("runs", "help", "then_and_now"):
        app.switch_page(f"explorer/ui/pages/{page}.py").run()
        assert not app.exception, page


def test_what_is_done_to_saved_pipelines_is_refused_in_words(app: AppTest, reason: str) -> None:
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    app.run()
    form = {button.label: button for button in app.button if button.proto.is_form_submitter}
    app.text_input(key=Key.NAME).input("bees")
    form[Common.SAVE].click().run()
    assert reason in plain(app.toast)
    app.selectbox(key=Key.OPEN_SAVED).set_value("ants").run()
    app.button(key="delete_saved").click().run()
    assert not app.exception
    if reason == "Read-only file system":  # a full disk lets go of what is deleted
        assert reason in plain(app.toast)
        assert library.names(pipelines_folder()) == ("ants",)


def test_a_preset_is_opened(app: AppTest, reason: str) -> None:
    app.button(key="presets").click().run()
    app.button(key=widget_key("preset", "light")).click().run()
    assert work(app).draft.name == "Light"
    assert unwritten(app, reason)


def test_an_upload_is_refused_in_words(app: AppTest, reason: str) -> None:
    app.selectbox(key="picture").set_value(pictures.UPLOAD).run()
    app.file_uploader(key=widget_key("upload", work(app).id, "picture")).upload("leaf.png", GOOD, "image/png").run()
    assert not app.exception
    assert f"could not be saved on the server: {reason}" in plain(app.error)
