"""The losses of masks: outputs are (N, C, H, W) float32, targets (N, H, W) int64 with `UNCOUNTED` where none counts."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from explorer.data.mask_classes import UNCOUNTED
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import ClassCounts, Objective, class_weights, wrong

Weights = Sequence[float] | None


def cross_entropy(outputs: Tensor, targets: Tensor, weights: Weights = None, smoothing: float = 0.0) -> Tensor:
    """Mean cross entropy of the pixels that count; with weights of classes the mean is weighted, as in PyTorch."""
    weight = None if weights is None else outputs.new_tensor(weights)
    found = functional.cross_entropy(
        outputs, targets, weight=weight, ignore_index=UNCOUNTED, label_smoothing=smoothing, reduction="sum"
    )
    return found / _counted(targets, weight)


def _counted(targets: Tensor, weight: Tensor | None) -> Tensor:
    """The sum of the weights of the pixels that count; 1 where none does, so that the loss is 0 and not undefined."""
    counts = targets != UNCOUNTED
    if weight is None:
        return counts.sum().clamp(min=1)
    return (weight[targets.masked_fill(~counts, 0)] * counts).sum().clamp(min=1e-12)


def focal(outputs: Tensor, targets: Tensor, gamma: float, weights: Weights = None, smoothing: float = 0.0) -> Tensor:
    """Cross entropy times (1 - p)^gamma, as for classes of whole images; the mean is over the pixels that count."""
    weight = None if weights is None else outputs.new_tensor(weights)
    counts = targets != UNCOUNTED
    entropy = functional.cross_entropy(
        outputs, targets, weight=weight, ignore_index=UNCOUNTED, label_smoothing=smoothing, reduction="none"
    )
    right = outputs.softmax(dim=1).gather(1, targets.masked_fill(~counts, 0)[:, None])[:, 0]
    return (wrong(right) ** gamma * entropy * counts).sum() / counts.sum().clamp(min=1)


def dice(outputs: Tensor, targets: Tensor, weights: Weights = None) -> Tensor:
    """1 minus the mean soft Dice of the classes that occur in the batch (Milletari et al., arXiv 1606.04797).

    Probabilities and truth are added up over the whole batch, so that a class that one image lacks does not count as
    wrong there. Weights of classes weigh the mean.
    """
    probabilities = outputs.softmax(dim=1)
    counts = targets != UNCOUNTED
    right = probabilities.gather(1, targets.masked_fill(~counts, 0)[:, None])[:, 0]  # of the true class of each pixel
    # Class by class over (N, H, W): the truth as (N, C, H, W) numbers would take more memory than the outputs, and the
    # gradient of each slice of the probabilities would be as large as all of them.
    masks = [targets == each for each in range(outputs.shape[1])]
    truth = torch.stack([mask.sum() for mask in masks]).to(outputs.dtype)
    shared = torch.stack([(right * mask).sum() for mask in masks])
    sizes = (probabilities * counts[:, None]).sum((0, 2, 3)) + truth
    occurs = (truth > 0).to(outputs.dtype)
    weight = occurs if weights is None else occurs * outputs.new_tensor(weights)
    return (weight * (1 - 2 * shared / sizes.clamp(min=1e-6))).sum() / weight.sum().clamp(min=1e-6)


def dice_cross_entropy(outputs: Tensor, targets: Tensor, weights: Weights = None, smoothing: float = 0.0) -> Tensor:
    """The sum of both, as in nnU-Net."""
    return cross_entropy(outputs, targets, weights, smoothing) + dice(outputs, targets)


def objective(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    """The objective of a recipe. counts: (C,) pixels of each class in the training masks."""
    weights, smoothing = class_weights(recipe, counts), recipe.label_smoothing
    losses: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "cross_entropy": partial(cross_entropy, weights=weights, smoothing=smoothing),
        "focal": partial(focal, gamma=recipe.focal_gamma, weights=weights, smoothing=smoothing),
        "dice": partial(dice, weights=weights),
        "dice_cross_entropy": partial(dice_cross_entropy, weights=weights, smoothing=smoothing),
    }
    # On a processor, max is several times faster than argmax along the second axis.
    return Objective(
        len(counts), losses[recipe.loss], lambda outputs: outputs, lambda outputs: outputs.max(dim=1).indices
    )
