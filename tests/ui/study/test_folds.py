"""The page of a study of folds, and the dialog that starts one."""

from pathlib import Path

import numpy as np
import pytest

from explorer.base.atomic import write_bytes_atomic
from explorer.runs.cli.main import main
from explorer.runs.overview.studies.folds import out_of_fold
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome, OutcomeState
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import MEMBER, images_path, write_part
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import dumps, from_values, loads
from explorer.runs.spec.members import config_of_fold
from explorer.ui.evidence import later
from explorer.ui.session.keys import widget_key
from explorer.ui.train import folds as dialog
from tests.training.conftest import SMALL, config_of, make_image_folder
from tests.ui.conftest import open_run
from tests.ui.study.test_page import text

FOLDS = 3


@pytest.fixture(autouse=True)
def _results_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PATIENCE_S", 60.0)


def made(tmp_path: Path, done: int, state: OutcomeState, *, copied: bool = False) -> RunPaths:
    """Write a study of three folds of 24 images of which some are trained; all answers are right but one in each."""
    folder = make_image_folder(tmp_path / "data", {"ants": 12, "bees": 12}) / "train"
    whole = config_of(**SMALL, dataset={"kind": "image_folder", "path": str(folder), "links": "inside"})
    config = from_values(whole.model_dump() | {"kind": "study", "study": {"ask": "folds", "folds": FOLDS}, "name": "f"})
    paths = RunPaths(runs_root() / "20261128-142501-folds-x7k")
    paths.study.mkdir(parents=True)
    write_bytes_atomic(paths.config, dumps(config).encode())
    first = config_of_fold(config, 0).dataset.open()
    ids = (*first.train.ids, *first.val.ids)
    hashes = {name: "0" if copied and number in (0, 20) else f"{number:x}f" for number, name in enumerate(ids)}
    labels = np.concatenate([first.train.labels, first.val.labels])
    groups = np.unique([hashes[name] for name in ids], return_inverse=True)[1].astype(np.int64)
    listed = tuple(hashes[name] for name in ids)
    StudyImages(ids, listed, labels, groups, len(first.train), first.classes).save(images_path(paths))
    for fold in range(done):
        val = config_of_fold(config, fold).dataset.open().val
        paths.member(fold).root.mkdir(parents=True)
        ValidationImages(val.ids, val.labels, tuple(hashes[name] for name in val.ids)).save(
            paths.member(fold).validation
        )
        best = np.where(np.eye(2)[val.labels] > 0, 3.0, -3.0).astype(np.float32)
        last = best.copy()
        last[0] *= -1
        seconds, epoch = np.array([1.0]), np.array([fold])
        write_part(paths, MEMBER, fold, {"logits": last, "best": best, "best_epoch": epoch, "seconds": seconds})
    outcome.write(paths, Outcome(state, "ended", 1.0))
    return paths


def test_the_score_is_over_all_images_and_that_of_the_best_epochs_is_called_too_good(tmp_path: Path) -> None:
    paths = made(tmp_path, FOLDS, "finished")
    app = open_run(paths)
    said = text(app)
    assert "Out of fold, accuracy is 0.875 (95% interval " in said
    assert "Each of 24 images was judged by the run that was not trained on it" in said
    assert "folds 0.875 to 0.875" in said
    app.segmented_control(key=widget_key("study", paths.id, "which")).set_value("best").run()
    assert "Out of fold, accuracy is 1.000" in text(app)
    assert "somewhat too good" in text(app)


def test_a_study_that_was_stopped_says_how_many_folds_are_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = made(tmp_path, 2, "stopped")
    said = text(open_run(paths))
    assert "2 of 3 folds" in said
    assert "16 of 24 images are judged so far" in said
    main(["verdict", paths.id])
    assert "2 of 3 folds, 16 images" in capsys.readouterr().out


def test_copies_in_another_fold_are_counted(tmp_path: Path) -> None:
    paths = made(tmp_path, FOLDS, "finished", copied=True)
    answers = out_of_fold(paths, loads(paths.config.read_bytes()))
    assert answers is not None
    assert answers.copies == 1
    divided = answers.folds[0] != answers.folds[20]
    assert answers.divided_copies == (2 if divided else 0)


def test_nothing_trained_says_so(tmp_path: Path) -> None:
    assert "ended before a fold was trained" in text(open_run(made(tmp_path, 0, "failed")))


def test_the_config_of_the_study_stops_no_run_early(tmp_path: Path) -> None:
    folder = make_image_folder(tmp_path / "data", {"ants": 4, "bees": 4}) / "train"
    whole = config_of(**SMALL, dataset={"kind": "image_folder", "path": str(folder)}, early_stopping=2)
    config = dialog.config_of(whole, "data", 4)
    assert config.early_stopping is None
    dataset = config_of_fold(config, 3).dataset.model_dump()
    assert (dataset["folds"], dataset["fold"]) == (4, 3)
