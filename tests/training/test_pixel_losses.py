"""Losses of masks against monai and PyTorch, on random and degenerate masks; CutMix cuts masks as it does images."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from explorer.augment.mixing import Mix
from explorer.data.mask_classes import UNCOUNTED
from explorer.runs.spec.recipe import LOSSES_OF
from explorer.training import pixel_losses
from explorer.training.losses import Objective
from explorer.training.mixing import mixed
from explorer.training.tasks.segmentation import SEGMENTATION
from tests.training.conftest import config_of

CLASSES = 4
MASKED = {"kind": "shapes", "num_classes": 3, "image_size": 32, "learn": "masks"}
LOSSES = LOSSES_OF["segmentation"]
WEIGHTS = (1.0, 2.0, 0.5, 3.0)


def objective_of(loss: str, **changes: Any) -> Objective:
    return pixel_losses.objective(config_of(dataset=MASKED, loss=loss, **changes), np.array([40, 30, 20, 10]))


def outputs_of(seed: int = 3) -> Tensor:
    found = torch.randn(3, CLASSES, 8, 10, generator=torch.Generator().manual_seed(seed)) * 3
    return found.requires_grad_()


def masks_of(kind: str) -> Tensor:
    """Masks in which every class occurs, one class alone, and classes that one image lacks."""
    random = torch.randint(0, CLASSES, (3, 8, 10), generator=torch.Generator().manual_seed(4))
    found = {"random": random, "one class": torch.full_like(random, 2), "partly absent": random.clone()}[kind]
    if kind == "partly absent":
        found[0] = 1
        found[1:][found[1:] == 3] = 0
    return found


def with_border(outputs: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
    """The same in a border of pixels that do not count, with outputs that must not matter."""
    wide = functional.pad(outputs, (2, 1, 3, 0), value=7.0)
    wide[:, 1, 0] = -50.0
    return wide, functional.pad(masks, (2, 1, 3, 0), value=UNCOUNTED)


def monai_dice(outputs: Tensor, masks: Tensor, weights: tuple[float, ...] | None = None) -> Tensor:
    from monai.losses import DiceLoss

    occurring = [each for each in range(CLASSES) if (masks == each).any()]
    whole = DiceLoss(softmax=True, to_onehot_y=True, batch=True, reduction="none", smooth_nr=0.0, smooth_dr=1e-12)
    each = whole(outputs, masks[:, None]).flatten()[occurring]
    weight = torch.ones(len(occurring)) if weights is None else torch.tensor(weights)[occurring]
    found: Tensor = (each * weight).sum() / weight.sum()
    return found


def monai_focal(outputs: Tensor, masks: Tensor) -> Tensor:
    from monai.losses import FocalLoss

    found: Tensor = FocalLoss(gamma=2.0, use_softmax=True, to_onehot_y=True)(outputs, masks[:, None])
    return found * CLASSES  # monai's mean is over the classes too, of which all but the true one are 0


@pytest.mark.parametrize("kind", ["random", "one class", "partly absent"])
def test_each_loss_is_that_of_its_reference_and_uncounted_pixels_do_not_change_it(kind: str) -> None:
    outputs, masks = outputs_of(), masks_of(kind)
    entropy = functional.cross_entropy(outputs, masks)
    weighted = functional.cross_entropy(outputs, masks, weight=torch.tensor(WEIGHTS), label_smoothing=0.1)
    dice = monai_dice(outputs, masks)
    wanted = [
        (objective_of("cross_entropy"), entropy),
        (objective_of("cross_entropy", class_weights=WEIGHTS, label_smoothing=0.1), weighted),
        (objective_of("dice"), dice),
        (objective_of("dice", class_weights=WEIGHTS), monai_dice(outputs, masks, WEIGHTS)),
        (objective_of("dice_cross_entropy"), entropy + dice),
        (objective_of("focal"), monai_focal(outputs, masks)),
        (objective_of("focal", focal_gamma=0), entropy),
    ]
    for objective, reference in wanted:
        found = objective.loss(outputs, masks)
        torch.testing.assert_close(found, reference, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(objective.loss(*with_border(outputs, masks)), found, rtol=1e-5, atol=1e-6)
        (slope,) = torch.autograd.grad(found, outputs, retain_graph=True)
        torch.testing.assert_close(
            slope, *torch.autograd.grad(reference, outputs, retain_graph=True), rtol=1e-3, atol=1e-6
        )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_masks_in_which_no_pixel_counts_give_no_loss_and_no_gradient(loss: str, weights: Any) -> None:
    outputs = outputs_of()
    found = objective_of(loss, class_weights=weights).loss(outputs, torch.full((3, 8, 10), UNCOUNTED))
    found.backward()  # type: ignore[no-untyped-call]
    assert outputs.grad is not None
    assert found.item() == 0
    assert not outputs.grad.any()


def test_focal_loss_with_an_exponent_below_1_has_a_slope_where_the_answer_is_certain() -> None:
    masks = masks_of("random")
    certain = (functional.one_hot(masks, CLASSES).permute(0, 3, 1, 2) * 200.0).requires_grad_()
    objective_of("focal", focal_gamma=0.5).loss(certain, masks).backward()  # type: ignore[no-untyped-call]
    assert certain.grad is not None
    assert torch.isfinite(certain.grad).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_a_perfect_and_certain_answer_has_no_loss_and_outputs_without_bounds_stay_finite(loss: str) -> None:
    masks = masks_of("random")
    certain = functional.one_hot(masks, CLASSES).permute(0, 3, 1, 2) * 200.0
    assert float(objective_of(loss).loss(certain, masks)) == pytest.approx(0, abs=1e-5)
    wrong = (certain * -50).requires_grad_()
    found = objective_of(loss).loss(wrong, masks)
    found.backward()
    assert torch.isfinite(found)
    assert wrong.grad is not None
    assert torch.isfinite(wrong.grad).all()


def test_cutmix_cuts_and_pastes_masks_with_their_images() -> None:
    masks = torch.cat([masks_of("random"), masks_of("partly absent")[:1]])
    images = (masks[:, None] * 60).expand(-1, 3, -1, -1).to(torch.uint8)  # each pixel shows its class
    mix = Mix("cutmix", 0.7, np.array([2, 3, 0, 1]), (1, 5, 3, 9))
    seen = (mixed(images, mix)[:, 0] * 255 / 60).round().long()
    assert not torch.equal(seen, masks)
    outputs = torch.randn(4, CLASSES, 8, 10, generator=torch.Generator().manual_seed(1))
    objective = objective_of("dice_cross_entropy")
    torch.testing.assert_close(SEGMENTATION.mixed_loss(objective, outputs, masks, mix), objective.loss(outputs, seen))
