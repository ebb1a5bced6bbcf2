"""Studies of folds: one training run for each fold, stopped and resumed, with one score out of fold."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, roc_auc_score

from explorer.report.package import write_package
from explorer.runs.life.predicting import networks_of, prediction
from explorer.runs.overview import prediction_table
from explorer.runs.overview.studies import fold_table, folds
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.parts import MEMBER, part_path, parts, read_part
from explorer.runs.spec.config import RunConfig, from_values, loads
from explorer.runs.spec.predict import PredictPlan
from explorer.training.__main__ import run
from explorer.training.networks import build
from explorer.training.stopping import StopRequest
from tests.training.conftest import SMALL, config_of, folder_of, make_image_folder, outcome_of, run_here
from tests.training.test_resume import StopAtLook

FOLDS = 3


def study_of(folder: Path, **dataset: object) -> RunConfig:
    """Three folds of two epochs each, of small pictures."""
    spec = {"kind": "image_folder", "path": str(folder), **dataset}
    whole = config_of(**SMALL, dataset=spec, epochs=2, batch_size=16, early_stopping=1)
    return from_values(whole.model_dump() | {"kind": "study", "study": {"ask": "folds", "folds": FOLDS}})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_image_folder(tmp_path_factory.mktemp("벌 data"), {"ants": 13, "bees": 11}) / "train"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[RunPaths]:
    """A study that nothing has interrupted; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        paths, ended = run_here(study_of(folder))
        assert ended.state == "finished", ended.reason
        yield paths


def test_the_outcome_holds_the_out_of_fold_scores_for_lists_of_runs(undisturbed: RunPaths) -> None:
    score = found_in(undisturbed).scores["last"]["auroc"].value
    assert score is not None
    ended = outcome_of(undisturbed)
    assert ended.best["auroc"] == score
    assert f"Out of fold, AUROC is {score:.3f}" in ended.reason


def test_the_network_of_a_fold_leaves_as_a_package(undisturbed: RunPaths, tmp_path: Path) -> None:
    packed = write_package(undisturbed.member(1), tmp_path / "fold.zip")
    assert packed.onnx is not None
    names = zipfile.ZipFile(tmp_path / "fold.zip").namelist()
    assert f"{undisturbed.id}-fold-2/model.safetensors" in names


def found_in(paths: RunPaths) -> folds.FoldsFound:
    found = folds.read(paths, loads(paths.config.read_bytes()))
    assert found is not None
    return found


def test_each_image_is_judged_once_by_a_run_that_has_not_seen_it(undisturbed: RunPaths, folder: Path) -> None:
    found = found_in(undisturbed)
    assert outcome_of(undisturbed).reason.startswith("All 3 folds are trained. Out of fold, AUROC is ")
    assert found.complete
    answers = found.answers
    assert answers is not None
    assert sorted(answers.images.ids) == sorted(f"{one.parent.name}/{one.name}" for one in folder.glob("*/*"))
    assert np.bincount(answers.folds).tolist() == [8, 8, 8]
    for fold in range(FOLDS):
        member = undisturbed.member(fold)
        assert member.best.exists()
        assert member.last.exists()
        dataset = loads(member.config.read_bytes()).dataset.open()
        judged = {answers.images.ids[row] for row in np.flatnonzero(answers.folds == fold)}
        assert judged == set(dataset.val.ids)
        assert not judged & set(dataset.train.ids)
    shares, labels = answers.probabilities("last"), answers.images.labels
    scores = found.scores["last"]
    assert scores["accuracy"].value == pytest.approx((shares.argmax(axis=1) == labels).mean())
    assert scores["auroc"].value == pytest.approx(roc_auc_score(labels, shares[:, 1]))
    assert scores["log_loss"].value == pytest.approx(log_loss(labels, shares), rel=1e-5)
    assert scores["accuracy"].low is not None
    least, most = found.spread("last", "accuracy") or (1.0, 0.0)
    assert least <= (scores["accuracy"].value or 0.0) <= most


def test_the_out_of_fold_file_has_a_row_for_each_image(undisturbed: RunPaths) -> None:
    answers = found_in(undisturbed).answers
    assert answers is not None
    rows = list(
        csv.DictReader(io.StringIO(prediction_table.as_csv(fold_table.columns(answers, "best")).decode("utf-8-sig")))
    )
    assert len(rows) == 24
    assert {row["fold"] for row in rows} == {"1", "2", "3"}
    for row in rows:
        shares = {name: float(row[f"p_{name}"]) for name in ("ants", "bees")}
        assert sum(shares.values()) == pytest.approx(1)
        assert row["predicted"] == max(shares, key=lambda name: shares[name])


@torch.no_grad()
def test_the_networks_of_the_folds_predict_together_as_a_plain_loop_over_them(
    undisturbed: RunPaths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(undisturbed.root.parents[1]))
    flip = {"nodes": [{"kind": "step", "id": "v1", "transform": "HorizontalFlip", "p": 1.0}], "streams": 2}
    values = {"networks": networks_of(undisturbed, "best"), "images": {"path": str(folder)}, "views": flip, "count": 1}
    paths, ended = run_here(prediction(PredictPlan.model_validate(values)), "together")
    assert ended.state == "finished", ended.reason
    found = predictions.read(paths)
    assert found is not None
    # Pictures of 40 × 50 px become 32 × 40, of which the middle is taken.
    images = [cv2.imread(str(folder / name))[:, :, ::-1] for name in found.files]
    squares = np.stack([cv2.resize(one, (40, 32), interpolation=cv2.INTER_AREA)[:, 4:36] for one in images])
    pixels = torch.from_numpy(squares.copy()).permute(0, 3, 1, 2)
    scores = []
    for fold in range(FOLDS):
        member = undisturbed.member(fold)
        state = torch.load(member.best, weights_only=True)["state_dict"]
        network = build(loads(member.config.read_bytes()), 2, None)
        network.load_state_dict({name.removeprefix("network."): value for name, value in state.items()})
        network.eval()
        scores += [network(view).double().softmax(dim=1).numpy() for view in (pixels, pixels.flip(3))]
    np.testing.assert_allclose(found.scores, np.mean(scores, axis=0), atol=1e-6)


def test_stopped_in_a_fold_it_goes_on_with_the_same_numbers(undisturbed: RunPaths, folder: Path) -> None:
    paths = folder_of(study_of(folder), "again")
    states = []
    for looks in (14, 22):
        run(paths, StopAtLook(paths.stop, looks))
        states.append(outcome_of(paths).state)
    assert "stopped" in states
    before = {number: part_path(paths, MEMBER, number).stat().st_mtime_ns for number in parts(paths, MEMBER)}
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "finished", outcome_of(paths).reason
    assert before.items() <= {n: part_path(paths, MEMBER, n).stat().st_mtime_ns for n in range(FOLDS)}.items()
    for number in range(FOLDS):
        for name in ("logits", "best"):
            np.testing.assert_array_equal(
                read_part(paths, MEMBER, number)[name], read_part(undisturbed, MEMBER, number)[name]
            )


def test_copies_in_different_folds_are_counted(undisturbed: RunPaths) -> None:
    answers = found_in(undisturbed).answers
    assert answers is not None
    assert (answers.copies, answers.divided_copies) == (0, 0)
    patients = replace(answers.images, groups=np.zeros_like(answers.images.groups))  # a group is no copy
    assert replace(answers, images=patients).copies == 0
    hashes = (answers.images.hashes[1], *answers.images.hashes[1:])
    copied = replace(answers, images=replace(answers.images, hashes=hashes))
    assert copied.copies == 1
    assert copied.divided_copies == (2 if answers.folds[0] != answers.folds[1] else 0)


def test_data_that_has_no_folds_and_damaged_parts_are_named(undisturbed: RunPaths) -> None:
    shapes = config_of(**SMALL)
    study = shapes.model_dump() | {"kind": "study", "study": {"ask": "folds", "folds": FOLDS}}
    _, ended = run_here(from_values(study), "shapes")
    assert "cannot be divided into folds" in ended.reason
    part = part_path(undisturbed, MEMBER, 1)
    content = part.read_bytes()
    try:
        part.write_bytes(content[:100])
        with pytest.raises(StudyRecordError, match="member-1"):
            found_in(undisturbed)
    finally:
        part.write_bytes(content)
