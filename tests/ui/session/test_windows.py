"""The same page open twice: neither window loses what the other one does."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Draft, Step
from explorer.settings.fields import DEFAULTS
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, load, save
from tests.ui.conftest import APP


def work(app: AppTest) -> Workspace:
    found: Workspace = app.session_state[Key.WORKSPACE]
    return found


def titles(app: AppTest) -> list[str]:
    return [node.transform for node in work(app).draft.nodes if isinstance(node, Step)]


def add(app: AppTest, name: str) -> None:
    app.selectbox(key=Key.ADD).set_value(name).run()
    assert not app.exception


@pytest.fixture
def windows() -> tuple[AppTest, AppTest]:
    first = AppTest.from_file(APP, default_timeout=30).run()
    add(first, "InvertImg")
    second = AppTest.from_file(APP, default_timeout=30)
    second.query_params["draft"] = work(first).id
    second.run()
    assert titles(second) == titles(first)
    return first, second


def test_steps_added_in_two_windows_in_turn_are_all_there(windows: tuple[AppTest, AppTest]) -> None:
    first, second = windows
    for app, name in ((first, "Blur"), (second, "Sharpen"), (first, "Posterize"), (second, "Solarize")):
        add(app, name)
    assert {"InvertImg", "Blur", "Sharpen", "Posterize", "Solarize"} <= set(titles(second))
    first.run()
    assert titles(first) == titles(second)
    assert work(first).history.present == load(work(first).id).history.present


def test_each_window_looks_at_what_it_wants(windows: tuple[AppTest, AppTest]) -> None:
    first, second = windows
    first.number_input(key="seed").set_value(5).run()
    second.number_input(key="seed").set_value(9).run()
    add(second, "Blur")
    first.run()
    assert work(first).view.seed == 5
    assert "Blur" in titles(first)


def test_undo_in_one_window_takes_back_what_the_other_did(windows: tuple[AppTest, AppTest]) -> None:
    first, second = windows
    before = titles(first)
    add(second, "Blur")
    first.run()
    assert work(first).history.undo().present.nodes == tuple(
        node for node in work(first).draft.nodes if isinstance(node, Step) and node.transform in before
    )


def test_fields_of_the_train_form_set_in_two_windows_in_turn_are_all_there(home: Path) -> None:
    save(Workspace("t" * 22, History(Draft()), View()))

    def window() -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["draft"] = "t" * 22
        return app.switch_page("explorer/ui/pages/train.py").run()

    def kept() -> dict[str, Any]:
        return dict(json.loads((home / "drafts" / f"{'t' * 22}.train.json").read_text()))

    first, second = window(), window()
    first.number_input(key=widget_key("train", "epochs")).set_value(13).run()
    second.number_input(key=widget_key("train", "batch_size")).set_value(7).run()
    assert (kept()["epochs"], kept()["batch_size"]) == (13, 7)
    assert first.run().number_input(key=widget_key("train", "batch_size")).value == 7
    first.radio(key=widget_key("train", "dataset")).set_value("digits").run()
    second.button(key="train_reset").click().run()  # keeps the data set that the other window has chosen
    assert (kept()["dataset"], kept()["image_size"], kept()["epochs"]) == ("digits", 64, DEFAULTS["epochs"])
    assert not first.exception
    assert not second.exception


def test_a_change_that_cannot_be_written_is_kept_and_told(windows: tuple[AppTest, AppTest], home: Path) -> None:
    first, _ = windows
    # As root nothing is forbidden, but no file can take the place of a folder with something in it.
    file = home / "drafts" / f"{work(first).id}.json"
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    add(first, "Blur")
    assert "Blur" in titles(first)
    assert any("kept only in this window" in warning.value for warning in first.warning)
