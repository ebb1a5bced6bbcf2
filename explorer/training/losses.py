"""Losses: what the network's outputs mean, and how wrong they are."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.runs.spec.config import ConfigError, RunConfig

Counts = NDArray[np.int64]  # (C,) training images of each class


@dataclass(frozen=True)
class Objective:
    """num_outputs: of the network's head.

    loss: (N, num_outputs) float32 outputs, (N,) int64 labels -> mean loss.
    logits: (N, num_outputs) outputs -> (N, C) logits whose softmax are the probabilities of the classes.
    predict: (N, num_outputs) outputs -> (N,) int64 classes.
    """

    num_outputs: int
    loss: Callable[[Tensor, Tensor], Tensor]
    logits: Callable[[Tensor], Tensor]
    predict: Callable[[Tensor], Tensor]


def _itself(outputs: Tensor) -> Tensor:
    return outputs


def _largest(outputs: Tensor) -> Tensor:
    return outputs.argmax(dim=1)


def cross_entropy(config: RunConfig, counts: Counts) -> Objective:
    """Softmax over the classes. Label smoothing as in Szegedy et al., https://arxiv.org/abs/1512.00567.

    With class weights the mean is weighted too, as in torch.nn.CrossEntropyLoss.
    """
    weights = class_weights(config, counts)

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        weight = None if weights is None else outputs.new_tensor(weights)
        return functional.cross_entropy(outputs, labels, weight=weight, label_smoothing=config.label_smoothing)

    return Objective(len(counts), loss, _itself, _largest)


def focal(config: RunConfig, counts: Counts) -> Objective:
    """Cross entropy times (1 - p)^gamma, p the probability of the true class: what is easy counts less.

    Lin et al., https://arxiv.org/abs/1708.02002, for a softmax; its alpha are the class weights. A plain mean.
    """
    weights = class_weights(config, counts)

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        weight = None if weights is None else outputs.new_tensor(weights)
        entropy = functional.cross_entropy(
            outputs, labels, weight=weight, label_smoothing=config.label_smoothing, reduction="none"
        )
        right = outputs.softmax(dim=1).gather(1, labels[:, None])[:, 0]
        return ((1 - right) ** config.focal_gamma * entropy).mean()

    return Objective(len(counts), loss, _itself, _largest)


def bce(config: RunConfig, counts: Counts) -> Objective:
    """One output z, the log odds of class 1; only for 2 classes. pos_weight multiplies the loss of class 1."""
    if len(counts) != 2:
        raise ValueError(f"bce is for 2 classes; got {len(counts)}")
    smoothing = config.label_smoothing
    positive = pos_weight(config, counts)
    # Probabilities above the threshold are z above this.
    odds = math.log(config.threshold / (1 - config.threshold))

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        targets = labels.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
        weight = None if positive is None else outputs.new_tensor(positive)
        return functional.binary_cross_entropy_with_logits(outputs[:, 0], targets, pos_weight=weight)

    return Objective(
        1,
        loss,
        # The softmax of [0, z] is the sigmoid of z: scores and metrics need not know which loss it was.
        lambda outputs: torch.cat([torch.zeros_like(outputs), outputs], dim=1),
        lambda outputs: (outputs[:, 0] > odds).long(),
    )


LOSSES: dict[str, Callable[[RunConfig, Counts], Objective]] = {
    "cross_entropy": cross_entropy,
    "focal": focal,
    "bce": bce,
}


def class_weights(config: RunConfig, counts: Counts) -> list[float] | None:
    """A weight for each class; None for none. "balanced" is N / (C * N_c), as scikit-learn has it.

    Raises ConfigError where they cannot be had.
    """
    asked = config.class_weights
    if asked is None:
        return None
    if asked != "balanced":
        return list(asked)
    if not counts.all():
        raise ConfigError({"class_weights": "A class has no training images: weights by its share are not defined."})
    return [float(counts.sum() / (len(counts) * count)) for count in counts]


def pos_weight(config: RunConfig, counts: Counts) -> float | None:
    """The weight of class 1; None for none. "balanced" is negatives over positives. Raises ConfigError."""
    if config.pos_weight != "balanced":
        return config.pos_weight
    if not counts[1]:
        raise ConfigError({"pos_weight": "Class 1 has no training images: a weight by its share is not defined."})
    return float(counts[0] / counts[1])
