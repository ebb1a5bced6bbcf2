"""Lightning's own loggers: what their own readers find is what the run has recorded."""

import csv
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError
from explorer.training import loggers
from tests.training.conftest import config_of, events_of, folder_of, run_here


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunPaths]:
    """A run with two loggers, done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        paths, outcome = run_here(
            config_of(loggers=["csv", "tensorboard"], backbone="small-cnn", weights="none", frozen=False)
        )
        assert outcome.state == "finished", outcome.reason
        yield paths


def _scalars(paths: RunPaths) -> dict[str, list[tuple[int, float]]]:
    """Name -> (step, value), as TensorBoard itself reads them."""
    accumulator = EventAccumulator(str(paths.logged / "tensorboard" / "attempt-1"))
    accumulator.Reload()
    return {
        name: [(scalar.step, scalar.value) for scalar in accumulator.Scalars(name)]
        for name in accumulator.Tags()["scalars"]
    }


def _of_events(paths: RunPaths, kind: str, name: str) -> list[tuple[int, float]]:
    return [(event.step, event.values[name]) for event in events_of(paths) if event.kind == kind]


RECORDED = {
    "train_loss": ("step", "loss"),
    "lr": ("step", "lr"),
    "train_accuracy": ("step", "accuracy"),
    "val_loss": ("epoch", "val_loss"),
    "val_auroc": ("epoch", "auroc"),
    "val_f1": ("epoch", "f1_macro"),
    "val_accuracy": ("epoch", "accuracy"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_tensorboard_reads_what_the_events_tell(name: str, logged: RunPaths) -> None:
    expected = _of_events(logged, *RECORDED[name])
    found = _scalars(logged)[name]
    assert expected
    assert [step for step, _ in found] == [step for step, _ in expected]
    assert [value for _, value in found] == pytest.approx([value for _, value in expected], rel=1e-6)


@pytest.mark.parametrize("name", RECORDED)
def test_the_csv_holds_what_the_events_tell(name: str, logged: RunPaths) -> None:
    with (logged.logged / "csv" / "attempt-1" / "metrics.csv").open(newline="") as file:
        rows = [(int(row["step"]), float(row[name])) for row in csv.DictReader(file) if row.get(name)]
    assert rows == _of_events(logged, *RECORDED[name])


def test_each_attempt_has_files_of_its_own() -> None:
    config = config_of(loggers=["csv", "tensorboard"])
    paths = folder_of(config)
    for attempt in (1, 2):
        for logger in loggers.make(config, paths, attempt):
            logger.log_metrics({"val_loss": float(attempt)}, step=attempt)
            logger.finalize("success")
    for attempt in (1, 2):
        text = (paths.logged / "csv" / f"attempt-{attempt}" / "metrics.csv").read_text()
        assert f"{attempt},{attempt}.0" in text
        assert len(list((paths.logged / "tensorboard" / f"attempt-{attempt}").glob("events.out*"))) == 1


def test_a_row_is_in_the_csv_at_once() -> None:
    config = config_of(loggers=["csv"])
    paths = folder_of(config)
    (logger,) = loggers.make(config, paths, 1)
    logger.log_metrics({"train_loss": 0.5}, step=7)
    assert "7,0.5" in (paths.logged / "csv" / "attempt-1" / "metrics.csv").read_text()


def test_the_recipe_is_logged_too(logged: RunPaths) -> None:
    text = (logged.logged / "csv" / "attempt-1" / "hparams.yaml").read_text()
    assert "learning_rate: 0.01" in text
    assert "dataset.kind: shapes" in text


def test_a_run_that_asks_for_none_gets_none() -> None:
    config = config_of()
    paths = folder_of(config)
    assert loggers.make(config, paths, 1) == []
    assert not paths.logged.exists()


def test_mlflow_is_refused_with_words_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_of_mlflow(name: str) -> Any:
        return None if name == "mlflow" else find_spec(name)

    monkeypatch.setattr(loggers, "find_spec", nothing_of_mlflow)
    config = config_of(loggers=["csv", "mlflow"])
    paths = folder_of(config)
    with pytest.raises(ConfigError) as refused:
        loggers.make(config, paths, 1)
    assert refused.value.errors["loggers"].startswith("mlflow is not installed here. Install it")
    assert not paths.logged.exists()
    assert [name for name, reason in loggers.offered().items() if reason] == ["mlflow"]
