"""The curve that the form draws is what PyTorch does."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from explorer.runs.spec.recipe import Recipe
from explorer.runs.spec.schedules import curve

STEPS = 7  # in an epoch


def _stepped(schedule: LRScheduler, total: int) -> tuple[list[float], list[float]]:
    optimizer: Any = schedule.optimizer
    rates, momenta = [], []
    for step in range(total):
        group = optimizer.param_groups[0]
        rates.append(group["lr"])
        momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
        optimizer.step()
        if step < total - 1:
            schedule.step()
    return rates, momenta


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"pct_start": 0.1, "div_factor": 10.0, "final_div_factor": 3.0},
        {"anneal_strategy": "linear", "base_momentum": 0.5, "max_momentum": 0.9},
        {"three_phase": True, "pct_start": 0.45},
        {"three_phase": True, "anneal_strategy": "linear"},
        {"epochs": 1, "pct_start": 0.01},
        {"cycle_momentum": False},
    ],
    ids=str,
)
def test_onecycle_is_pytorch_s(optimizer: str, knobs: dict[str, Any]) -> None:
    recipe = Recipe(learning_rate=0.3, **knobs)
    total = recipe.epochs * STEPS
    weight = [torch.zeros(1, requires_grad=True)]
    made = torch.optim.AdamW(weight) if optimizer == "adamw" else torch.optim.SGD(weight, lr=1, momentum=0.9)
    schedule = OneCycleLR(
        made,
        max_lr=0.3,
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
    rates, momenta = _stepped(schedule, total)
    drawn = curve(recipe, STEPS)
    np.testing.assert_allclose(drawn.lr, rates, rtol=1e-12, atol=1e-15)
    if recipe.cycle_momentum:
        assert drawn.momentum is not None
        np.testing.assert_allclose(drawn.momentum, momenta, rtol=1e-12)
    else:
        assert drawn.momentum is None


@pytest.mark.parametrize(("warmup", "lowest"), [(0.0, 0.0), (1.0, 0.1), (2.5, 0.0)])
def test_cosine_with_warm_up_is_its_formula(warmup: float, lowest: float) -> None:
    recipe = Recipe(schedule="cosine", warmup_epochs=warmup, min_lr_ratio=lowest, learning_rate=0.2, epochs=4)
    total, rise = 4 * STEPS, round(warmup * STEPS)
    low = 0.2 * lowest
    expected = [
        0.2 * (step + 1) / (rise + 1)
        if step < rise
        else low + (0.2 - low) / 2 * (1 + math.cos(math.pi * (step - rise) / (total - rise)))
        for step in range(total)
    ]
    np.testing.assert_allclose(curve(recipe, STEPS).lr, expected, rtol=1e-12)
    assert max(expected) == pytest.approx(0.2)
    weight = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    rates, _ = _stepped(LambdaLR(weight, lambda step: expected[step] / 0.2), total)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


def test_a_constant_rate_stays() -> None:
    drawn = curve(Recipe(schedule="constant", learning_rate=0.05, epochs=3), STEPS)
    assert drawn.lr.tolist() == [0.05] * 21
    assert drawn.momentum is None
