"""The loss where an image can have several labels: binary cross entropy of each label by itself."""

import math
from collections.abc import Sequence
from functools import partial

from torch import Tensor
from torch.nn import functional

from explorer.runs.spec.config import ConfigError
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import ClassCounts, Objective


def label_bce(
    outputs: Tensor, labels: Tensor, positive: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Mean binary cross entropy of (N, L) log odds and (N, L) labels, 0 or 1; positive: weight of each label's 1."""
    targets = labels.to(outputs.dtype) * (1 - smoothing) + smoothing / 2
    weight = None if positive is None else outputs.new_tensor(positive)
    return functional.binary_cross_entropy_with_logits(outputs, targets, pos_weight=weight)


def label_weights(recipe: LossRecipe, counts: ClassCounts) -> list[float] | None:
    """The weight of an image with each label.

    Args:
        recipe: One weight for all labels, one for each, or "balanced": images without a label divided by those with it.
        counts: (L, 2) training images without each label, and with it.

    Raises:
        ConfigError: Balanced weights are not defined.
    """
    asked = recipe.pos_weight
    if asked is None:
        return None
    if asked != "balanced":
        return list(asked) if isinstance(asked, tuple) else [asked] * len(counts)
    if not counts.all():
        raise ConfigError(
            {
                "pos_weight": "A label has no training images with it, or none without it: weights by its "
                "share are not defined."
            }
        )
    return balanced_labels(counts)


def balanced_labels(counts: ClassCounts) -> list[float]:
    """Of (L, 2) images without each label and with it: the ratio of both for each label."""
    return [float(without / having) for without, having in counts]


def objective(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """The objective with an output for each label: its log odds."""
    loss = partial(label_bce, positive=label_weights(recipe, counts), smoothing=recipe.label_smoothing)
    odds = math.log(recipe.threshold / (1 - recipe.threshold))
    return Objective(len(counts), loss, lambda outputs: outputs, lambda outputs: (outputs > odds).long())
