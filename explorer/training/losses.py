"""Losses: what the network's outputs mean, and how wrong they are."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from explorer.runs.config import RunConfig


@dataclass(frozen=True)
class Objective:
    """num_outputs: of the network's head.

    loss: (N, num_outputs) float32 outputs, (N,) int64 labels -> mean loss.
    logits: (N, num_outputs) outputs -> (N, C) logits whose softmax are the probabilities of the classes.
    """

    num_outputs: int
    loss: Callable[[Tensor, Tensor], Tensor]
    logits: Callable[[Tensor], Tensor]


def cross_entropy(config: RunConfig, num_classes: int) -> Objective:
    """Softmax over the classes. Label smoothing as in Szegedy et al., https://arxiv.org/abs/1512.00567."""

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(outputs, labels, label_smoothing=config.label_smoothing)

    return Objective(num_classes, loss, lambda outputs: outputs)


def bce(config: RunConfig, num_classes: int) -> Objective:
    """One output z, the log odds of class 1; only for 2 classes. pos_weight multiplies the loss of class 1."""
    if num_classes != 2:
        raise ValueError(f"bce is for 2 classes; got {num_classes}")
    smoothing = config.label_smoothing

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        targets = labels.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
        weight = None if config.pos_weight is None else outputs.new_tensor(config.pos_weight)
        return functional.binary_cross_entropy_with_logits(outputs[:, 0], targets, pos_weight=weight)

    # The softmax of [0, z] is the sigmoid of z: scores and metrics need not know which loss it was.
    return Objective(1, loss, lambda outputs: torch.cat([torch.zeros_like(outputs), outputs], dim=1))


LOSSES: dict[str, Callable[[RunConfig, int], Objective]] = {"cross_entropy": cross_entropy, "bce": bce}
