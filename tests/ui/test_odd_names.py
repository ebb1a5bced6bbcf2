"""Names, paths and links that no person would type, on the pages: shown or refused in words, and nothing breaks."""

import os
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Draft
from explorer.settings.fields import DEFAULTS
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.uploads import drafts_folder, write_shared
from explorer.ui.session.view import DATA_SET, Lab, Mode, View
from explorer.ui.session.workspace import Workspace, save
from tests.ui.conftest import APP

TRAIN = "explorer/ui/pages/train.py"
ODD = os.fsdecode(b"gr\xfcn")
DRAFT = "o" * 22


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set of such names beside one like any other."""
    folder = tmp_path / "roots"
    for each in (f"insects/{ODD}", "insects/red", f"{ODD}/ants", f"{ODD}/bees"):
        (folder / each).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (40, 40)).save(folder / each / f"{ODD}{number}.png")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def opened(view: View) -> AppTest:
    save(Workspace(DRAFT, History(Draft()), view))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["draft"] = DRAFT
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def test_sets_of_such_names_are_offered_shown_and_trained_with(root: Path) -> None:
    app = opened(View(picture=DATA_SET, lab=Lab(mode=Mode.GRID)))
    for name in ("insects", "gr\\xfcn"):
        key = f"image_folder:{root}/{name}"
        assert name in app.selectbox(key=Key.SET).options
        app.selectbox(key=Key.SET).set_value(key).run()
        assert not app.exception
        assert app.session_state[Key.WORKSPACE].view.set_key == key
        assert "grxfcn" in said(app)
    app.switch_page(TRAIN).run()
    app.number_input(key=widget_key("train", "batch_size")).set_value(2).run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    app.selectbox(key=widget_key("train", "path")).set_value(f"{root}/gr\\xfcn").run()
    assert not app.exception
    assert "Fix this before starting" not in said(app)
    app.switch_page("explorer/ui/pages/laboratory.py").run()
    assert not app.exception


@pytest.mark.parametrize("path", ["~nosuch/x", "~root/x", "x" * 300, "a/" * 2100, "loop"])
@pytest.mark.parametrize("kind", ["image_folder", "mask_folder"])
def test_a_draft_with_a_path_that_cannot_be_is_opened_with_words(root: Path, kind: str, path: str) -> None:
    (root / "loop").symlink_to(root / "loop")
    app = opened(View(picture=DATA_SET, set_key=f"{kind}:{path}"))
    assert "Showing the sample photo until then" in said(app)
    app.switch_page("explorer/ui/pages/laboratory.py").run()
    assert not app.exception
    app.switch_page(TRAIN).run()
    assert not app.exception


@pytest.mark.parametrize("field", ["path", "weights_file"])
@pytest.mark.parametrize("path", ["~nosuch/x", "~root/x", "x" * 300, "a/" * 2100, "loop", "a\0b"])
def test_such_a_path_typed_on_the_train_page_is_refused_at_its_field(root: Path, field: str, path: str) -> None:
    (root / "loop").symlink_to(root / "loop")
    (root / "net.pt").touch()
    app = opened(View())
    chosen = {"dataset": "image_folder"} if field == "path" else {"weights": "file"}
    # A test cannot type into a list of choices; what is typed there is kept in this file.
    write_shared(drafts_folder() / f"{DRAFT}.train.json", {**DEFAULTS, **chosen, field: path})
    app.switch_page(TRAIN).run()
    assert not app.exception
    assert "Fix this before starting" in said(app)


def test_a_link_that_leads_out_is_refused_at_the_field_of_the_folder(root: Path, tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "secret.png")
    (root / "insects" / "red" / "link.png").symlink_to(tmp_path / "secret.png")
    app = opened(View()).switch_page(TRAIN).run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    app.selectbox(key=widget_key("train", "path")).set_value(f"{root}/insects").run()
    assert not app.exception
    assert "red/link.png is a link that leads outside" in said(app)
    assert "secret" not in said(app)
