"""One run's page: what it says, and the buttons that fit the run's state."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.base.processes import Moment
from explorer.metrics.intervals import intervals
from explorer.metrics.scores import score_histogram
from explorer.runs.launchers import local
from explorer.runs.life import control, launcher
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.queue import queue
from explorer.runs.record import meta, outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome, OutcomeState
from explorer.runs.record.paths import RunPaths, list_runs, run_paths, runs_root, trash_root
from explorer.runs.record.running import Running
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.runs.state.status import State, derive
from explorer.texts import Common
from explorer.texts import Run as T
from explorer.ui.run import charts
from explorer.ui.run.menu import menu_key
from explorer.ui.session.keys import widget_key
from tests.runs.conftest import config_of, wait_for, wait_for_state
from tests.ui.conftest import open_run


@pytest.fixture(autouse=True)
def _without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.subheader, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def labels(app: AppTest) -> list[str]:
    """What the row offers, without what is opened."""
    return [button.label for button in app.button if button.key in (
        "run_stop", "run_resume", "run_duplicate", "run_end"
    )]  # fmt: skip


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def over(state: OutcomeState, *, step: int = 0, config: RunConfig | None = None, name: str = "ants") -> RunPaths:
    """A run that has ended, with a checkpoint of `step` where that is not 0."""
    paths = RunPaths(runs_root() / f"20261123-142501-{name}-x7k")
    paths.root.mkdir()
    paths.config.write_text(dumps(config or config_of("finishes")))
    with EventWriter(paths, 1) as writer:
        writer.write("phase", step=step, promise_s=60, phase="saving" if step else "importing")
    if step:
        paths.checkpoints.mkdir()
        for file in (paths.last, paths.best):
            file.write_bytes(b"weights" * 200_000)
            os.utime(file, (time.time() + 1, time.time() + 1))  # after the record, also by a coarse clock
    outcome.write(paths, Outcome(state, "As it was.", 1.0))
    return paths


def asked_to_stop(paths: RunPaths, seconds_ago: float) -> None:
    now = Moment.now()
    paths.stop.parent.mkdir(exist_ok=True)
    paths.stop.write_text(json.dumps(asdict(replace(now, wall=now.wall - seconds_ago, mono=now.mono - seconds_ago))))


# The row of buttons


@pytest.mark.parametrize(
    ("state", "step", "offered"),
    [
        ("finished", 30, ["Duplicate and change"]),
        ("stopped", 30, ["Resume", "Duplicate and change"]),
        ("failed", 0, ["Resume", "Duplicate and change"]),
    ],
)
def test_a_run_that_is_over_offers_what_fits(state: OutcomeState, step: int, offered: list[str]) -> None:
    app = open_run(over(state, step=step))
    assert labels(app) == offered
    longer = [button for button in app.button if button.label == "Start the new run"]
    assert len(longer) == (1 if step else 0)  # only from a checkpoint


@pytest.mark.parametrize(
    ("step", "words"),
    [(0, "Starts from the beginning, because there is no checkpoint"), (30, "Continues from step 30")],
)
def test_resume_says_where_it_goes_on(step: int, words: str) -> None:
    app = open_run(over("stopped", step=step))
    assert words in app.button(key="run_resume").help


def test_the_buttons_of_a_study_speak_of_what_it_stores_and_not_of_checkpoints() -> None:
    study = config_of("ignores_stop").model_copy(update={"kind": "study", "study": EffectsPlan()})
    assert open_run(over("stopped", config=study)).button(key="run_resume").help == T.RESUME_STUDY
    paths = launcher.start(study)
    wait_for_state(paths, State.RUNNING)
    app = open_run(paths)
    assert app.button(key="run_stop").help == T.STOP_STUDY_HELP
    asked_to_stop(paths, 12)
    app.run()
    press(app, "End now")
    assert T.END_LOSES_STUDY in text(app)
    press(app, "End without saving")


def test_a_waiting_run_says_its_place_and_leaves_the_queue() -> None:
    first, second, third = (launcher.start(config_of("takes_a_turn"), name) for name in ("one", "two", "three"))
    wait_for(lambda: derive(first).state not in (State.QUEUED,), "the first run's turn")
    app = open_run(third)
    assert "queued" in text(app)
    assert "1 run before it" in text(app)
    assert labels(app) == ["Leave the queue", "Duplicate and change"]
    press(app, "Leave the queue")
    wait_for_state(third, State.STOPPED)
    app.run()
    assert labels(app) == ["Resume", "Duplicate and change"]
    assert [place.id for place in queue.waiting()] == [second.id]


def test_stop_asks_and_the_run_saves() -> None:
    paths = launcher.start(config_of("works_until_stopped"))
    wait_for_state(paths, State.RUNNING)
    app = open_run(paths)
    assert labels(app) == ["Stop", "Duplicate and change"]
    press(app, "Stop")
    assert "the work is saved" in wait_for_state(paths, State.STOPPED).reason
    app.run()
    assert labels(app)[0] == "Resume"


def test_end_it_now_comes_when_a_stop_is_not_answered_and_asks_first() -> None:
    paths = launcher.start(config_of("ignores_stop"))
    wait_for_state(paths, State.RUNNING)
    asked_to_stop(paths, 5)
    app = open_run(paths)
    assert labels(app) == ["Stopping: saving first", "Duplicate and change"]
    asked_to_stop(paths, 12)
    app.run()
    assert labels(app) == ["Stopping: saving first", "Duplicate and change", "End now"]
    press(app, "End now")
    assert "There is no checkpoint yet, so all of its work is lost" in text(app)
    assert not derive(paths).over  # nothing is done before the answer
    press(app, "Keep waiting")
    assert "is lost" not in text(app)
    assert not derive(paths).over
    press(app, "End now")
    press(app, "End without saving")
    assert "ended without saving" in wait_for_state(paths, State.STOPPED).reason


def test_a_process_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = launcher.start(config_of("ignores_stop"))
    wait_for_state(paths, State.RUNNING)
    asked_to_stop(paths, 12)
    app = open_run(paths)
    press(app, "End now")
    monkeypatch.setattr("explorer.runs.launchers.local.host", lambda: "elsewhere")
    press(app, "End without saving")
    assert "is not known on this computer" in text(app)
    assert not derive(paths).over


def test_resume_starts_another_attempt_and_the_page_lives_again() -> None:
    paths = over("stopped", config=config_of("works_until_stopped"))
    app = open_run(paths)
    press(app, "Resume")
    wait_for_state(paths, State.RUNNING)
    app.run()
    assert labels(app)[0] == "Stop"
    assert paths.attempts() == (1, 2)


def test_a_resume_that_does_not_work_is_told_until_the_next_thing_is_done() -> None:
    paths = over("stopped")
    app = open_run(paths)
    paths.config.write_text("{")
    press(app, "Resume")
    assert "Failed: run.json cannot be read" in text(app)
    assert "Failed:" in text(app.run())  # a tick does not take it away
    paths.config.write_text(dumps(config_of("works_until_stopped")))
    press(app, "Resume")
    assert "Failed:" not in text(app)


def test_train_longer_starts_a_new_run_and_opens_it() -> None:
    paths = over("finished", step=30, config=config_of("works_until_stopped").model_copy(update={"epochs": 7}))
    app = open_run(paths)
    assert app.number_input(key=widget_key("run", paths.id, "epochs")).value == 7  # the same again
    app.number_input(key=widget_key("run", paths.id, "epochs")).set_value(3)
    press(app, "Start the new run")
    (new,) = (run for run in list_runs() if run.id != paths.id)
    config = loads(new.config.read_bytes())
    assert (config.epochs, config.start_from, config.seed) == (3, paths.id, 1)
    assert app.query_params["run"] in (new.id, [new.id])
    origin = app.button(key="run_origin")
    assert origin.label.replace("\\", "") == "Starts from the weights of **works_until_stopped**"
    origin.click().run()
    assert app.query_params["run"] in (paths.id, [paths.id])


def test_a_press_leads_to_the_origin_also_where_the_run_changes_at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    origin = over("finished")
    config = config_of("works_until_stopped").model_copy(update={"start_from": origin.id})
    run = launcher.start(config)
    wait_for_state(run, State.RUNNING)
    app = open_run(run)
    refresh = RunView.refresh

    def stopped_meanwhile(view: RunView) -> RunSnapshot:
        # The page has been drawn for a run that works, and looks again for its live part.
        found = refresh(view)
        if view.paths == run and found.status.state is State.RUNNING:
            control.request_stop(run)
            wait_for_state(run, State.STOPPED)
        return found

    monkeypatch.setattr(RunView, "refresh", stopped_meanwhile)
    app.button(key="run_origin").click().run()
    assert not app.exception
    assert app.query_params["run"] in (origin.id, [origin.id])


def test_a_run_whose_origin_is_gone_says_so() -> None:
    config = config_of("finishes").model_copy(update={"start_from": "20261123-000000-gone-x7k"})
    assert "Starts from the weights of 20261123-000000-gone-x7k, which has been deleted" in text(
        open_run(over("finished", config=config))
    )


def test_duplicate_opens_the_train_page_filled_with_its_settings() -> None:
    config = config_of("finishes").model_copy(update={"epochs": 17, "learning_rate": 0.02})
    app = open_run(over("finished", config=config))
    press(app, "Duplicate and change")
    assert [box.value for box in app.number_input if box.label == "Epochs"] == [17]
    assert app.text_input(key=widget_key("train", "learning_rate")).value == "0.02"


# More


def open_more(paths: RunPaths) -> AppTest:
    app = open_run(paths)
    assert not [box for box in app.text_input if box.label == "Name"]  # nothing is worked out while it is closed
    app.session_state[menu_key(paths.id)] = True
    return app.run()


def field(app: AppTest, label: str) -> object:
    boxes = [*app.text_input, *app.text_area]
    return next(box for box in boxes if box.label == label)


def test_name_tags_and_note_are_kept_and_shown() -> None:
    paths = over("finished")
    app = open_more(paths)
    field(app, "Name").set_value("개미 <b>run</b>")  # type: ignore[attr-defined]
    field(app, "Tags").set_value(" baseline, a b ,,")  # type: ignore[attr-defined]
    field(app, "Note").set_value("lr too high?")  # type: ignore[attr-defined]
    press(app, "Save")
    assert meta.read(paths) == meta.Meta("개미 <b>run</b>", ("baseline", "a b"), "lr too high?")
    assert app.subheader[0].value.replace("\\", "") == "개미 <b>run</b>"
    assert not [box for box in app.text_input if box.label == "Name"]  # it has closed
    app.session_state[menu_key(paths.id)] = True  # an update that the browser had asked for before it knew that
    assert not [box for box in app.run().text_input if box.label == "Name"]


def test_saving_nothing_new_writes_nothing() -> None:
    paths = over("finished")
    press(open_more(paths), "Save")
    assert meta.read(paths) == meta.Meta()


def test_too_many_tags_are_refused_and_what_was_typed_stays() -> None:
    paths = over("finished")
    app = open_more(paths)
    field(app, "Tags").set_value(",".join(map(str, range(11))))  # type: ignore[attr-defined]
    press(app, "Save")
    assert "at most 10 tags" in text(app)
    assert field(app, "Tags").value.startswith("0,1,2")  # type: ignore[attr-defined]
    assert meta.read(paths).tags == ()


def test_only_the_best_checkpoint_is_kept() -> None:
    paths = over("finished", step=30)
    app = open_more(paths)
    assert "on disk: checkpoints 3 MB" in text(app)
    press(app, "Keep best checkpoint only")
    assert (paths.best.exists(), paths.last.exists()) == (True, False)
    assert app.button(key="run_keep_best").disabled  # there is nothing more to remove


def test_archive_and_back() -> None:
    paths = over("finished")
    app = press(open_more(paths), "Archive")
    assert meta.read(paths).archived
    press(app, "Unarchive")
    assert not meta.read(paths).archived


def test_delete_goes_back_to_the_list_which_offers_undo() -> None:
    paths = over("finished")
    app = press(open_more(paths), "Delete")
    assert not paths.root.exists()
    assert "run" not in app.query_params
    assert len(list(trash_root().iterdir())) == 1
    app.button(key="runs_undo").click().run()
    assert run_paths(paths.id).root == paths.root


def test_a_living_run_is_neither_deleted_nor_thinned_out() -> None:
    paths = launcher.start(config_of("works_until_stopped"))
    wait_for_state(paths, State.RUNNING)
    app = open_more(paths)
    assert app.button(key="run_delete").disabled
    assert app.button(key="run_keep_best").disabled


def test_a_run_that_another_window_deletes_is_told_as_gone() -> None:
    paths = over("finished")
    app = open_run(paths)
    paths.root.rename(trash_root() / "elsewhere")
    assert "There is no run" in text(app.run())


# What is said about it


def test_attempts_and_notes_of_the_trainer_are_told() -> None:
    paths = over("finished")
    for attempt, start in ((1, {}), (2, {"resumed_from_step": 120}), (3, {"resumed_from_step": 0})):
        with EventWriter(paths, attempt) as writer:
            writer.write("start", promise_s=60, notes=["last.ckpt was not used: it is damaged."], **start)
    outcome.write(paths, Outcome("finished", "", 1.0, attempt=3))
    found = text(open_run(paths))
    assert "Resumed twice: attempt 2 from step 120, attempt 3 from the beginning." in found
    assert "last.ckpt was not used: it is damaged." in found


def test_a_run_of_one_attempt_says_nothing_of_attempts() -> None:
    assert "Resumed" not in text(open_run(over("finished", step=30)))


# Within an epoch


def in_an_epoch(counts: list[list[int]] | None, **recipe: object) -> AppTest:
    """The page of a living run that is in the midst of its second epoch."""
    config = config_of("works_until_stopped").model_copy(update=recipe)
    paths = launcher.start(config)
    wait_for(lambda: derive(paths).state is State.RUNNING and paths.epoch(1, 0).exists(), "the first epoch")
    if counts is not None:
        Running(1, 5, np.array(counts)).save(paths.running)
    return open_run(paths)


def test_the_training_batches_of_the_epoch_are_told_while_it_runs() -> None:
    app = in_an_epoch([[9, 1], [3, 11]])
    assert "Epoch 2, 24 of 40 images: 83% correct" in text(app)
    paths = list_runs()[0]
    Running(1, 6, np.array([[10, 2], [3, 13]])).save(paths.running)
    assert "Epoch 2, 28 of 40 images: 82% correct" in text(app.run())  # without another record
    press(app, "Stop")
    wait_for_state(paths, State.STOPPED)
    assert "Epoch 2, 28 of 40 images: 82% correct" in text(app.run())  # it keeps its place when the run ends


def test_where_all_images_are_mixed_the_page_says_why_there_is_no_matrix() -> None:
    assert "Mixed images have no single class" in text(in_an_epoch(None, mixing="mixup"))


def test_where_some_are_mixed_the_others_are_told() -> None:
    found = text(in_an_epoch([[9, 1], [3, 11]], mixing="mixup", mix_probability=0.5))
    assert "Epoch 2, 24 of 40 images, mixed ones left out: 83% correct" in found


# Log


@pytest.fixture
def logged() -> Callable[[str], AppTest]:
    """Opens the page of a run with this log, and the log."""

    def opened(content: str) -> AppTest:
        paths = over("finished")
        paths.log.write_text(content)
        app = open_run(paths)
        app.session_state[widget_key("run", paths.id, "details")] = True
        app.session_state[widget_key("run", paths.id, "detail")] = "Log"
        return app.run()

    return opened


def search(app: AppTest, sought: str) -> AppTest:
    next(box for box in app.text_input if box.label == "Search the log").set_value(sought).run()
    assert not app.exception
    return app


def test_the_log_is_searched_for_plain_text_in_any_case(logged: Callable[[str], AppTest]) -> None:
    app = logged("one\nTwo [x] (y)\nthree\ntwo [x] (y) again\n")
    assert app.code[0].value.startswith("one\nTwo")
    search(app, "two [X] (")
    assert "2 lines found" in text(app)
    assert [line.split(maxsplit=1) for line in app.code[0].value.splitlines()] == [
        ["2", "Two [x] (y)"], ["4", "two [x] (y) again"],
    ]  # fmt: skip
    search(app, "nowhere")
    assert "No lines found" in text(app)
    assert search(app, "").code[0].value.startswith("one\nTwo")


def test_many_matches_are_cut_and_told(logged: Callable[[str], AppTest]) -> None:
    app = search(logged("line\n" * 600), "line")
    assert len(app.code[0].value.splitlines()) == 500
    assert "More lines were found than are shown" in text(app)


# The answer


def trained(epochs: list[dict[str, float]], best: int) -> RunPaths:
    """A run that has ended, with these validated epochs; epoch `best`, from 0, is the one whose weights it kept."""
    config = config_of("finishes").model_copy(update={"epochs": len(epochs), "learning_rate": 0.02, "frozen": False})
    paths = RunPaths(runs_root() / "20261123-142501-answer-x7k")
    paths.root.mkdir()
    paths.config.write_text(dumps(config))
    told = {"classes": ["ants", "bees"], "train_images": 40, "val_images": 20, "steps_per_epoch": 2}
    with EventWriter(paths, 1) as writer:
        cached = ["Cached 60 images in memory (9 MB)."]
        writer.write("start", promise_s=60, total_steps=8, epochs=len(epochs), notes=[], cached=cached, **told)
        for epoch, values in enumerate(epochs):
            right = round(10 * values["accuracy"])
            confusion = np.array([[right, 10 - right], [10 - right, right]])
            histogram = score_histogram(np.eye(2)[np.arange(20) % 2], np.arange(20) % 2)
            EpochRecord(confusion, histogram.positives, histogram.negatives, None, None).save(paths.epoch(1, epoch))
            writer.write("epoch", epoch=epoch, step=2 * (epoch + 1), promise_s=60, train_loss=0.5, **values)
    outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"epoch": best, **epochs[best]}))
    return paths


def test_the_page_begins_with_the_best_epoch_and_shows_the_latest_second() -> None:
    epochs = [
        {"auroc": 0.8, "f1_macro": 0.7, "accuracy": 0.7, "val_loss": 0.6},
        {"auroc": 0.99, "f1_macro": 0.9, "accuracy": 0.9, "val_loss": 0.3},
        {"auroc": 0.95, "f1_macro": 0.8, "accuracy": 0.8, "val_loss": 0.5},
    ]
    paths = trained(epochs, best=1)
    app = open_run(paths)
    latest = [caption.value for caption in app.caption if caption.value.startswith("latest ")]
    shown = {metric.label: (metric.value, said) for metric, said in zip(app.metric, latest, strict=True)}
    assert shown == {
        "Best epoch": ("2 of 3", "latest 3"),
        "AUROC": ("0.990", "latest 0.950"),
        "F1, macro": ("0.900", "latest 0.800"),
        "Accuracy": ("0.900", "latest 0.800"),
        # Older than the trainer's record of the epochs: computed from their counts.
        "Balanced accuracy": ("0.900", "latest 0.800"),
        "MCC": ("0.800", "latest 0.600"),
        "Validation loss": ("0.300", "latest 0.500"),
    }
    ends = intervals(evaluation_of(EpochRecord.load(paths.epoch(1, 1))), ["accuracy", "mcc"])
    below = {metric.label: metric.delta for metric in app.metric}
    assert below["Accuracy"] == "{:.3f} to {:.3f}".format(ends["accuracy"].low, ends["accuracy"].high)
    assert below["MCC"] == "{:.3f} to {:.3f}".format(ends["mcc"].low, ends["mcc"].high)
    assert below["Validation loss"] == Common.NO_INTERVAL  # the losses of single images are not stored
    assert "95% interval over the 20 validation images" in text(app)
    found = text(app)
    for words in ("Data", "Handwritten digits (40 training, 20 validation images)", "efficientnet-lite0, all layers",
                  "Pipeline", "none", "Duration"):  # fmt: skip
        assert words in found, words
    assert "Cached" not in found  # that is plumbing, which the section Settings shows

    # The matrix is that of the best epoch, and can be switched to the latest.
    view = RunView(paths)
    figures = charts._Figures().of(view, view.refresh(), best=1)
    assert [[cell[0] for cell in row] for row in figures["best"]["data"][0]["customdata"]] == [[9, 1], [1, 9]]
    assert [[cell[0] for cell in row] for row in figures["confusion"]["data"][0]["customdata"]] == [[8, 2], [2, 8]]
    assert app.button_group(key="matrix_epoch").options == ["Best: epoch 2", "Latest: epoch 3"]

    # The other metrics are drawn once their expander is open.
    assert "**MCC**" not in text(app)
    app.session_state[widget_key("run", paths.id, "metrics")] = True
    app.run()
    assert "**MCC**" in text(app)

    # Settings have the names of the Train page, and what was changed is marked.
    app.session_state[widget_key("run", paths.id, "section")] = "Settings"
    app.run()
    assert "Cached 60 images in memory (9 MB)." in text(app)
    table = next(part.value for part in app.markdown if part.value.startswith("| Setting |")).replace("\\", "")
    assert "| Learning rate | **0.02** | :gray[default: 0.01] |" in table
    assert "| Batch size | 16 |  |" in table
    assert "Positive-class weight" not in table  # it had no effect
    assert "null" not in table.lower()


def test_a_number_that_is_undefined_says_so_and_why() -> None:
    paths = trained([{"auroc": 1.0, "f1_macro": 1.0, "accuracy": 1.0, "val_loss": 0.1}], best=0)
    histogram = score_histogram(np.eye(2)[np.zeros(20, int)], np.zeros(20, int))
    one_class = np.array([[20, 0], [0, 0]])
    EpochRecord(one_class, histogram.positives, histogram.negatives, None, None).save(paths.epoch(1, 0))
    shown = {metric.label: metric for metric in open_run(paths).metric}
    assert (shown["MCC"].value, shown["AUROC"].value) == ("undefined", "undefined")
    assert "It is undefined here: " in shown["MCC"].help


def test_a_run_that_broke_shows_its_log_at_once() -> None:
    paths = over("failed")
    paths.log.write_text("what went wrong")
    assert "what went wrong" in [code.value for code in open_run(paths).code]
