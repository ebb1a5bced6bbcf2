"""The Runs page: every run with its state and reason, whatever is in its folder."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs import outcome
from explorer.runs.outcome import Outcome
from explorer.runs.paths import RunPaths, runs_root
from explorer.runs.summary import summaries
from explorer.ui.components import run_list
from explorer.ui.state import Key

APP = str(Path(__file__).resolve().parents[2] / "app.py")
PAGE = "explorer/ui/pages/runs.py"


def open_page(run: str | None = None) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    if run is not None:
        app.query_params["run"] = run
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.info, *app.subheader]
    return " ".join(part.value for part in parts).replace("\\", "")


@pytest.fixture
def folder() -> RunPaths:
    paths = RunPaths(runs_root() / "20261123-142501-ants-x7k")
    paths.root.mkdir()
    return paths


def test_without_runs_the_next_step_is_offered() -> None:
    app = open_page()
    assert "No run yet" in text(app)
    assert app.button(key=Key.TO_TRAIN)


def test_a_failed_run_says_why(folder: RunPaths) -> None:
    outcome.write(folder, Outcome("failed", "train/ants/0.jpg is empty (0 bytes).", 1.0))
    app = open_page(folder.id)
    assert "failed" in text(app)
    assert "train/ants/0.jpg is empty" in text(app)
    assert not [button for button in app.button if button.key == Key.RUN_STOP]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 99}'])
def test_a_damaged_run_is_shown_with_its_problem(folder: RunPaths, content: str) -> None:
    folder.config.write_text(content)
    app = open_page(folder.id)
    assert app.error
    row = run_list.rows(summaries(), 0.0)[0]
    assert row["id"] == folder.id
    assert row["reason"]


@pytest.mark.parametrize("run", ["../../etc", "20261123-142501-gone-x7k", "x"])
def test_a_run_that_is_not_there_is_told(run: str) -> None:
    assert "There is no run" in text(open_page(run))
