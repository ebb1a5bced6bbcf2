"""What works and is seldom meant is told at its field."""

from typing import Any

import pytest

from explorer.runs.machine.config_warnings import cautions
from explorer.runs.spec.config import from_values

NORMALIZE = {"kind": "step", "id": "n1", "transform": "Normalize", "p": 1.0}
CROP = {"kind": "step", "id": "n3", "transform": "RandomResizedCrop", "p": 1.0, "params": {"size": [224, 224]}}
FLIP = {"kind": "step", "id": "n2", "transform": "HorizontalFlip", "p": 0.5}


def _cautions(train: Any = (10, 10), val: Any = (5, 5), **changes: Any) -> dict[str, str]:
    values: dict[str, Any] = {"dataset": {"kind": "digits"}, "pipeline": {"nodes": [FLIP]}} | changes
    return cautions(from_values(values), classes=["ants", "bees"], train_counts=train, val_counts=val, machine=None)


def test_an_ordinary_run_is_let_be() -> None:
    assert _cautions() == {}
    assert _cautions(normalise="none", pipeline={"nodes": [FLIP, NORMALIZE]}) == {}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"pipeline": {"nodes": [FLIP, NORMALIZE]}}, "normalise", "Normalized twice: by Normalize in the pipeline"),
        ({"normalise": "none"}, "normalise", "Not normalized"),
        ({"normalise": "symmetric"}, "normalise", "a scale of their own"),
        ({"val": (5, 0)}, "dataset", "No validation images of bees"),
        ({"train": (0, 9)}, "dataset", "No training images of ants"),
        ({"train": (100, 9)}, "loss", "ten times the images"),
        ({"early_stopping": 3}, "early_stopping", "OneCycleLR is at its best in the last epochs"),
        (
            {"pipeline": {"nodes": [CROP]}},
            "pipeline",
            "RandomResizedCrop have 63 px on a side, and are enlarged to 224 px",
        ),
        ({"mixing": "mixup", "label_smoothing": 0.1}, "label_smoothing", "soft already"),
        ({"accumulate": 4, "batch_size": 8}, "accumulate", "An epoch has 3 batches, so each step is the mean of 3"),
    ],
    ids=str,
)
def test_what_is_seldom_meant_is_told_at_its_field(changes: dict[str, Any], field: str, words: str) -> None:
    found = _cautions(**changes)
    assert list(found) == [field]
    assert words in found[field]


def test_all_layers_of_a_network_for_masks_are_told_to_learn_slowly() -> None:
    masks = {"dataset": {"kind": "shapes", "learn": "masks"}}
    assert "Consider 0.002" in _cautions(**masks, frozen=False)["learning_rate"]
    assert "learning_rate" not in _cautions(**masks)
    assert "learning_rate" not in _cautions(**masks, frozen=False, learning_rate=0.002)
    assert "learning_rate" not in _cautions(frozen=False)


def test_few_steps_of_a_network_for_masks_come_with_a_number_of_epochs() -> None:
    masks = {"dataset": {"kind": "shapes", "learn": "masks"}, "pipeline": {}, "epochs": 8, "batch_size": 8}
    known: dict[str, Any] = {"classes": ("",), "val_counts": [5], "machine": None}
    found = cautions(from_values(masks), train_counts=[19], **known)
    assert found["epochs"].startswith("24 steps in all are few")
    assert found["epochs"].endswith("Consider 34 epochs.")
    assert "epochs" not in cautions(from_values(masks | {"epochs": 34}), train_counts=[19], **known)
    assert "epochs" not in cautions(from_values(masks), train_counts=[240], **known)


def test_balanced_weights_answer_a_caution_about_imbalance() -> None:
    assert _cautions(train=(100, 9), class_weights="balanced") == {}
