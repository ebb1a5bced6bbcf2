"""Mixing of batches on the device, by the plan and the formulas of explorer.augment.mixing."""

import torch
from torch import Tensor

from explorer.augment.mixing import Mix, plan
from explorer.runs.spec.recipe import MixingRecipe
from explorer.training.losses import Objective


def plan_for(recipe: MixingRecipe, seed: int, epoch: int, batch: int, images: Tensor) -> Mix | None:
    """Plan how the batch of (N, 3, H, W) images at this place is mixed; None if it is not."""
    return plan(
        recipe.mixing,
        alpha=recipe.mix_alpha,
        probability=recipe.mix_probability,
        place=(seed, epoch, batch),
        size=(images.shape[2], images.shape[3]),
        count=len(images),
    )


def mixed(images: Tensor, mix: Mix) -> Tensor:
    """Mix (N, 3, H, W) images into float32: uint8 becomes 0..1, and float32 keeps its range."""
    own = images.float() / 255 if images.dtype == torch.uint8 else images
    partner = own[torch.from_numpy(mix.partners).to(images.device)]
    if mix.box is None:
        return own * mix.lam + partner * (1 - mix.lam)
    top, bottom, left, right = mix.box
    own = own.clone()
    own[:, :, top:bottom, left:right] = partner[:, :, top:bottom, left:right]
    return own


def partners_of(labels: Tensor, mix: Mix) -> Tensor:
    """The (N,) labels of the images that were mixed in."""
    return labels[torch.from_numpy(mix.partners).to(labels.device)]


def mixed_loss(objective: Objective, outputs: Tensor, labels: Tensor, mix: Mix) -> Tensor:
    """The losses against the labels of both images, each with its share."""
    own, other = (objective.loss(outputs, each) for each in (labels, partners_of(labels, mix)))
    return mix.lam * own + (1 - mix.lam) * other


def pasted(masks: Tensor, mix: Mix) -> Tensor:
    """The (N, H, W) masks of images that CutMix has mixed: inside the box that of the partner, outside it the own."""
    if mix.box is None:
        raise ValueError("MixUp blends two images, so that a pixel has no single class")
    top, bottom, left, right = mix.box
    found = masks.clone()
    found[:, top:bottom, left:right] = partners_of(masks, mix)[:, top:bottom, left:right]
    return found
