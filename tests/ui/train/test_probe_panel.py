"""Quick check and learning rate finder on the Train page: started, followed, cancelled, taken over, found again."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.figures import step_charts
from explorer.runs.launchers import local
from explorer.runs.overview.index import summaries
from explorer.runs.record import outcome, results
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, list_runs, runs_root
from explorer.runs.record.results import CheckResult, CheckStep, Estimate, RateResult
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.state.status import State
from explorer.texts import Probes
from explorer.ui.components import run_list
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.train import probes
from explorer.ui.train.probes import Probe
from tests.runs.conftest import config_of, wait_for_state
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"
FOUND = RateResult(
    lr=(1e-4, 1e-3, 1e-2, 1e-1, 1.0),
    loss=(1.7, 1.5, 0.9, 0.8, 40.0),
    smooth=(1.7, 1.6, 1.2, 1.0, 9.0),
    done=5,
    total=5,
    suggestion=0.00316,
    low=0.0021,
    high=0.0077,
    caution="The curve is too noisy to tell.",
)
TIMES = Estimate(epoch_s=9.0, run_s=74.0, images_per_second=118.0, memory_bytes=812_000_000)


@pytest.fixture(autouse=True)
def _without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")


def _panel(text: str, errors: dict[str, str]) -> None:
    from explorer.runs.spec.config import loads
    from explorer.ui.train import probe_panel

    probe_panel.show(loads(text) if text else None, errors)


def opened(config: RunConfig | None, draft: str = "", **errors: str) -> AppTest:
    text = "" if config is None else config.model_dump_json()
    app = AppTest.from_function(_panel, default_timeout=60, kwargs={"text": text, "errors": errors})
    if draft:
        app.query_params["draft"] = draft
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, kind: str, what: str) -> AppTest:
    return checked(app.button(key=widget_key("probe", kind, what)).click().run())


def started(app: AppTest, kind: str) -> RunPaths:
    before = {run.id for run in list_runs()}
    press(app, kind, "start")
    (new,) = (run for run in list_runs() if run.id not in before)
    return new


def work_of(app: AppTest) -> str:
    return str(app.session_state[Key.WORKSPACE].id)


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def written(config: RunConfig, kind: str, found: CheckResult | RateResult) -> RunPaths:
    """The folder of a run of this kind that has ended with this result."""
    paths = RunPaths(runs_root() / f"20261124-182000-{kind}-x7k")
    paths.root.mkdir()
    paths.config.write_text(dumps(config.model_copy(update={"kind": kind})))
    with EventWriter(paths, 1) as writer:
        writer.write("phase", promise_s=60, phase="checking")
    results.write(paths, found)
    outcome.write(paths, Outcome("finished", "As it was.", 1.0))
    return paths


def over(config: RunConfig, kind: str, found: CheckResult | RateResult) -> tuple[AppTest, RunPaths]:
    """The panel of a form that has started such a run."""
    app, paths = opened(config), written(config, kind, found)
    app.session_state[Key.PROBES] = (work_of(app), {kind: paths.id})
    return checked(app.run()), paths


@pytest.mark.parametrize("kind", ["check", "rate"])
def test_a_press_starts_a_run_of_its_kind_with_what_the_form_asks_for(kind: str) -> None:
    config = config_of("works_until_stopped")
    paths = started(opened(config), kind)
    asked = loads(paths.config.read_bytes())
    assert asked == config.model_copy(update={"kind": kind})


def test_while_one_is_at_work_another_of_its_kind_cannot_be_started_and_it_can_be_cancelled() -> None:
    app = opened(config_of("works_until_stopped"))
    paths = started(app, "check")
    wait_for_state(paths, State.RUNNING)
    app.run()
    assert app.button(key=widget_key("probe", "check", "start")).disabled
    assert not app.button(key=widget_key("probe", "rate", "start")).disabled
    press(app, "check", "cancel")
    wait_for_state(paths, State.STOPPED)
    app.run()
    assert widget_key("probe", "check", "cancel") not in keys(app)
    assert not app.button(key=widget_key("probe", "check", "start")).disabled
    assert "Stopped in epoch 2" in text(app)


def test_checks_are_told_while_they_come_with_those_to_come() -> None:
    app = opened(config_of("works_until_stopped"))
    paths = started(app, "check")
    wait_for_state(paths, State.RUNNING)
    steps = (
        CheckStep(name="data", state="ok", seconds=0.4, detail="240 images <b>train</b>."),
        CheckStep(name="pipeline", state="warn", seconds=0.2, detail="A crop larger than its image."),
    )
    results.write(paths, CheckResult(steps=steps))
    found = text(checked(app.run()))
    assert "**Data** :gray[0.4 s] 240 images <b>train</b>." in found
    assert "warning:] **Pipeline**" in found
    assert "pending: **Network**" in found
    assert "radio_button_unchecked: Loading" in found


def test_a_check_that_failed_says_at_what_and_nothing_is_still_to_come() -> None:
    failed = CheckStep(name="training", state="failed", seconds=2.0, detail="The batch does not fit.")
    app, _ = over(config_of("finishes"), "check", CheckResult(steps=(failed,)))
    found = text(app)
    assert "error:] **Training** :gray[2.0 s] The batch does not fit." in found
    assert "unchecked" not in found


def test_the_estimate_is_told() -> None:
    app, _ = over(config_of("finishes"), "check", CheckResult(estimate=TIMES))
    found = text(app)
    assert "The run would take about 1 min 14 s" in found
    assert "118 images/s" in found
    assert "812 MB" in found


def test_the_suggestion_is_taken_into_the_form() -> None:
    config = config_of("finishes")
    app, _ = over(config, "rate", FOUND)
    assert app.button(key=widget_key("probe", "rate", "use")).label == "Use 0.0032"
    press(app, "rate", "use")
    values = app.session_state[Key.TRAIN_VALUES].values
    assert values["learning_rate"] == "0.0032"


def test_a_suggestion_that_was_taken_is_told_as_taken() -> None:
    app, _ = over(config_of("finishes").model_copy(update={"learning_rate": 0.0032}), "rate", FOUND)
    button = app.button(key=widget_key("probe", "rate", "use"))
    assert (button.label, button.disabled) == ("0.0032 is used", True)


def test_a_search_that_found_none_says_why() -> None:
    none = FOUND.model_copy(update={"suggestion": None, "reason": "The loss fell at no rate."})
    app, _ = over(config_of("finishes"), "rate", none)
    assert widget_key("probe", "rate", "use") not in keys(app)
    assert "The loss fell at no rate." in text(app)


@pytest.mark.parametrize(
    ("kind", "changed", "stale"),
    [
        ("check", {"name": "another"}, False),
        ("check", {"batch_size": 8}, True),
        ("check", {"learning_rate": 0.5}, True),
        ("rate", {"epochs": 20}, False),
        ("rate", {"learning_rate": 0.5}, False),
        ("rate", {"batch_size": 8}, True),
        ("rate", {"optimizer": "sgd"}, True),
    ],
)
def test_a_result_is_old_only_where_the_form_has_changed_in_what_it_depends_on(
    kind: Probe, changed: dict[str, Any], stale: bool
) -> None:
    config = config_of("finishes")
    paths = written(config, kind, RateResult())
    assert probes.is_about(paths, kind, config)
    assert probes.is_about(paths, kind, config.model_copy(update=changed)) is not stale


def test_an_old_result_says_so() -> None:
    config = config_of("finishes")
    paths = written(config, "check", CheckResult(estimate=TIMES))
    app = opened(config.model_copy(update={"batch_size": 8}))
    app.session_state[Key.PROBES] = (work_of(app), {"check": paths.id})
    assert "have changed since" in text(checked(app.run()))


def test_a_reload_finds_the_last_of_each_kind_again() -> None:
    config = config_of("finishes")
    app = opened(config)
    paths = started(app, "rate")
    wait_for_state(paths, State.FINISHED)
    results.write(paths, FOUND)
    again = opened(config, work_of(app))
    assert again.button(key=widget_key("probe", "rate", "use")).label == "Use 0.0032"
    assert "**0.0021 to 0.0077**" in text(again)
    assert "The curve is too noisy to tell." in text(again)
    assert widget_key("probe", "rate", "use") not in keys(opened(config))  # another workspace
    paths.root.rename(paths.root.parent.parent / "gone")
    assert "was deleted" in text(opened(config, work_of(app)))


def test_a_form_with_errors_starts_nothing_and_says_what_to_look_at() -> None:
    app = press(opened(None, batch_size="too large"), "check", "start")
    assert "Fix this before starting: Batch size." in text(app)
    assert list_runs() == ()


def test_a_start_that_does_not_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.runs.life.launcher.locks.probe", lambda _folder: "No locks here.")
    app = press(opened(config_of("finishes")), "check", "start")
    assert "This could not be started" in text(app)


def test_the_curve_is_drawn_over_the_logarithm_and_what_explodes_leaves_it() -> None:
    figure = step_charts.tried_rates(FOUND)
    raw, smooth, mark = figure["data"]
    assert (raw["x"], raw["y"]) == (list(FOUND.lr), list(FOUND.loss))
    assert smooth["y"] == list(FOUND.smooth)
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert figure["layout"]["yaxis"]["range"] == [0, 1.7 * 4]  # 40 is out of sight
    assert (mark["x"], mark["y"]) == ([0.00316], [1.6])  # on the curve, at the step next to it
    (band,) = figure["layout"]["shapes"]
    assert (band["x0"], band["x1"]) == (FOUND.low, FOUND.high)
    assert "range" not in step_charts.tried_rates(RateResult())["layout"]["yaxis"]


@pytest.mark.parametrize(
    ("kind", "found", "words"),
    [
        ("check", CheckResult(estimate=TIMES), "The run would take about 1 min 14 s"),
        ("rate", RateResult(reason="The loss fell at no rate."), "The loss fell at no rate."),
    ],
)
def test_its_page_shows_what_was_found_and_the_list_its_kind(
    kind: str, found: CheckResult | RateResult, words: str
) -> None:
    _, paths = over(config_of("finishes"), kind, found)
    (row,) = run_list.rows(summaries(), 0.0)
    assert row["what"].startswith(f"{Probes.KINDS[kind].name.lower()} · ")
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params["run"] = paths.id
    page.switch_page(PAGE).run()
    assert words in text(checked(page))
    assert not page.metric  # it validates no epoch


def _caution(text: str) -> None:
    import streamlit as st

    from explorer.runs.spec.config import loads
    from explorer.ui.train import probes

    st.caption(probes.rate_caution(loads(text)) or "nothing")


def test_a_rate_far_from_what_the_search_found_is_a_caution_at_its_field() -> None:
    config = config_of("finishes")
    paths = written(config, "rate", FOUND)
    for rate, other, words in (
        (0.74, {}, "0.74 is more than ten times above the rates that the search found, 0.0021 to 0.0077."),
        (1e-5, {}, "1e-05 is less than a tenth of the rates that the search found, 0.0021 to 0.0077."),
        (0.05, {}, "nothing"),
        (0.74, {"batch_size": 8}, "nothing"),  # the search was about another form
    ):
        asked = config.model_copy(update={"learning_rate": rate, **other})
        app = AppTest.from_function(_caution, default_timeout=60, kwargs={"text": asked.model_dump_json()}).run()
        app.session_state[Key.PROBES] = (work_of(app), {"rate": paths.id})
        assert checked(app.run()).caption[-1].value == words, (rate, other)
