"""What a run says that it waits for, before it starts and on its page; real processes hold the device."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.base.atomic import write_bytes_atomic
from explorer.runs.launchers import local
from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import dumps
from explorer.runs.spec.predict import Network, PredictPlan
from explorer.runs.state.status import State
from explorer.texts import Runs
from explorer.ui.session.keys import Page, widget_key
from explorer.ui.train import turn
from tests.runs.conftest import config_of, wait_for, wait_for_state
from tests.runs.paired import digits_run
from tests.ui.conftest import APP, open_run

BUSY = "“works_until_stopped” is at work on cpu"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[RunPaths]]:
    """Runs that a test has started; they are stopped at its end."""
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    turn._left_s.clear()
    runs: list[RunPaths] = []
    yield runs
    for run in reversed(runs):
        request_stop(run)
    wait_for(lambda: not queue.holding("cpu") and not queue.waiting(), "the end of all runs")


def _start(started: list[RunPaths], state: State) -> RunPaths:
    started.append(launcher.start(config_of("works_until_stopped")))
    wait_for_state(started[-1], state)
    return started[-1]


def _said(run: RunPaths) -> str:
    """What its page says in boxes."""
    return " ".join(one.value for one in open_run(run).info).replace("\\", "")


def _captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption).replace("\\", "")


def test_nothing_is_said_where_a_run_would_begin_at_once(started: list[RunPaths]) -> None:
    assert turn.of_next(config_of("finishes")) == ""
    _start(started, State.RUNNING)
    assert turn.of_next(config_of("finishes", "gpu")) == ""
    queue.set_slots("cpu", 2)
    assert turn.of_next(config_of("finishes")) == ""


def test_the_run_that_holds_the_device_is_named_with_those_that_wait_before(started: list[RunPaths]) -> None:
    _start(started, State.RUNNING)
    first, second = (_start(started, State.QUEUED) for _ in range(2))
    assert turn.of_waiting(first.id) == f"{BUSY}."
    assert turn.of_waiting(second.id) == f"{BUSY}. 1 more run comes first on cpu."
    assert turn.of_next(config_of("finishes")) == f"{BUSY}. 2 more runs come first on cpu."
    assert turn.of_waiting("20261123-142501-gone-x7k") == ""


def test_the_pages_of_a_waiting_run_and_prediction_say_how_long_the_others_take(
    started: list[RunPaths], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: dict[str, float] = {}
    monkeypatch.setattr(turn, "_left_s", left.get)
    left[_start(started, State.RUNNING).id] = 920.0
    waits = _start(started, State.QUEUED)
    words = f"{BUSY}, with about 15 min 20 s left. {Runs.WAITS}"
    assert _said(waits) == words
    plan = PredictPlan(networks=(Network(run=started[0].id),))
    config = config_of("works_until_stopped").model_copy(update={"kind": "predict", "predict": plan})
    write_bytes_atomic(waits.config, dumps(config).encode())
    assert _said(waits) == words
    queue.set_slots("cpu", 2)
    wait_for_state(waits, State.RUNNING)
    left[waits.id] = 60.0
    assert turn.of_next(config) == "2 runs are at work on cpu, the first for about 1 min more."


def test_the_train_page_says_it_before_a_run_is_started_and_beside_a_quick_check_that_waits(
    started: list[RunPaths],
) -> None:
    _start(started, State.RUNNING)
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(Page.TRAIN).run()
    assert f"{BUSY}. A run that you start now waits for its turn." in _captions(app)
    app.button(key=widget_key("probe", "check", "start")).click().run()
    (check,) = (RunPaths(runs_root() / place.id) for place in queue.waiting("cpu"))
    started.append(check)
    assert _captions(app).count(f"{BUSY}.") == 2  # beside the check, too
    assert "1 more run comes first on cpu. A run that you start now" in _captions(app)


def test_the_dialog_says_it_before_the_prediction_is_started(started: list[RunPaths]) -> None:
    trained = digits_run("one", accelerator="cpu")
    trained.best.parent.mkdir(exist_ok=True)
    trained.best.touch()
    _start(started, State.RUNNING)
    app = open_run(trained)
    next(button for button in app.button if button.label == "Predict").click().run()
    (said,) = (one.value.replace("\\", "") for one in app.info)
    assert said == f"{BUSY}. The prediction waits for its turn first."
