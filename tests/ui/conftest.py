"""What all tests of pages share."""

import math
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from explorer.base.home import home
from explorer.runs.machine import machine
from explorer.runs.record.paths import RunPaths
from explorer.ui.background import asking
from explorer.ui.preview import live
from explorer.ui.session import aging
from explorer.ui.session.renewal import key_after, times_key

APP = str(Path(__file__).resolve().parents[2] / "app.py")


RUNS_PAGE = "explorer/ui/pages/runs.py"


def open_run(paths: RunPaths) -> AppTest:
    """Open the page of a run."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.switch_page(RUNS_PAGE).run()
    assert not app.exception
    return app


def present_key(app: AppTest, name: str) -> str:
    """The key of a widget that the app may have replaced by a new one."""
    times = times_key(name)
    renewed = times in app.session_state  # which has no `get`
    return key_after(name, app.session_state[times] if renewed else 0)


@cache
def _look_once() -> machine.Machine:
    from explorer.training.devices import here  # which imports torch

    return here(measure=False)


@pytest.fixture(autouse=True)
def _a_busy_machine_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test has no clock that brings a picture later, so the page waits for it, and lets it take its time."""
    monkeypatch.setattr(live, "PATIENCE", 60.0)
    monkeypatch.setattr(asking, "UNASKED_SECONDS", 60.0)


@pytest.fixture(autouse=True)
def _one_look_at_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a home of its own, and with each the app would look again what this machine has: seconds, by a
    process that imports torch. Here what that process answers is worked out in this one, and taken for all.
    """
    monkeypatch.setattr(machine, "_look", _look_once)


_scan_once = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def _one_look_at_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit looks through all that is installed for components, with each page that a test opens: as long as all
    else that a page does. The first real answer is taken for all.
    """
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", _scan_once)


_poll = local_script_runner.require_widgets_deltas


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
    """Wait for the thread of a page, and let Streamlit raise its own error where it has not ended after `timeout` s."""
    assert runner._script_thread is not None
    runner._script_thread.join(timeout)
    _poll(runner, 0.1)


@pytest.fixture(autouse=True)
def _pages_are_waited_for_without_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit asks a thousand times a second whether a page is done, which takes the interpreter from the page."""
    monkeypatch.setattr(local_script_runner, "require_widgets_deltas", _wait)


@pytest.fixture(autouse=True)
def _nothing_is_old_in_a_new_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page of a home looks for old files, and collects the garbage of the whole process before it.

    Each test has a new home, in which nothing is old. `session/test_aging.py` tests the search itself.
    """
    monkeypatch.setitem(aging._next, home(), math.inf)
