"""A run that finishes: what it leaves in its folder, and that it can be repeated."""

from itertools import groupby

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)

from explorer.data.fit import square
from explorer.metrics.table import METRICS
from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import loads
from explorer.runs.state.status import State, derive
from explorer.training.data import Images
from explorer.training.module import classifier
from explorer.training.networks import build
from explorer.training.prepared import Prepared
from explorer.training.weights import load
from tests.training.conftest import config_of, events_of, outcome_of, run_here


def test_it_finishes_and_says_so(finished: RunPaths) -> None:
    assert derive(finished).state is State.FINISHED
    outcome = outcome_of(finished)
    assert outcome.reason.startswith("All 3 epochs are done. Best: epoch ")
    assert finished.log.read_text() == f"finished: {outcome.reason}\n"


def test_its_events_tell_the_whole_story(finished: RunPaths) -> None:
    events = events_of(finished)
    # A slow machine reports the same phase again and again.
    told = [name for name, _ in groupby(event.values.get("phase", event.kind) for event in events)]
    assert told[:7] == ["importing", "reading data", "building model", "start", "training", "step", *told[6:7]]
    assert told.count("epoch") == told.count("validating") == told.count("training") == 3
    start = next(event for event in events if event.kind == "start").values
    assert (start["total_steps"], start["steps_per_epoch"]) == (9, 3)
    assert (start["train_images"], start["val_images"], start["precision"]) == (21, 12, "32-true")
    assert events[-1].step == 9


def test_the_page_s_reader_understands_it(finished: RunPaths) -> None:
    snapshot = RunView(finished).refresh()
    assert (snapshot.fraction, snapshot.total_steps, len(snapshot.classes)) == (1.0, 9, 3)
    assert [point.epoch for point in snapshot.epochs] == [0, 1, 2]
    assert snapshot.running is not None
    assert (snapshot.running.epoch, snapshot.running.seen) == (2, 21)  # all of the last epoch
    assert all(np.isfinite([point.train_loss, *map(point.value, METRICS)]).all() for point in snapshot.epochs)


def test_metrics_of_each_epoch_are_those_of_scikit_learn(finished: RunPaths) -> None:
    labels = loads(finished.config.read_bytes()).dataset.open().val.labels
    epochs = [event for event in events_of(finished) if event.kind == "epoch"]
    assert len(epochs) == 3
    for event in epochs:
        record = EpochRecord.load(finished.epoch(1, event.epoch))
        assert record.logits is not None
        assert record.labels is not None
        np.testing.assert_array_equal(record.labels, labels)
        predictions = record.logits.argmax(axis=1)
        scores = torch.from_numpy(record.logits).double().softmax(1).numpy()
        np.testing.assert_array_equal(record.confusion, confusion_matrix(labels, predictions))
        assert event.number("accuracy") == pytest.approx(accuracy_score(labels, predictions))
        assert event.number("f1_macro") == pytest.approx(f1_score(labels, predictions, average="macro"))
        correlation = matthews_corrcoef(labels, predictions) if len(set(predictions)) > 1 else np.nan
        assert event.number("mcc") == pytest.approx(correlation, nan_ok=True)
        assert event.number("balanced_accuracy") == pytest.approx(balanced_accuracy_score(labels, predictions))
        assert event.number("auroc") == pytest.approx(roc_auc_score(labels, scores, multi_class="ovr"))
        loss = torch.nn.functional.cross_entropy(torch.from_numpy(record.logits), torch.from_numpy(labels))
        assert event.number("val_loss") == pytest.approx(float(loss), rel=1e-5)


def test_best_checkpoint_gives_the_scores_of_the_best_epoch(finished: RunPaths) -> None:
    config = loads(finished.config.read_bytes())
    checkpoint = torch.load(finished.best, weights_only=True)
    epochs = [event for event in events_of(finished) if event.kind == "epoch"]
    best = max(epochs, key=lambda event: (event.number("auroc"), -event.number("val_loss"))).epoch
    assert outcome_of(finished).best["epoch"] == checkpoint["epoch"] == best
    assert loads(checkpoint["explorer"]["config"]) == config

    dataset = config.dataset.open()
    model = classifier(config.model_copy(update={"seed": 99}), dataset.classes, 3, dataset.train.counts(3))
    model.load_state_dict(checkpoint["state_dict"])
    val = Prepared(dataset.val, square(config.image_size), keep=False)
    with torch.no_grad():
        logits = torch.cat([model.eval()(batch.images) for batch in Images(config, val, val, 0).val_dataloader()])
    record = EpochRecord.load(finished.epoch(1, best))
    np.testing.assert_allclose(logits.numpy(), record.logits, atol=1e-4)


def test_last_checkpoint_is_of_the_last_epoch(finished: RunPaths) -> None:
    checkpoint = torch.load(finished.last, weights_only=True)
    assert (checkpoint["epoch"], checkpoint["global_step"]) == (2, 9)
    assert sorted(path.name for path in finished.checkpoints.iterdir()) == ["best.ckpt", "last.ckpt"]


def test_a_frozen_backbone_keeps_its_weights_and_statistics(finished: RunPaths) -> None:
    state = torch.load(finished.last, weights_only=True)["state_dict"]
    config = loads(finished.config.read_bytes())
    fresh = build(config, 3, load(config, lambda done, total: None)).state_dict()
    same = {name: torch.equal(value, state[f"network.{name}"]) for name, value in fresh.items()}
    assert {name for name, equal in same.items() if not equal} == {"net._fc.weight", "net._fc.bias"}


def test_the_same_seed_gives_the_same_weights_in_another_process_and_with_workers(finished: RunPaths) -> None:
    paths, _ = run_here(config_of(name="again", workers=2))
    first, second = (torch.load(each.last, weights_only=True)["state_dict"] for each in (finished, paths))
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


def test_all_layers_learn_with_bce_in_bf16() -> None:
    dataset = {"kind": "shapes", "num_classes": 2, "train_images": 17, "val_images": 10, "image_size": 32}
    paths, outcome = run_here(
        config_of(
            dataset=dataset,
            frozen=False,
            backbone="efficientnet-b0",
            weights="none",
            loss="bce",
            pos_weight=2.0,
            label_smoothing=0.1,
            precision="bf16-mixed",
            epochs=1,
        )
    )
    assert outcome.state == "finished"
    record = EpochRecord.load(paths.epoch(1, 0))
    assert record.logits is not None
    assert (record.logits[:, 0] == 0).all()
    # 17 = 2 batches of 8 and a single image, which would break the batch norms.
    assert events_of(paths)[-1].step == 2
