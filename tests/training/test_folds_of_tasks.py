"""Folds where masks or several labels are learned: one score out of fold, its page, its table, and an ensemble."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import f1_score, jaccard_score, roc_auc_score

from explorer.runs.life.predicting import networks_of, prediction
from explorer.runs.overview.studies import fold_table, folds
from explorer.runs.overview.studies.folds import FoldsFound
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import from_values, loads
from explorer.runs.spec.predict import PredictPlan
from tests.training.conftest import SMALL, config_of, run_here
from tests.ui.conftest import open_run

FOLDS = 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve images with masks of two classes and a value that does not count, and a table of two labels of them."""
    draw, rows = np.random.default_rng(5), ["image,cat,dog"]
    for number in range(12):
        mask = np.kron(draw.integers(0, 2, (2, 2)), np.ones((16, 16))).astype(np.uint8)
        mask[0] = 2
        pixels = (mask[..., None] * 90 + draw.integers(0, 60, (32, 32, 3))).astype(np.uint8)
        for name, array in (("images", pixels), ("masks", mask)):
            (tmp_path / "set" / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(array).save(tmp_path / "set" / name / f"{number}.png")
        rows.append(f"images/{number}.png,{number % 2},{number // 2 % 2}")
    (tmp_path / "set/classes.txt").write_text("sky\nroad\nvoid\n")
    (tmp_path / "set/labels.csv").write_text("\n".join(rows))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    return tmp_path / "set"


def _trained(dataset: dict[str, Any]) -> tuple[RunPaths, FoldsFound]:
    whole = config_of(**SMALL, dataset=dataset, epochs=2, batch_size=3)
    config = from_values(whole.model_dump() | {"kind": "study", "study": {"ask": "folds", "folds": FOLDS}})
    paths, ended = run_here(config, "folds")
    assert ended.state == "finished", ended.reason
    found = folds.read(paths, loads(paths.config.read_bytes()))
    assert found is not None
    assert found.complete
    return paths, found


def _predicts_together(paths: RunPaths, folder: Path) -> None:
    plan = {"networks": networks_of(paths, "last"), "images": {"path": str(folder / "images")}}
    _, ended = run_here(prediction(PredictPlan.model_validate(plan)), "together")
    assert "12 images are predicted" in ended.reason


def test_masks_have_one_score_of_the_pixels_of_all_images(folder: Path) -> None:
    paths, found = _trained({"kind": "mask_folder", "path": str(folder)})
    records = [EpochRecord.load(paths.member(fold).epoch(1, 1)) for fold in range(FOLDS)]
    cells = sum(record.confusion for record in records)
    true, predicted = np.repeat(np.indices((2, 2)).reshape(2, -1), np.asarray(cells).reshape(-1), axis=1)
    one = found.scores["last"]["iou"]
    assert one.value == pytest.approx(jaccard_score(true, predicted, average="macro"))
    assert one.low is not None
    assert one.low < one.value < (one.high or 0)
    for record, fold in zip(records, found.folds, strict=True):
        right, sides = np.diag(record.confusion), record.confusion.sum(axis=0) + record.confusion.sum(axis=1)
        assert fold.scores is not None
        assert fold.scores["last"]["iou"] == pytest.approx((right / (sides - right)).mean())
    assert found.answers is not None
    table = fold_table.columns(found.answers, "best")
    assert len(table["id"]) == 12
    assert np.nanmax(table["dice_road"]) <= 1
    app = open_run(paths)
    assert any(f"Out of fold, IoU is {one.value:.3f}" in block.value for block in app.markdown)
    assert app.dataframe[0].value["Class"].tolist() == ["sky", "road"]
    _predicts_together(paths, folder)


def test_several_labels_have_one_score_of_all_images(folder: Path) -> None:
    paths, found = _trained({"kind": "csv", "path": str(folder / "labels.csv"), "several": "columns"})
    answers, scores = found.answers, found.scores["last"]
    assert answers is not None
    labels, shares = answers.images.labels, answers.probabilities("last")
    assert labels.sum(axis=0).tolist() == [6, 6]
    assert scores["auroc"].value == pytest.approx(roc_auc_score(labels, shares))
    assert scores["auroc"].low is not None
    assert scores["f1_macro"].value == pytest.approx(f1_score(labels, shares > 0.5, average="macro", zero_division=0))
    table = fold_table.columns(answers, "last")
    assert list(table)[2:6] == ["true_cat", "true_dog", "predicted_cat", "predicted_dog"]
    app = open_run(paths)
    assert any(f"Out of fold, AUROC is {scores['auroc'].value:.3f}" in block.value for block in app.markdown)
    assert app.dataframe[0].value["Label"].tolist() == ["cat", "dog"]
    _predicts_together(paths, folder)
