"""A workspace comes back from its file as it was; a damaged file is reported, never half read."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.edits import set_p
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.workspace import View, Workspace, WorkspaceError, demo_draft, load, save


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    return tmp_path


def test_what_was_saved_is_read_back_with_undo_and_view() -> None:
    draft = demo_draft()
    history = History(draft).record(set_p(draft, draft.nodes[0].id, 0.25))
    work = Workspace("a" * 22, history, View(selected=draft.nodes[2].id, seed=17, picture="shapes"))
    save(work)
    assert load(work.id) == work
    assert load(work.id).history.undo().present == draft


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"version": 1}', '{"past": 3, "present": "", "future": [], "view": {}}']
)
def test_a_damaged_file_is_reported(home: Path, damage: str) -> None:
    (home / "drafts").mkdir()
    (home / "drafts" / ("b" * 22 + ".json")).write_text(damage)
    with pytest.raises(WorkspaceError, match="could not be read"):
        load("b" * 22)


def test_a_view_of_a_later_version_does_not_break_this_one(home: Path) -> None:
    work = Workspace("c" * 22, History(demo_draft()), View(seed=3))
    save(work)
    file = home / "drafts" / ("c" * 22 + ".json")
    record = json.loads(file.read_text())
    record["view"]["later"] = True
    file.write_text(json.dumps(record))
    assert load(work.id).view.seed == 3


def test_only_known_parts_can_be_uploaded() -> None:
    with pytest.raises(KeyError):
        Uploads("d" * 22).read("../../etc/passwd")


@pytest.mark.parametrize("page", ["augment", "laboratory", "train", "runs"])
def test_every_page_says_that_a_draft_is_damaged_and_shows_a_new_one(home: Path, page: str) -> None:
    (home / "drafts").mkdir()
    (home / "drafts" / ("b" * 22 + ".json")).write_text("{")
    app = AppTest.from_file(str(Path(__file__).resolve().parents[3] / "app.py"), default_timeout=60)
    app.query_params["draft"] = "b" * 22
    app.switch_page(f"explorer/ui/pages/{page}.py").run()
    assert not app.exception
    assert "could not be read" in app.warning[0].value
    assert len(app.session_state[Key.WORKSPACE].draft.nodes) == 3
