"""The optimiser and its schedule, as they are stepped in a training by Lightning."""

from typing import Any

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from explorer.data.fit import square
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import curve
from explorer.training.data import Images
from explorer.training.module import Classifier, classifier
from explorer.training.optimizers import groups, make_optimizer
from explorer.training.prepared import Prepared
from tests.training.conftest import config_of

COUNTS = np.array([7, 7, 7])
STEPS = 3  # in an epoch of 21 images


def _model(config: RunConfig) -> Classifier:
    return classifier(config, ("a", "b", "c"), STEPS, COUNTS)


class _Seen(pl.Callback):
    """The rate and the momentum of every step, and whether the backbone learned in it."""

    def __init__(self) -> None:
        self.rates: list[list[float]] = []
        self.momenta: list[float] = []
        self.frozen: list[bool] = []

    def on_train_batch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        found = trainer.optimizers[0].param_groups
        self.rates.append([group["lr"] for group in found])
        self.momenta.append(found[0]["betas"][0] if "betas" in found[0] else found[0]["momentum"])
        assert isinstance(pl_module, Classifier)
        self.frozen.append(pl_module.network.frozen)


def _train(config: RunConfig) -> tuple[_Seen, Classifier]:
    prepared = Prepared(config.dataset.open().train, square(32), keep=False)
    seen, model = _Seen(), _model(config)
    trainer = pl.Trainer(
        max_epochs=config.epochs,
        accelerator="cpu",
        callbacks=[seen],
        logger=False,
        limit_val_batches=0,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, datamodule=Images(config, prepared, prepared, 0))
    return seen, model


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": "onecycle"},
        {"schedule": "onecycle", "optimizer": "sgd", "three_phase": True, "anneal_strategy": "linear"},
        {"schedule": "cosine", "warmup_epochs": 0.5, "min_lr_ratio": 0.1},
        {"schedule": "constant", "optimizer": "sgd", "momentum": 0.7},
    ],
    ids=str,
)
def test_the_schedule_moves_with_each_step_along_the_drawn_curve(changes: dict[str, Any]) -> None:
    config = config_of(backbone="small-cnn", weights="none", frozen=False, epochs=2, learning_rate=0.03, **changes)
    seen, _ = _train(config)
    drawn = curve(config, STEPS)
    np.testing.assert_allclose([rates[0] for rates in seen.rates], drawn.lr, rtol=1e-9)
    if drawn.momentum is not None:
        np.testing.assert_allclose(seen.momenta, drawn.momentum, rtol=1e-9)
    if changes["schedule"] == "constant":
        assert set(seen.momenta) == {0.7}


def test_the_backbone_has_its_own_rate_and_is_set_free_in_its_epoch() -> None:
    config = config_of(epochs=3, unfreeze_epoch=2, backbone_lr_factor=0.1)
    before = {name: value.clone() for name, value in _model(config).network.state_dict().items()}
    seen, model = _train(config)
    assert seen.frozen == [True] * STEPS + [False] * 2 * STEPS
    for head, _, backbone, _ in seen.rates:
        assert backbone == pytest.approx(0.1 * head)
    changed = [name for name, value in model.network.state_dict().items() if not torch.equal(value, before[name])]
    assert any("_conv_stem" in name for name in changed)
    assert any("running_mean" in name for name in changed)


def test_decay_spares_biases_and_norms() -> None:
    config = config_of(frozen=False, weight_decay=0.05)
    network = _model(config).network
    found = groups(config, network)
    assert [group["weight_decay"] for group in found] == [0.05, 0.0, 0.05, 0.0]
    assert all(parameter.ndim > 1 for group in found[::2] for parameter in group["params"])
    assert all(parameter.ndim == 1 for group in found[1::2] for parameter in group["params"])
    listed = [id(parameter) for group in found for parameter in group["params"]]
    assert sorted(listed) == sorted(id(parameter) for parameter in network.parameters())


def test_a_frozen_backbone_is_not_given_to_the_optimiser() -> None:
    config = config_of(optimizer="sgd", momentum=0.8, nesterov=True)
    network = _model(config).network
    made = make_optimizer(config, network)
    assert isinstance(made, torch.optim.SGD)
    assert (made.defaults["momentum"], made.defaults["nesterov"]) == (0.8, True)
    listed = [id(parameter) for group in made.param_groups for parameter in group["params"]]
    assert sorted(listed) == sorted(id(parameter) for parameter in network.parts()[1])
