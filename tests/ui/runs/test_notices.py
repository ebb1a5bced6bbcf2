"""Being told on any page that a run has ended, once."""

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs.launchers import local
from explorer.runs.life import control, housekeeping, launcher
from explorer.runs.queue import queue
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, trash_root
from explorer.runs.state.status import State
from explorer.ui.runs import notices
from tests.runs.conftest import config_of, kill, make_folder, wait_for, wait_for_state
from tests.ui.conftest import APP

TRAIN = "explorer/ui/pages/train.py"
RUNS = "explorer/ui/pages/runs.py"


@pytest.fixture(autouse=True)
def _every_look_is_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test does in a moment what takes a person seconds."""
    monkeypatch.setattr(notices, "KNOWN_FOR_S", 0.0)


@pytest.fixture(autouse=True)
def _without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")


@pytest.fixture
def living() -> RunPaths:
    return begin("works_until_stopped")


def begin(behaviour: str, words: str = "living") -> RunPaths:
    paths = make_folder(words, behaviour)
    launcher.launch_attempt(paths, 1)
    wait_for_state(paths, State.RUNNING)
    return paths


def end(paths: RunPaths) -> None:
    control.request_stop(paths)
    wait_for_state(paths, State.STOPPED)


def open_app() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def told(app: AppTest) -> list[str]:
    assert not app.exception
    return [toast.value.replace("\\", "") for toast in app.toast]


def test_a_run_that_ends_is_told_on_any_page_and_only_once(living: RunPaths) -> None:
    app = open_app()
    app.switch_page(TRAIN).run()
    assert told(app) == []
    end(living)
    assert told(app.run()) == ["**works_until_stopped** stopped"]
    assert told(app.run()) == []


def test_what_ended_before_a_session_began_is_old(living: RunPaths) -> None:
    end(living)
    app = open_app()
    assert told(app) == told(app.run()) == []


def test_how_it_ended_is_told() -> None:
    finishing, failing = make_folder("one", "x"), make_folder("two", "y")
    app = open_app()
    outcome.write(finishing, Outcome("finished", "All done.", time.time(), best={"auroc": 0.91}))
    # Known to have lived: as if the last look had met it.
    outcome.write(failing, Outcome("finished", "", 1.0))
    app.session_state["runs_seen"] = notices.Seen(0.0, frozenset({finishing.id}), frozenset({finishing.id, failing.id}))
    assert told(app.run()) == ["**x** finished · AUROC 0.910"]
    outcome.write(failing, Outcome("failed", "The loss became nan. " + "x" * 300, time.time()))
    app.session_state["runs_seen"] = notices.Seen(0.0, frozenset({failing.id}), frozenset({finishing.id, failing.id}))
    (words,) = told(app.run())
    assert words.startswith("**y** failed. The loss became nan. xxx")
    assert len(words) < 200


def test_several_at_once_are_told_together() -> None:
    runs = [begin("works_until_stopped", f"n{number}") for number in range(3)]
    app = open_app()
    for paths in runs:
        end(paths)
    (words,) = told(app.run())
    assert words.splitlines() == ["**3 runs have ended**  ", *["works_until_stopped: stopped · AUROC 0.750  "] * 2,
                                  "works_until_stopped: stopped · AUROC 0.750"]  # fmt: skip


def test_the_run_whose_page_is_open_says_it_itself(living: RunPaths) -> None:
    app = open_app()
    app.query_params["run"] = living.id
    app.switch_page(RUNS).run()
    end(living)
    assert told(app.run()) == []
    app.switch_page(TRAIN).run()
    assert told(app) == []  # nor later


def test_a_run_that_is_only_in_the_address_of_another_page_is_told(living: RunPaths) -> None:
    app = open_app()
    app.query_params["run"] = living.id
    app.switch_page(TRAIN).run()
    app.query_params["run"] = living.id
    end(living)
    assert told(app.run()) == ["**works_until_stopped** stopped"]


def test_a_run_that_began_and_ended_between_two_looks_is_told() -> None:
    app = open_app()
    paths = make_folder("quick", "fails")
    launcher.launch_attempt(paths, 1)
    wait_for_state(paths, State.FAILED)
    assert told(app.run()) == ["**fails** failed. The loss became nan at step 7."]


def test_a_run_that_is_put_back_is_no_news(living: RunPaths) -> None:
    end(living)
    away = trash_root() / "away"
    living.root.rename(away)
    app = open_app()
    away.rename(living.root)
    assert told(app.run()) == []


def test_the_navigation_counts_what_lives(living: RunPaths) -> None:
    assert notices.look().living == {living.id}
    end(living)
    assert notices.look().living == set()


def test_the_clock_runs_only_while_a_run_lives(monkeypatch: pytest.MonkeyPatch, living: RunPaths) -> None:
    asked: list[float | None] = []

    def fragment(_body: Callable[[], None], run_every: float | None) -> Callable[[], None]:
        asked.append(run_every)
        return lambda: None

    monkeypatch.setattr(notices.st, "fragment", fragment)
    notices.show(notices.look(), on_runs=False)
    end(living)
    notices.show(notices.look(), on_runs=False)
    assert asked == [notices.EVERY_SECONDS, None]


def test_every_page_looks_after_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting run whose process died is started again by whatever page is open."""
    monkeypatch.setattr(housekeeping, "_EVERY_S", 0.0)
    first = launcher.start(config_of("takes_a_turn"), "one")
    wait_for(lambda: first.events(1).exists(), "the first run's turn")
    second = launcher.start(config_of("takes_a_turn"), "two")
    wait_for_state(second, State.QUEUED)
    kill(second)
    wait_for(lambda: (place := queue.find(second.id)) is not None and not place.alive, "its death")
    app = open_app()
    app.switch_page(TRAIN).run()
    wait_for(lambda: (place := queue.find(second.id)) is not None and place.alive, "its second life")
