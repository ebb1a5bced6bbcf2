"""What all tests share: a home of their own, real photographs where they were given, and a real browser."""

import gc
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from explorer.augment import edits
from explorer.runs.launchers import table
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.paths import list_runs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHOTOGRAPHS = "EXPLORER_TEST_DATA"
# A busy machine takes its time: seconds are measured in bench/.
settings.register_profile("tests", deadline=None, max_examples=50)
settings.load_profile("tests")

LONGEST = {
    "training", "export", "machine", "report", "test_scripts.py", "test_cache.py", "test_limits.py", "test_writing.py",
    "test_every_transform.py", "test_many_windows.py", "test_page.py", "test_lab_cells.py",
    "test_recipes.py", "test_runs.py", "test_first_light.py",
}  # fmt: skip
"""Folders and files of tests that take 10 s and more."""
LEFT_OUT = pytest.StashKey[list[str]]()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """EXPLORER_HOME, with a name that asks for trouble; whatever was started in it is killed in the end."""
    folder = tmp_path / "내 실험 home"
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    monkeypatch.delenv("EXPLORER_DATA_ROOTS", raising=False)
    yield folder
    if not folder.exists():
        return
    monkeypatch.setenv("EXPLORER_HOME", str(folder))  # a test may have pointed it elsewhere
    for paths in list_runs():
        for attempt in paths.attempts():
            launch = read_launch(paths, attempt)
            if launch and table.alive(launch):
                _kill_group(launch.pid)


@pytest.fixture(autouse=True)
def ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """New nodes get the same ids in each run of a test: with them, the test draws the same random numbers."""
    numbers = random.Random(0)
    monkeypatch.setattr(edits, "token_hex", lambda size: numbers.randbytes(size).hex())


def _kill_group(pid: int | None) -> None:
    # Only a group that the trainer leads: the pid may be that of the tests themselves, as a stand-in.
    if pid is not None and pid != os.getpid():
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real photographs, with hymenoptera/ in it. Tests that ask for it run only where it was given."""
    return Path(os.environ[PHOTOGRAPHS]).resolve()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A running headless Chromium. Fails, saying what to do, where none can be had: it never skips."""
    from playwright.sync_api import sync_playwright

    from scripts.chromium import NoChromium, launch

    with sync_playwright() as playwright:
        try:
            found, _ = launch(playwright)
        except NoChromium as nothing:
            pytest.fail(str(nothing), pytrace=False)
        yield found
        found.close()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a folder of photographs that is not there: it was meant to be used."""
    given = os.environ.get(PHOTOGRAPHS)
    if given and not Path(given).is_dir():
        raise pytest.UsageError(f"{PHOTOGRAPHS} names a folder that does not exist: {given}")
    config.stash[LEFT_OUT] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out the tests on real photographs where none were given; the summary names them."""
    # The longest files first: as the last they would keep one process busy while the others have nothing to do.
    items.sort(key=lambda item: LONGEST.isdisjoint(item.path.parts))
    if os.environ.get(PHOTOGRAPHS):
        return
    without = [item for item in items if "real_data" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in without]
    config.hook.pytest_deselected(items=without)
    config.stash[LEFT_OUT].extend(item.nodeid for item in without)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is imported and collected by now: it goes through it for seconds."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that writes the summary, where the tests ran in several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of pytest-xdist left out; each of them collects all tests."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what the tests were not given."""
    left_out = config.stash[LEFT_OUT]
    if left_out:
        terminalreporter.section("not given")
        terminalreporter.line(f"{PHOTOGRAPHS} (a folder with hymenoptera/ in it), so these did not run:")
        for name in left_out:
            terminalreporter.line(f"  {name}")
