"""Mixed batches on the device: the plan is explorer.augment.mixing's, and so are the formulas."""

import torch
from torch import Tensor

from explorer.augment.mixing import Mix, plan
from explorer.runs.spec.recipe import MixingRecipe


def plan_for(recipe: MixingRecipe, seed: int, epoch: int, batch: int, images: Tensor) -> Mix | None:
    """How the batch of (N, 3, H, W) images at this place is mixed; None where it is not."""
    return plan(
        recipe.mixing,
        alpha=recipe.mix_alpha,
        probability=recipe.mix_probability,
        place=(seed, epoch, batch),
        size=(images.shape[2], images.shape[3]),
        count=len(images),
    )


def mixed(images: Tensor, mix: Mix) -> Tensor:
    """(N, 3, H, W) uint8, or float32 -> float32: bytes become 0..1, other numbers keep their range."""
    own = images.float() / 255 if images.dtype == torch.uint8 else images
    partner = own[torch.from_numpy(mix.partners).to(images.device)]
    if mix.box is None:
        return own * mix.lam + partner * (1 - mix.lam)
    top, bottom, left, right = mix.box
    own = own.clone()
    own[:, :, top:bottom, left:right] = partner[:, :, top:bottom, left:right]
    return own


def partners_of(labels: Tensor, mix: Mix) -> Tensor:
    """(N,) labels of the images that were mixed in."""
    return labels[torch.from_numpy(mix.partners).to(labels.device)]
