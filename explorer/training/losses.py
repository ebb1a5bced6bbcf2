"""Losses: what the network's outputs mean, and how wrong they are."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.runs.spec.config import ConfigError
from explorer.runs.spec.recipe import LossRecipe

ClassCounts = NDArray[np.int64]  # (C,) training images of each class


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


def cross_entropy(
    outputs: Tensor, labels: Tensor, weights: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Mean cross entropy of (N, C) outputs and (N,) labels, as a softmax over the classes.

    Label smoothing as in Szegedy et al., https://arxiv.org/abs/1512.00567. With a weight for each class the mean is
    weighted too, as in torch.nn.CrossEntropyLoss.
    """
    weight = None if weights is None else outputs.new_tensor(weights)
    return functional.cross_entropy(outputs, labels, weight=weight, label_smoothing=smoothing)


def focal(
    outputs: Tensor, labels: Tensor, gamma: float, weights: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Cross entropy times (1 - p)^gamma, p the probability of the true class: what is easy counts less.

    Lin et al., https://arxiv.org/abs/1708.02002, for a softmax; its alpha are the weights of classes. A plain mean.
    """
    weight = None if weights is None else outputs.new_tensor(weights)
    entropy = functional.cross_entropy(outputs, labels, weight=weight, label_smoothing=smoothing, reduction="none")
    right = outputs.softmax(dim=1).gather(1, labels[:, None])[:, 0]
    return ((1 - right) ** gamma * entropy).mean()


def bce(outputs: Tensor, labels: Tensor, positive: float | None = None, smoothing: float = 0.0) -> Tensor:
    """Mean binary cross entropy of (N, 1) log odds of class 1 and (N,) labels. positive: the weight of class 1."""
    targets = labels.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
    weight = None if positive is None else outputs.new_tensor(positive)
    return functional.binary_cross_entropy_with_logits(outputs[:, 0], targets, pos_weight=weight)


def two_logits(outputs: Tensor) -> Tensor:
    """(N, 1) log odds of class 1 -> (N, 2) logits: the softmax of [0, z] is the sigmoid of z."""
    return torch.cat([torch.zeros_like(outputs), outputs], dim=1)


def balanced_weights(counts: ClassCounts) -> list[float]:
    """A weight for each class by its training images: N / (C * N_c), as scikit-learn has it."""
    return [float(counts.sum() / (len(counts) * count)) for count in counts]


def balanced_positive(counts: ClassCounts) -> float:
    """The weight of class 1 by the training images of both classes: negatives over positives."""
    return float(counts[0] / counts[1])


def _of_classes(loss: Callable[..., Tensor], recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """The objective of a loss of as many outputs as classes."""
    chosen = partial(loss, weights=class_weights(recipe, counts), smoothing=recipe.label_smoothing)
    return Objective(len(counts), chosen, lambda outputs: outputs, lambda outputs: outputs.argmax(dim=1))


def _focal(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    return _of_classes(partial(focal, gamma=recipe.focal_gamma), recipe, counts)


def _bce(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """Scores and metrics need not know that there is one output: they get two logits. Only for 2 classes."""
    if len(counts) != 2:
        raise ValueError(f"bce is for 2 classes; got {len(counts)}")
    loss = partial(bce, positive=pos_weight(recipe, counts), smoothing=recipe.label_smoothing)
    # Probabilities above the threshold are log odds above this.
    odds = math.log(recipe.threshold / (1 - recipe.threshold))
    return Objective(1, loss, two_logits, lambda outputs: (outputs[:, 0] > odds).long())


LOSSES: dict[str, Callable[[LossRecipe, ClassCounts], Objective]] = {
    "cross_entropy": lambda recipe, counts: _of_classes(cross_entropy, recipe, counts),
    "focal": _focal,
    "bce": _bce,
}


def class_weights(recipe: LossRecipe, counts: ClassCounts) -> list[float] | None:
    """A weight for each class; None for none. Raises ConfigError where balanced ones are not defined."""
    asked = recipe.class_weights
    if asked is None:
        return None
    if asked != "balanced":
        return list(asked)
    if not counts.all():
        raise ConfigError({"class_weights": "A class has no training images: weights by its share are not defined."})
    return balanced_weights(counts)


def pos_weight(recipe: LossRecipe, counts: ClassCounts) -> float | None:
    """The weight of class 1; None for none. Raises ConfigError where a balanced one is not defined."""
    if recipe.pos_weight != "balanced":
        return recipe.pos_weight
    if not counts[1]:
        raise ConfigError({"pos_weight": "Class 1 has no training images: a weight by its share is not defined."})
    return balanced_positive(counts)
