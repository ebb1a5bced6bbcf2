"""What pages see of a run: the same whether read bit by bit or at once, whole after a resume, calm about damage."""

import json
from typing import Any

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline
from explorer.base import locks
from explorer.data.formats.digits import DigitsSpec
from explorer.metrics.scores import score_histogram
from explorer.runs.life import launcher
from explorer.runs.overview.best import best_point
from explorer.runs.overview.measured import of_record
from explorer.runs.overview.summary import summarize
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record import logs, outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.state.status import State
from tests.runs.conftest import wait_for_state
from tests.runs.trainer import STEPS_PER_EPOCH, Work, save_epoch, train


def _values(snapshot: RunSnapshot) -> dict[str, Any]:
    """What must be equal however it was read; nan counts as equal to nan."""
    return {
        "config": snapshot.config,
        "classes": snapshot.classes,
        "at": (snapshot.phase, snapshot.epoch, snapshot.step, snapshot.total_steps),
        "epochs": repr(snapshot.epochs),
        "steps": [snapshot.steps.step.tolist(), snapshot.steps.loss.tolist(), repr(snapshot.steps.lr.tolist())],
        "confusion": None if snapshot.confusion is None else snapshot.confusion.tolist(),
        "latest_epoch": snapshot.latest_epoch,
        "damaged": snapshot.damaged_lines,
        "revision": snapshot.revision,
    }


def test_reading_on_gives_the_same_as_reading_everything(folder: RunPaths) -> None:
    followed = RunView(folder)
    followed.refresh()
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=3)
    lines = folder.events(1).read_bytes().splitlines(keepends=True)
    folder.events(1).unlink()
    for line in lines:
        for part in (line[:20], line[20:]):
            with folder.events(1).open("ab") as file:
                file.write(part)
            assert _values(followed.refresh()) == _values(RunView(folder).refresh())
    assert followed.refresh().steps.step.tolist() == list(range(1, 3 * STEPS_PER_EPOCH + 1))


def test_a_run_that_goes_on_has_the_best_of_all_its_epochs_and_not_that_of_the_attempt_before(folder: RunPaths) -> None:
    def best() -> tuple[int, object]:
        snapshot = RunView(folder).refresh()
        point = best_point(folder, snapshot.config, snapshot.epochs)
        assert point is not None
        return point.epoch, summarize(folder).best.get("epoch")

    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=2)
    outcome.write(folder, Outcome("stopped", "", 1.0, best={"epoch": 0}))
    assert best() == (0, 0)
    folder.events(2).touch()  # it was resumed
    assert best() == (1, None)
    outcome.write(folder, Outcome("stopped", "", 2.0, attempt=2, best={"epoch": 0}))
    assert best() == (0, 0)


def test_a_finished_run_is_there_as_a_whole() -> None:
    config = RunConfig(name="finishes", dataset=DigitsSpec(), pipeline=Pipeline(), accelerator="cpu")
    paths = launcher.start(config)
    wait_for_state(paths, State.FINISHED)
    view = RunView(paths)
    snapshot = view.refresh()
    assert (snapshot.config, snapshot.problem) == (config, "")
    assert (snapshot.classes, snapshot.device) == (("ants", "bees"), "Test CPU")
    assert (snapshot.fraction, snapshot.eta_s) == (1.0, None)
    assert [point.number for point in snapshot.epochs] == [1, 2]
    assert [point.noted["auroc"] for point in snapshot.epochs] == [0.7, 0.71]
    assert [point.value("balanced_accuracy") for point in snapshot.epochs] == pytest.approx(
        [2 / 3, 3 / 4]
    )  # of the counts
    assert snapshot.confusion is not None
    np.testing.assert_array_equal(snapshot.confusion, [[2, 1], [2, 10]])
    first = view.record(0)
    assert first is not None
    np.testing.assert_array_equal(first.confusion, [[1, 1], [2, 10]])
    assert view.record(7) is None
    assert logs.tail(view.paths.log, 200) == "training begins"


def test_an_mcc_that_an_older_trainer_recorded_as_0_is_undefined() -> None:
    histogram = score_histogram(np.eye(2)[[0, 1, 1]], np.zeros(3, np.int64))
    record = EpochRecord(np.array([[1, 2], [0, 0]]), histogram.positives, histogram.negatives, None, None)
    point = EpochPoint(0, 0.5, {"mcc": 0.0, "accuracy": 0.3333}, of_record(record))
    assert np.isnan(point.value("mcc"))
    assert point.value("accuracy") == 0.3333
    assert EpochPoint(0, 0.5, {"mcc": 0.0}, None).value("mcc") == 0.0  # its counts cannot be read


def test_metrics_are_computed_once_for_each_epoch(folder: RunPaths) -> None:
    view = RunView(folder)
    with EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=6)
    first = view.refresh().epochs
    assert len(first) == 6
    assert all(again is point for again, point in zip(view.refresh().epochs, first, strict=True))


def test_a_resumed_run_has_neither_gap_nor_double(folder: RunPaths) -> None:
    view = RunView(folder)
    with EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=2)
    view.refresh()
    with locks.hold(folder.lock), EventWriter(folder, 2) as writer:
        writer.write("phase", promise_s=60, phase="importing", resumed_from_step=6)
        between = view.refresh()
        assert between.steps.step.tolist() == [1, 2, 3, 4, 5, 6]
        assert [point.number for point in between.epochs] == [1]
        for step in (7, 8):
            writer.write("step", epoch=1, step=step, promise_s=30, loss=9.0)
        save_epoch(folder, 2, 1)
        writer.write("epoch", epoch=1, step=8, promise_s=30, auroc=0.9)
        snapshot = view.refresh()
        assert _values(RunView(folder).refresh()) == _values(snapshot)
    assert snapshot.steps.step.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert snapshot.steps.loss[-2:].tolist() == [9.0, 9.0]
    assert [point.number for point in snapshot.epochs] == [1, 2]
    assert snapshot.confusion is not None
    assert snapshot.confusion[1, 1] == 20  # that of the second attempt


@pytest.mark.parametrize("damage", [None, b"", b"PK damaged"])
def test_an_epoch_file_that_is_damaged_or_missing_costs_only_its_counts(folder: RunPaths, damage: bytes | None) -> None:
    with EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=2)
    folder.epoch(1, 1).unlink()
    if damage is not None:
        folder.epoch(1, 1).write_bytes(damage)
    snapshot = RunView(folder).refresh()
    assert [point.measured is None for point in snapshot.epochs] == [False, True]
    assert snapshot.epochs[1].value("auroc") == 0.71
    assert snapshot.confusion is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "run.json is missing"),
        ("{", "It is not JSON"),
        (json.dumps({"version": 9, "dataset": {"kind": "digits"}}), "newer version of the explorer (format 9"),
        (json.dumps({"dataset": {"kind": "digits"}}), "Pipeline is missing"),
    ],
)
def test_a_run_whose_config_cannot_be_read_is_still_shown(folder: RunPaths, content: str | None, words: str) -> None:
    folder.config.unlink()
    if content is not None:
        folder.config.write_text(content)
    with EventWriter(folder, 1) as writer:
        train(Work(folder, 1, writer), epochs=1)
    view = RunView(folder)
    snapshot = view.refresh()
    assert snapshot.config is None
    assert words in snapshot.problem
    assert len(snapshot.epochs) == 1
    folder.config.write_text(dumps(RunConfig(dataset=DigitsSpec(), pipeline=Pipeline())))
    assert view.refresh().problem == ""


def test_the_revision_is_the_same_while_nothing_is_new(folder: RunPaths) -> None:
    view = RunView(folder)
    with EventWriter(folder, 1) as writer:
        writer.write("step", step=1, promise_s=30, loss=1.0)
        first = view.refresh()
        assert view.refresh().revision == first.revision
        assert view.refresh().steps is first.steps
        writer.write("step", step=2, promise_s=30, loss=1.0)
        assert view.refresh().revision > first.revision
    assert first.steps.step.tolist() == [1]  # a snapshot does not change under who holds it


def test_a_running_run_estimates_its_end(folder: RunPaths) -> None:
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        writer.write("start", promise_s=30, total_steps=100, steps_per_epoch=50, epochs=2, train_images=9, val_images=1)
        assert RunView(folder).refresh().eta_s is None
        for step in (10, 20):
            writer.write("step", step=step, promise_s=30, loss=1.0)
        snapshot = RunView(folder).refresh()
    assert snapshot.status.state is State.RUNNING
    assert snapshot.fraction == 0.2
    assert snapshot.eta_s is not None
    assert 0 <= snapshot.eta_s < 60


def test_the_log_shows_the_last_state_of_a_progress_bar(folder: RunPaths) -> None:
    view = RunView(folder)
    assert logs.tail(view.paths.log, 200) == ""
    folder.log.write_bytes(b"first\n 10 %\r 50 %\r100 %\nbad \xff\n")
    assert logs.tail(view.paths.log, 200).splitlines() == ["first", "100 %", "bad \N{REPLACEMENT CHARACTER}"]
    assert logs.tail(view.paths.log, 1) == "bad \N{REPLACEMENT CHARACTER}"
