"""The losses, and what the outputs of a network mean for each."""

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
    """A loss and the meaning of the outputs.

    Attributes:
        num_outputs: Outputs of the network's head.
        loss: (N, num_outputs) float32 outputs and (N,) int64 labels -> mean loss.
        logits: (N, num_outputs) outputs -> (N, C) logits whose softmax is the probabilities of the classes.
        predict: (N, num_outputs) outputs -> (N,) int64 classes.
    """

    num_outputs: int
    loss: Callable[[Tensor, Tensor], Tensor]
    logits: Callable[[Tensor], Tensor]
    predict: Callable[[Tensor], Tensor]


def cross_entropy(
    outputs: Tensor, labels: Tensor, weights: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Mean cross entropy of (N, C) outputs and (N,) labels, with a softmax over the classes.

    Label smoothing is that of Szegedy et al., https://arxiv.org/abs/1512.00567. With weights of classes the mean is
    weighted too, as in torch.nn.CrossEntropyLoss.
    """
    weight = None if weights is None else outputs.new_tensor(weights)
    return functional.cross_entropy(outputs, labels, weight=weight, label_smoothing=smoothing)


def focal(
    outputs: Tensor, labels: Tensor, gamma: float, weights: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Cross entropy times (1 - p)^gamma, where p is the probability of the true class: easy images count less.

    This is the focal loss of Lin et al., https://arxiv.org/abs/1708.02002, for a softmax; the weights of classes are
    its alpha. The mean over the batch is not weighted.
    """
    weight = None if weights is None else outputs.new_tensor(weights)
    entropy = functional.cross_entropy(outputs, labels, weight=weight, label_smoothing=smoothing, reduction="none")
    right = outputs.softmax(dim=1).gather(1, labels[:, None])[:, 0]
    return (wrong(right) ** gamma * entropy).mean()


def wrong(right: Tensor) -> Tensor:
    """1 minus a probability, never quite 0: there the slope of its power with an exponent below 1 is infinite."""
    return (1 - right).clamp(min=1e-8)


def bce(outputs: Tensor, labels: Tensor, positive: float | None = None, smoothing: float = 0.0) -> Tensor:
    """Mean binary cross entropy of (N, 1) log odds of class 1 and (N,) labels; positive is the weight of class 1."""
    targets = labels.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
    weight = None if positive is None else outputs.new_tensor(positive)
    return functional.binary_cross_entropy_with_logits(outputs[:, 0], targets, pos_weight=weight)


def two_logits(outputs: Tensor) -> Tensor:
    """Turn (N, 1) log odds of class 1 into (N, 2) logits: the softmax of [0, z] is the sigmoid of z."""
    return torch.cat([torch.zeros_like(outputs), outputs], dim=1)


def balanced_weights(counts: ClassCounts) -> list[float]:
    """A weight for each class by its number of training images: N / (C * N_c), as in scikit-learn."""
    return [float(counts.sum() / (len(counts) * count)) for count in counts]


def balanced_positive(counts: ClassCounts) -> float:
    """The weight of class 1: the training images of class 0 divided by those of class 1."""
    return float(counts[0] / counts[1])


def _of_classes(loss: Callable[..., Tensor], recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """The objective of a loss with one output for each class."""
    chosen = partial(loss, weights=class_weights(recipe, counts), smoothing=recipe.label_smoothing)
    return Objective(len(counts), chosen, lambda outputs: outputs, lambda outputs: outputs.argmax(dim=1))


def _focal(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    return _of_classes(partial(focal, gamma=recipe.focal_gamma), recipe, counts)


def _bce(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """The objective with one output, for 2 classes. Metrics get two logits, as with other losses."""
    if len(counts) != 2:
        raise ValueError(f"bce is for 2 classes; got {len(counts)}")
    loss = partial(bce, positive=pos_weight(recipe, counts), smoothing=recipe.label_smoothing)
    # A probability is above the threshold if its log odds are above this number.
    odds = math.log(recipe.threshold / (1 - recipe.threshold))
    return Objective(1, loss, two_logits, lambda outputs: (outputs[:, 0] > odds).long())


LOSSES: dict[str, Callable[[LossRecipe, ClassCounts], Objective]] = {
    "cross_entropy": lambda recipe, counts: _of_classes(cross_entropy, recipe, counts),
    "focal": _focal,
    "bce": _bce,
}


def class_weights(recipe: LossRecipe, counts: ClassCounts) -> list[float] | None:
    """The weights of the classes, or None. Raises ConfigError if balanced ones are not defined."""
    asked = recipe.class_weights
    if asked is None:
        return None
    if asked != "balanced":
        return list(asked)
    if not counts.all():
        raise ConfigError({"class_weights": "A class has no training images: weights by its share are not defined."})
    return balanced_weights(counts)


def pos_weight(recipe: LossRecipe, counts: ClassCounts) -> float | None:
    """The weight of class 1, or None. Raises ConfigError if a balanced one is not defined."""
    if isinstance(recipe.pos_weight, tuple):
        raise ConfigError({"pos_weight": "Several weights are for images with several labels. Give one weight here."})
    if recipe.pos_weight != "balanced":
        return recipe.pos_weight
    if not counts[1]:
        raise ConfigError({"pos_weight": "Class 1 has no training images: a weight by its share is not defined."})
    return balanced_positive(counts)
