"""A folder of pictures, and runs that were trained on it, for all tests of predictions; tests only read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from explorer.runs.life.predicting import prediction
from explorer.runs.record import predictions
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import Predictions
from explorer.runs.spec.predict import Network, PredictPlan
from tests.training.conftest import SMALL, config_of, make_image_folder, run_here

FLIPS = {
    "name": "flips",
    "nodes": [{"kind": "step", "id": "v1", "transform": "HorizontalFlip", "p": 0.5}],
    "streams": 2,
}


@dataclass(frozen=True)
class Trained:
    """A run with two outputs at 32 px, one on the same folder with a threshold at 48 px, and one on shapes."""

    home: Path
    folder: Path
    first: RunPaths
    second: RunPaths
    shapes: RunPaths


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Two trained runs."""
    folder = make_image_folder(tmp_path_factory.mktemp("사진 data"), {"ants": 30, "bees": 22}) / "train"
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        values: dict[str, Any] = {"dataset": {"kind": "image_folder", "path": str(folder)}, "epochs": 1, **SMALL}
        first, how = run_here(config_of(**values, name="first"), "first")
        assert how.state == "finished", how.reason
        other = {"loss": "bce", "image_size": 48, "seed": 3, "threshold": 0.4}
        second, how = run_here(config_of(**values, **other), "second")
        assert how.state == "finished", how.reason
        shapes, how = run_here(config_of(epochs=1, **SMALL), "shapes")
        assert how.state == "finished", how.reason
        yield Trained(home, folder, first, second, shapes)


@pytest.fixture
def here(pair: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """The two runs in the home of the test."""
    monkeypatch.setenv("EXPLORER_HOME", str(pair.home))
    return pair


def plan_of(*runs: RunPaths, **values: Any) -> PredictPlan:
    """A plan with the last checkpoints of these runs."""
    networks = tuple(Network(run=paths.id, which="last") for paths in runs)
    return PredictPlan.model_validate({"networks": networks, **values})


def predict(plan: PredictPlan, name: str) -> tuple[RunPaths, Outcome, Predictions | None]:
    """Carry out a plan in this process."""
    paths, outcome = run_here(prediction(plan), name)
    return paths, outcome, predictions.read(paths)
