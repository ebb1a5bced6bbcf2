"""Several windows of one address, each a process of its own, that change the same things as fast as they can."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import edits
from explorer.augment.pipeline import Draft, Step
from explorer.ui.session.history import History
from explorer.ui.session.keys import widget_key
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, load, save

ROOT = Path(__file__).resolve().parents[3]
DRAFT = "w" * 22


Together = Callable[..., None]


@pytest.fixture(scope="module")
def windows() -> Iterator["subprocess.Popen[str]"]:
    """The process that all windows come from, which takes seconds to start."""
    command = [sys.executable, "-m", "tests.ui.window"]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as started:
        yield started
        started.kill()


@pytest.fixture
def together(windows: "subprocess.Popen[str]", home: Path) -> Together:
    """Lets a window make so many gestures of each kind, all windows at the same time."""

    def make(**counts: int) -> None:
        assert windows.stdin
        assert windows.stdout
        asked = [f"{gesture.rstrip('_')}={count}" for gesture, count in counts.items()]
        windows.stdin.write("\t".join([str(home), DRAFT, *asked]) + "\n")
        windows.stdin.flush()
        if windows.stdout.readline() != "done\n":
            raise AssertionError(windows.communicate()[1])

    return make


def beside(part: str, home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "drafts" / f"{DRAFT}.{part}.json").read_text()))


def test_three_windows_that_add_steps_lose_none_of_them(together: Together) -> None:
    save(Workspace(DRAFT, History(Draft()), View()))
    together(add=10, add_=10, gallery=10)
    titles = [node.transform for node in load(DRAFT).draft.nodes if isinstance(node, Step)]
    assert {name: titles.count(name) for name in ("Blur", "Sharpen", "Solarize", "Posterize")} == {
        "Blur": 10, "Sharpen": 10, "Solarize": 5, "Posterize": 5,
    }  # fmt: skip


def test_whatever_windows_do_to_a_draft_undo_leads_back_through_all_of_it(together: Together) -> None:
    draft, _ = edits.add(Draft(), "InvertImg", None)
    save(Workspace(DRAFT, History(draft), View()))
    together(add=6, take=6, swap=6, save=6)
    # A change to a draft that was not the newest would have taken the others' out of the history.
    assert len(load(DRAFT).history.past) == 24


def test_windows_set_fields_of_the_train_form_and_none_brings_back_what_another_has_changed(
    together: Together, home: Path
) -> None:
    save(Workspace(DRAFT, History(Draft()), View()))
    together(epochs=8, batch_size=8, learning_rate=8, check=8, rate=8)
    form = beside("train", home)
    last = {"epochs": 107, "batch_size": 107, "learning_rate": "7"}
    assert {name: form[name] for name in last} == last
    probes = beside("probes", home)
    assert (probes["check"], probes["rate"]) == ("check-7", "rate-7")


def test_a_window_whose_step_another_one_has_removed_says_so_and_changes_nothing() -> None:
    draft, node_id = edits.add(Draft(), "Blur", None)
    save(Workspace(DRAFT, History(draft), View(selected=node_id)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["draft"] = DRAFT
    app.run()
    work = load(DRAFT)
    without = work.drafted(edits.remove(work.draft, [node_id]))
    save(without)
    app.slider(key=widget_key(node_id, "p")).set_value(0.25).run()
    assert not app.exception
    assert "This step was removed in another window" in app.toast[0].value
    assert load(DRAFT).history == without.history
