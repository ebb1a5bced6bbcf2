"""The learning rate and the momentum of each step, which the form draws and the trainer uses.

OneCycleLR is that of PyTorch (Smith and Topin, https://arxiv.org/abs/1708.07120), computed here without torch. The
cosine falls after a linear warm-up (Loshchilov and Hutter, https://arxiv.org/abs/1608.03983).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.base.task_names import TaskName
from explorer.runs.spec.recipe import LoopRecipe, OptimizerRecipe, Recipe

_VALIDATED = 32  # images at least


@dataclass(frozen=True, eq=False)
class Curve:
    """(N,) float64 each, for steps 0 to N-1. The momentum is beta1 of AdamW; None where it is constant."""

    lr: NDArray[np.float64]
    momentum: NDArray[np.float64] | None


def leaves_one_out(images: int, batch_size: int) -> bool:
    """Whether the last batch of an epoch would be one image, which is left out: batch norm needs several."""
    return batch_size > 1 and images % batch_size == 1


def validation_batch(batch_size: int, task: TaskName) -> int:
    """Return how many images are validated at once.

    Without gradients there is room for more than in training; but the outputs for masks are as large as the images, and
    take as much memory as the maps of a step.
    """
    return batch_size if task == "segmentation" else max(batch_size, _VALIDATED)


def batches_per_epoch(images: int, batch_size: int) -> int:
    """Return the number of batches in an epoch, at least 1."""
    return max(1, -(-images // batch_size) - leaves_one_out(images, batch_size))


def steps_per_epoch(recipe: LoopRecipe, images: int) -> int:
    """Return the steps of the optimizer in an epoch with this number of training images."""
    return -(-batches_per_epoch(images, recipe.batch_size) // recipe.accumulate)


def batches_in_step(batch: int, batches: int, accumulate: int) -> int:
    """Return how many batches belong to the step of a batch, from 0: fewer at the end of an epoch of `batches`."""
    return min(accumulate, batches - batch // accumulate * accumulate)


def curve(recipe: Recipe, steps_per_epoch: int) -> Curve:
    """Compute the curve of the whole run from the steps of the optimizer per epoch."""
    total = recipe.epochs * steps_per_epoch
    return _CURVES[recipe.schedule](recipe, total, steps_per_epoch)


def _constant(recipe: OptimizerRecipe, total: int, _per_epoch: int) -> Curve:
    return Curve(np.full(total, recipe.learning_rate), None)


def _cosine(recipe: OptimizerRecipe, total: int, per_epoch: int) -> Curve:
    warmup = round(recipe.warmup_epochs * per_epoch)
    shares = [cosine_share(step, total, warmup, recipe.min_lr_ratio) for step in range(total)]
    return Curve(recipe.learning_rate * np.array(shares), None)


def cosine_share(step: int, total: int, warmup: int, lowest: float) -> float:
    """Return the share of the highest rate: (step + 1) / (warmup + 1), then half a cosine down to `lowest`."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return lowest + (1 - lowest) * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(total - warmup, 1)))


@dataclass(frozen=True)
class _Phase:
    """One part of OneCycleLR up to the step `end`, with the ends of its rates (shares of the highest) and momenta."""

    end: float
    rates: tuple[float, float]
    momenta: tuple[float, float]


def _onecycle(recipe: OptimizerRecipe, total: int, _per_epoch: int) -> Curve:
    phases = _phases(recipe, total)
    lr, momentum = np.empty(total), np.empty(total)
    for step in range(total):
        lr[step], momentum[step] = _at(step, phases, _ANNEAL[recipe.anneal_strategy])
    return Curve(recipe.learning_rate * lr, momentum if recipe.cycle_momentum else None)


def _phases(recipe: OptimizerRecipe, total: int) -> list[_Phase]:
    low = 1 / recipe.div_factor
    final = low / recipe.final_div_factor
    up, down = (recipe.max_momentum, recipe.base_momentum), (recipe.base_momentum, recipe.max_momentum)
    flat = (recipe.max_momentum, recipe.max_momentum)
    peak = recipe.pct_start * total - 1
    if recipe.three_phase:
        back = 2 * recipe.pct_start * total - 2
        return [
            _Phase(peak, (low, 1.0), up),
            _Phase(back, (1.0, low), down),
            _Phase(total - 1, (low, final), flat),
        ]
    return [_Phase(peak, (low, 1.0), up), _Phase(total - 1, (1.0, final), down)]


def _at(step: int, phases: list[_Phase], anneal: Callable[[float, float, float], float]) -> tuple[float, float]:
    start = 0.0
    for phase in phases:
        if step <= phase.end or phase is phases[-1]:
            share = (step - start) / (phase.end - start) if phase.end > start else 1.0
            return anneal(*phase.rates, share), anneal(*phase.momenta, share)
        start = phase.end
    raise AssertionError("the last phase takes every step")


def _cos(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def _linear(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


_ANNEAL = {"cos": _cos, "linear": _linear}
_CURVES: dict[str, Callable[[OptimizerRecipe, int, int], Curve]] = {
    "onecycle": _onecycle,
    "cosine": _cosine,
    "constant": _constant,
}
