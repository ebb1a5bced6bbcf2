"""`python -m explorer predict` on the command line, and the scores and gains that it prints."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from explorer.augment.pipeline import validate
from explorer.augment.presets import draft
from explorer.runs.cli.main import main
from explorer.runs.launchers import local
from explorer.runs.overview.predictions import Seen
from explorer.runs.record.paths import RunPaths, run_paths
from explorer.runs.record.predictions import Predictions
from explorer.runs.spec.config import loads
from tests.training.conftest import wait_for_end
from tests.training.predictions.conftest import FLIPS, Trained, plan_of, predict


@pytest.fixture(scope="module")
def made(pair: Trained) -> tuple[RunPaths, Predictions]:
    """A finished prediction of all images by one network, with views."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(pair.home))
        paths, _, found = predict(plan_of(pair.first, part="all", views=FLIPS, count=2), "command")
    assert found is not None
    return paths, found


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["predict", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_scores_and_gain_are_those_of_scikit_learn(made: tuple[RunPaths, Predictions]) -> None:
    _, found = made
    seen = Seen(found)
    scores, gain = seen.scores(), seen.gain()
    assert gain is not None
    for key, reference in (("accuracy", accuracy_score), ("auroc", roc_auc_score), ("log_loss", log_loss)):
        values = [
            reference(found.labels, one if key != "accuracy" else one > 0.5)
            for one in (found.plain[:, 1].astype(float), found.scores[:, 1].astype(float))
        ]
        difference = gain.differences[key]
        assert (difference.a, difference.b) == pytest.approx(values, abs=1e-6)
        assert scores[key].value == pytest.approx(values[1], abs=1e-6)
    plain, views = found.plain.argmax(axis=1) == found.labels, found.scores.argmax(axis=1) == found.labels
    assert sorted(flip.row for flip in gain.lost) == np.flatnonzero(plain & ~views).tolist()
    assert sorted(flip.row for flip in gain.won) == np.flatnonzero(~plain & views).tolist()


@pytest.mark.usefixtures("here")
def test_a_finished_prediction_writes_tables_and_samples_to_new_files_only(
    made: tuple[RunPaths, Predictions], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths, found = made
    sample = tmp_path / "sample.csv"
    sample.write_text("id,label\nants/0,0.5\nbees/3.png,0.5\n")
    target = tmp_path / "submission.csv"
    value = _printed(capsys, paths.id, "--sample", str(sample), "--out", str(target))
    assert value["images"] == 52
    scores = dict(zip(found.ids, found.scores[:, 1].tolist(), strict=True))
    lines = target.read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", "ants/0", "bees/3.png"]
    assert [float(line.split(",")[1]) for line in lines[1:]] == pytest.approx(
        [scores["ants/0.png"], scores["bees/3.png"]]
    )
    table = tmp_path / "table.csv"
    assert _printed(capsys, paths.id, "--out", str(table))["images"] == 52
    assert len(table.read_text().splitlines()) == 53
    assert main(["predict", paths.id, "--out", str(target)]) == 2
    assert "is not written over" in capsys.readouterr().err
    sample.write_text("id,label\nnobody,0.5\n")
    assert main(["predict", paths.id, "--sample", str(sample), "--out", str(tmp_path / "other.csv")]) == 1
    assert "no predicted image: nobody" in capsys.readouterr().err


def test_the_command_starts_a_prediction_with_a_preset(
    here: Trained, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it computes is tested with the other predictions, and the whole way in test_kaggle_walk.py."""
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    arguments = ["--which", "last", "--tta", "light", "--views", "1", "--part", "all", "--name", "finishes"]
    paths = run_paths(_printed(capsys, here.first.id, here.second.id, *arguments)["id"])
    assert wait_for_end(paths).state == "finished"
    plan = loads(paths.config.read_bytes()).predict
    assert plan is not None
    assert [(network.run, network.which) for network in plan.networks] == [
        (run.id, "last") for run in (here.first, here.second)
    ]
    assert plan.views == validate(draft("light"))
    assert (plan.count, plan.part) == (1, "all")
    assert main(["predict", here.first.id, "--tta", "nothing"]) == 2
    assert "Choose one of light" in capsys.readouterr().err


def test_each_of_several_networks_has_scores_of_its_own(here: Trained, capsys: pytest.CaptureFixture[str]) -> None:
    paths, _, found = predict(plan_of(here.first, here.second), "both")
    assert found is not None
    capsys.readouterr()
    alone = [accuracy_score(found.labels, one.argmax(axis=1)) for one in found.each]
    printed = _printed(capsys, paths.id)["networks"]
    assert [one["scores"]["accuracy"] for one in printed] == pytest.approx(alone)
