"""Outlines on the Data page: drawn as masks by a real process, shown as a data set of its own, and trained on."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.roots import uploads_folder
from explorer.texts import Uploads as T
from explorer.ui.session.keys import Key, widget_key
from tests.data.formats.conftest import CATEGORIES, annotations, picture
from tests.runs.conftest import wait_for
from tests.ui.conftest import APP

IMAGES = 8


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Images with COCO outlines in a folder that pages may read."""
    folder = tmp_path / "my {town}"
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    for number in range(IMAGES):
        picture(folder / "images" / f"{number}.png")
    images = [{"id": at, "file_name": f"{at}.png", "width": 40, "height": 30} for at in range(IMAGES)]
    values = {"images": images, "annotations": annotations(0, 24, list(range(IMAGES))), "categories": CATEGORIES}
    (folder / "instances.json").write_text(json.dumps(values))
    return folder


def _open(key: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = key
    app.switch_page("explorer/ui/pages/data.py").run()
    assert not app.exception
    return app


def _draw(app: AppTest) -> AppTest:
    """Press the button, and run the page until nothing is under way."""
    app.button(key=widget_key("data_draw")).click().run()

    def is_done() -> bool:
        if Key.DATA_MAKING in app.session_state:
            app.run()
        return Key.DATA_MAKING not in app.session_state

    wait_for(is_done, "the end of the drawing")
    assert not app.exception
    return app


def _shown(app: AppTest) -> str:
    found = app.query_params["data"]
    return found if isinstance(found, str) else found[0]


def test_outlines_become_masks_that_the_train_page_takes(town: Path) -> None:
    app = _open(f"coco:{town}")
    assert widget_key("data_train") not in {button.key for button in app.button}
    _draw(app)
    assert "8 images have masks now, of 3 classes and background." in app.success[0].value.replace("\\", "")
    kind, _, place = _shown(app).partition(":")
    assert kind == "mask_folder"
    assert Path(place).parent == uploads_folder().resolve()
    assert not list(uploads_folder().glob(".*"))
    app.button(key=widget_key("data_train")).click().run()
    assert not app.exception
    values = app.session_state[Key.TRAIN_VALUES].values
    assert (values["dataset"], values["masks_path"]) == ("mask_folder", place)
    assert len(MaskFolderSpec(path=place).for_page().open().train) == 6

    # Annotations may have changed since: they are drawn again, and what was drawn before stays.
    again = _draw(_open(f"coco:{town}"))
    assert _shown(again) == f"mask_folder:{place}-2"


def test_what_cannot_be_drawn_is_said_and_the_data_set_stays(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _open(f"coco:{town}")
    monkeypatch.setenv("EXPLORER_DATA_MB", "1")
    other = uploads_folder() / "other" / "file.bin"
    other.parent.mkdir(parents=True)
    other.write_bytes(bytes(960_000))
    _draw(app)
    assert _shown(app) == f"coco:{town}"
    assert "for which there is room" in app.error[0].value
    assert T.NOT_DRAWN.partition("{")[0] in app.error[0].value
    assert list(uploads_folder().iterdir()) == [other.parent]
