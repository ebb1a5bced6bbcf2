"""Losses against their formulas, PyTorch's own, and scikit-learn's weights."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor

from explorer.runs.spec.config import ConfigError
from explorer.training.losses import LOSSES, Objective
from tests.training.conftest import config_of

COUNTS = np.array([30, 10, 5])
LABELS = torch.tensor([0, 1, 1, 0, 1])
THREE = torch.tensor([0, 2, 1, 0, 2])


def _objective(loss: str, counts: Any = COUNTS, **changes: Any) -> Objective:
    return LOSSES[loss](config_of(loss=loss, **changes), np.asarray(counts))


def _outputs(columns: int) -> Tensor:
    return torch.randn(5, columns, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize(("weight", "meant"), [(None, 1.0), (3.0, 3.0), ("balanced", 4.0)])
def test_bce_is_what_the_formula_says(smoothing: float, weight: Any, meant: float) -> None:
    objective = _objective("bce", [40, 10], label_smoothing=smoothing, pos_weight=weight)
    outputs = _outputs(objective.num_outputs)
    expected = 0.0
    for z, label in zip(outputs[:, 0].tolist(), LABELS.tolist(), strict=True):
        target = label * (1 - smoothing) + smoothing / 2
        p = 1 / (1 + math.exp(-z))
        expected -= (meant * target * math.log(p) + (1 - target) * math.log(1 - p)) / 5
    assert float(objective.loss(outputs, LABELS)) == pytest.approx(expected, rel=1e-5)
    probabilities = objective.logits(outputs).softmax(1)
    torch.testing.assert_close(probabilities[:, 1], outputs[:, 0].sigmoid())


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.8])
def test_the_threshold_is_of_the_probability_of_class_1(threshold: float) -> None:
    outputs = torch.linspace(-4, 4, 98)[:, None]
    predicted = _objective("bce", [40, 10], threshold=threshold).predict(outputs)
    assert predicted.tolist() == (outputs[:, 0].sigmoid() > threshold).long().tolist()


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_is_what_the_formula_says(smoothing: float) -> None:
    objective = _objective("cross_entropy", label_smoothing=smoothing)
    outputs = _outputs(objective.num_outputs)
    logs = outputs.double().log_softmax(1)
    per_image = -(1 - smoothing) * logs[torch.arange(5), THREE] - smoothing / 3 * logs.sum(1)
    assert float(objective.loss(outputs, THREE)) == pytest.approx(float(per_image.mean()), rel=1e-5)
    assert objective.predict(outputs).tolist() == outputs.argmax(1).tolist()


@pytest.mark.parametrize("weights", [(1.0, 2.0, 0.5), "balanced"])
def test_class_weights_are_pytorch_s_and_balanced_ones_scikit_learn_s(weights: Any) -> None:
    told = np.repeat(np.arange(3), COUNTS)
    meant = compute_class_weight("balanced", classes=np.arange(3), y=told) if weights == "balanced" else weights
    expected = torch.nn.CrossEntropyLoss(weight=torch.tensor(meant, dtype=torch.float32))(_outputs(3), THREE)
    found = _objective("cross_entropy", class_weights=weights).loss(_outputs(3), THREE)
    assert float(found) == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("weights", [None, (1.0, 2.0, 0.5)])
def test_focal_loss_is_what_its_paper_says(gamma: float, weights: Any) -> None:
    outputs = _outputs(3)
    p = outputs.double().softmax(1)[torch.arange(5), THREE]
    alpha = torch.tensor(weights or (1.0, 1.0, 1.0), dtype=torch.float64)[THREE]
    expected = (-alpha * (1 - p) ** gamma * p.log()).mean()
    found = _objective("focal", focal_gamma=gamma, class_weights=weights).loss(outputs, THREE)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_a_class_without_images_has_no_balanced_weight() -> None:
    with pytest.raises(ConfigError, match="no training images"):
        _objective("cross_entropy", [3, 0, 4], class_weights="balanced")
    with pytest.raises(ConfigError, match="no training images"):
        _objective("bce", [3, 0], pos_weight="balanced")
