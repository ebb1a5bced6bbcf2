"""Runs that learn several labels of an image."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch.nn import functional

from explorer.metrics.pairs import ImageList, align
from explorer.runs.overview.comparison import pair_of, side_of
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.running import Running
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import ConfigError, RunConfig, check_with_dataset, from_values
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.__main__ import run
from explorer.training.label_loss import label_bce, objective
from explorer.training.tasks.labels import count
from tests.training.conftest import config_of, folder_of, run_here
from tests.training.test_resume import StopAtLook, assert_same

NAMES = ("bar", "box")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Images with a bright bar, a bright box, both or nothing, with a column for each."""
    draw = np.random.default_rng(0)
    rows = []
    for number in range(48):
        bar, box = (bool(value) for value in draw.random(2) < (0.5, 0.4))
        image = Image.fromarray(draw.integers(0, 60, (32, 32, 3), np.uint8))
        pen = ImageDraw.Draw(image)
        if bar:
            pen.line((4, int(draw.integers(4, 28)), 28, int(draw.integers(4, 28))), "red", 3)
        if box:
            left, top = (int(place) for place in draw.integers(2, 20, 2))
            pen.rectangle((left, top, left + 9, top + 9), fill="lime")
        image.save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{int(bar)},{int(box)}")
    (tmp_path / "table.csv").write_text("image,bar,box\n" + "\n".join(rows) + "\n")
    return tmp_path / "table.csv"


def config(table: Path, **changes: object) -> RunConfig:
    small = {"backbone": "small-cnn", "weights": "none", "frozen": False, "epochs": 2, "learning_rate": 0.01}
    dataset = {"kind": "csv", "path": str(table), "several": "columns"}
    return config_of(dataset=dataset, **{**small, "pos_weight": "balanced", **changes})


def test_a_run_learns_each_label_and_leaves_its_evidence(table: Path) -> None:
    paths, outcome = run_here(config(table, epochs=6))
    assert outcome.state == "finished", outcome.reason
    assert outcome.best["auroc"] > 0.9
    view = RunView(paths)
    snapshot = view.refresh()
    assert (snapshot.classes, snapshot.task) == (NAMES, "labels")
    record = Evidence(view).record(snapshot.epochs[-1].epoch)
    assert record is not None
    assert record.logits is not None
    assert record.confusion.shape == (2, 2, 2)
    images = ValidationImages.load(paths.validation)
    assert np.array_equal(images.labels, record.labels)
    predicted = (record.logits > 0).astype(np.int64)
    assert np.array_equal(count(torch.from_numpy(record.labels), torch.from_numpy(predicted), 2), record.confusion)
    assert evaluation_of(record).sets is not None
    assert np.isfinite(snapshot.epochs[-1].value("mean_precision"))
    side = side_of(view, snapshot, "labels")
    found = pair_of(side, side)
    compared = found.differences()
    values = {key: one.a for key, one in compared.items() if key in outcome.best}
    assert values == pytest.approx({key: outcome.best[key] for key in values})
    assert values.keys() >= {"auroc", "mean_precision", "f1_macro", "f1_samples"}
    assert all(one.none for one in compared.values())
    assert (found.mcnemar(), found.changed_sides()) == (None, ([], []))
    assert align(*[ImageList(images.ids, images.hashes, images.labels)] * 2).complete
    running = Running.load(paths.running)
    assert running is not None
    assert running.seen == 38


def test_a_run_that_was_stopped_goes_on_to_the_bit(table: Path) -> None:
    whole, _ = run_here(config(table, mixing="both"), "whole")
    paths = folder_of(config(table, mixing="both"), "stopped")
    run(paths, StopAtLook(paths.stop, 9))
    run(paths, StopAtLook(paths.stop, 10_000))
    assert_same(paths, whole)


def test_the_loss_is_that_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(6, 3, generator=generator)
    labels = (torch.rand(6, 3, generator=generator) > 0.6).long()
    weights = torch.tensor([1.0, 4.0, 2.5])
    expected = functional.binary_cross_entropy_with_logits(outputs, labels * 0.9 + 0.05, pos_weight=weights)
    assert torch.equal(label_bce(outputs, labels, weights.tolist(), 0.1), expected)
    counts = np.array([[30, 10], [8, 32], [20, 20]])
    made = objective(LossRecipe(loss="bce", pos_weight="balanced", threshold=0.3), counts)
    wanted = functional.binary_cross_entropy_with_logits(outputs, labels.float(), pos_weight=torch.tensor([3, 0.25, 1]))
    assert torch.allclose(made.loss(outputs, labels), wanted)
    assert torch.equal(made.predict(outputs), (outputs.sigmoid() > 0.3).long())
    with pytest.raises(ConfigError, match="A label has no training images with it"):
        objective(LossRecipe(loss="bce", pos_weight="balanced"), np.array([[30, 10], [40, 0]]))


def test_weights_have_to_fit_the_labels(table: Path) -> None:
    assert config(table, pos_weight=[2.0]).pos_weight == 2.0
    with pytest.raises(ConfigError) as found:
        check_with_dataset(config(table, pos_weight=[1, 2, 3]), train_images=38, val_images=10, num_classes=2)
    assert "There are 3 weights" in found.value.errors["pos_weight"]
    shapes = {"dataset": {"kind": "shapes"}, "pipeline": {}, "loss": "bce", "pos_weight": [1, 2]}
    with pytest.raises(ConfigError, match="Several weights are for images with several labels"):
        from_values(shapes)
    with pytest.raises(ConfigError, match="cross_entropy is not for labels"):
        config(table, loss="cross_entropy", pos_weight=None)


def test_a_record_of_labels_survives_its_file_and_refuses_what_does_not_fit(tmp_path: Path) -> None:
    bins = np.zeros((3, 8), np.int64)
    labels = np.array([[1, 0, 1], [0, 0, 1]])
    record = EpochRecord(
        np.ones((3, 2, 2), np.int64), bins, bins, labels.astype(np.float32), labels, np.full(3, np.nan),
        sets=np.array([[1, 2, 1, 2]]),
    )  # fmt: skip
    record.save(tmp_path / "epochs" / "1-0.npz")
    found = EpochRecord.load(tmp_path / "epochs" / "1-0.npz")
    assert found.several
    assert found.counted == 4
    assert np.array_equal(found.labels, labels)
    assert np.array_equal(found.sets, record.sets)
    assert found.without_scores().labels is None
    with pytest.raises(ValueError, match="sets"):
        EpochRecord(np.ones((3, 2, 2), np.int64), bins, bins)
    with pytest.raises(ValueError, match="confusion"):
        EpochRecord(np.ones((3, 2, 3), np.int64), bins, bins)
