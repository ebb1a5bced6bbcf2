"""The optimizer and the schedule of a recipe, as Lightning wants them."""

from collections.abc import Sequence
from typing import Any

import torch
from pytorch_lightning.utilities.types import OptimizerLRSchedulerConfig
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from explorer.runs.spec.recipe import Recipe
from explorer.runs.spec.schedules import cosine_share
from explorer.training.networks import Network


def configure(recipe: Recipe, network: Network, steps_per_epoch: int) -> OptimizerLRSchedulerConfig | Optimizer:
    """Make the optimizer and a schedule that steps with it. steps_per_epoch: optimizer steps in an epoch."""
    optimizer = make_optimizer(recipe, network)
    schedule = make_schedule(recipe, optimizer, steps_per_epoch)
    if schedule is None:
        return optimizer
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def make_optimizer(recipe: Recipe, network: Network) -> Optimizer:
    """Make AdamW or SGD with the parameters of `groups`."""
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            groups(recipe, network), lr=recipe.learning_rate, momentum=recipe.momentum, nesterov=recipe.nesterov
        )
    return torch.optim.AdamW(groups(recipe, network), lr=recipe.learning_rate)


def groups(recipe: Recipe, network: Network) -> list[dict[str, Any]]:
    """The parameter groups of the head, then those of the backbone if it ever learns."""
    backbone, head = network.parts()
    found = parameter_groups(head, recipe.learning_rate, recipe.weight_decay)
    if not recipe.frozen or recipe.unfreeze_epoch is not None:
        found += parameter_groups(backbone, recipe.learning_rate * recipe.backbone_lr_factor, recipe.weight_decay)
    return found


def parameter_groups(parameters: Sequence[nn.Parameter], rate: float, decay: float) -> list[dict[str, Any]]:
    """Two groups: the parameters with weight decay, then those without.

    Only the weights of convolutions and linear layers decay; norms and biases would shrink without any use.
    """
    decaying = [parameter for parameter in parameters if parameter.ndim > 1]
    rest = [parameter for parameter in parameters if parameter.ndim <= 1]
    groups = [
        {"params": decaying, "lr": rate, "weight_decay": decay},
        {"params": rest, "lr": rate, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def make_schedule(recipe: Recipe, optimizer: Optimizer, steps_per_epoch: int) -> LRScheduler | None:
    """Make the schedule; None for a constant rate.

    The steps are counted here: Lightning's own estimate would start the loaders before a resumed run has set their
    place.
    """
    total = recipe.epochs * steps_per_epoch
    if recipe.schedule == "constant":
        return None
    if recipe.schedule == "cosine":
        warmup = round(recipe.warmup_epochs * steps_per_epoch)
        return LambdaLR(optimizer, lambda step: cosine_share(step, total, warmup, recipe.min_lr_ratio))
    return OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=total,
        pct_start=recipe.pct_start,
        anneal_strategy=recipe.anneal_strategy,
        cycle_momentum=recipe.cycle_momentum,
        base_momentum=recipe.base_momentum,
        max_momentum=recipe.max_momentum,
        div_factor=recipe.div_factor,
        final_div_factor=recipe.final_div_factor,
        three_phase=recipe.three_phase,
    )
