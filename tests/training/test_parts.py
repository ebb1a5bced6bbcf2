"""Batches, schedule, losses, backbones and devices, each against an independent reference."""

import math
from typing import Any

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor

from explorer.augment.apply import augment
from explorer.data.formats import open_dataset
from explorer.data.prepare import fit_square
from explorer.runs.machine import machine
from explorer.training.backbones import BACKBONES
from explorer.training.data import Batch, EpochSampler, Images, steps_per_epoch
from explorer.training.losses import LOSSES
from explorer.training.prepared import Prepared
from explorer.training.trainer import classifier
from tests.training.conftest import config_of


def _epochs(workers: int) -> list[list[Batch]]:
    config = config_of()
    prepared = Prepared(open_dataset(config.dataset).train, 32, keep=True)
    prepared.read(1, lambda done: None)
    loader = Images(config, prepared, prepared, workers).train_dataloader()
    batches = []
    for epoch in range(2):
        sampler: Any = loader.batch_sampler
        sampler.sampler.set_epoch(epoch)
        batches.append(list(loader))
    return batches


def test_batches_are_equal_to_the_bit_for_0_1_and_2_workers() -> None:
    reference = _epochs(0)
    for workers in (1, 2):
        for expected, found in zip(reference, _epochs(workers), strict=True):
            assert len(expected) == len(found) == 5
            for one, other in zip(expected, found, strict=True):
                assert all(torch.equal(left, right) for left, right in zip(one, other, strict=True))
    orders = [torch.cat([batch.indices for batch in epoch]).tolist() for epoch in reference]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(37))


def test_batches_hold_what_augment_gives() -> None:
    config = config_of()
    split = open_dataset(config.dataset).train
    batch = _epochs(0)[1][2]
    assert batch.images.is_contiguous(memory_format=torch.channels_last)
    for pixels, label, index in zip(batch.images, batch.labels, batch.indices.tolist(), strict=True):
        sample = fit_square(split.load(index), 32)
        expected = augment(sample, config.pipeline, config.seed, 1, index).image
        np.testing.assert_array_equal(pixels.permute(1, 2, 0).numpy(), expected)
        assert int(label) == split.labels[index]


@pytest.mark.parametrize(("images", "size", "steps"), [(37, 8, 5), (33, 8, 4), (32, 8, 4), (8, 8, 1), (3, 1, 3)])
def test_steps_per_epoch_are_the_loader_s(images: int, size: int, steps: int) -> None:
    config = config_of(batch_size=size, dataset={"kind": "shapes", "train_images": images, "image_size": 32})
    prepared = Prepared(open_dataset(config.dataset).train, 32, keep=False)
    assert steps_per_epoch(images, size) == len(Images(config, prepared, prepared, 0).train_dataloader()) == steps


def test_the_order_depends_on_seed_and_epoch_only() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        sampler = EpochSampler(50, seed)
        sampler.set_epoch(epoch)
        assert all(told == epoch for told, _ in sampler)
        return [index for _, index in sampler]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)


class _Rates(pl.Callback):
    def __init__(self) -> None:
        self.rates: list[float] = []

    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any) -> None:
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])


def test_onecycle_moves_with_each_step() -> None:
    config = config_of(epochs=2, learning_rate=0.3)
    prepared = Prepared(open_dataset(config.dataset).train, 32, keep=False)
    seen = _Rates()
    trainer = pl.Trainer(
        max_epochs=2,
        accelerator="cpu",
        callbacks=[seen],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(classifier(config, ("a", "b", "c"), 10), datamodule=Images(config, prepared, prepared, 0))

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.3, total_steps=10)
    expected = []
    for _ in range(10):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert seen.rates == pytest.approx(expected)
    assert max(seen.rates) == pytest.approx(0.3, rel=1e-2)


def test_decay_spares_biases_and_norms() -> None:
    config = config_of(frozen=False, weight_decay=0.05)
    model = classifier(config, ("a", "b", "c"), 10)
    optimizer: Any = model.configure_optimizers()["optimizer"]
    decayed, spared = optimizer.param_groups
    assert (decayed["weight_decay"], spared["weight_decay"]) == (0.05, 0.0)
    assert all(parameter.ndim > 1 for parameter in decayed["params"])
    assert all(parameter.ndim == 1 for parameter in spared["params"])
    assert len(decayed["params"]) + len(spared["params"]) == len(list(model.parameters()))


LABELS = torch.tensor([0, 1, 1, 0, 1])


def _outputs(columns: int) -> Tensor:
    return torch.randn(5, columns, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weight", [None, 3.0])
def test_bce_is_what_the_formula_says(smoothing: float, weight: float | None) -> None:
    objective = LOSSES["bce"](config_of(loss="bce", label_smoothing=smoothing, pos_weight=weight), 2)
    outputs = _outputs(objective.num_outputs)
    expected = 0.0
    for z, label in zip(outputs[:, 0].tolist(), LABELS.tolist(), strict=True):
        target = label * (1 - smoothing) + smoothing / 2
        p = 1 / (1 + math.exp(-z))
        expected -= ((weight or 1.0) * target * math.log(p) + (1 - target) * math.log(1 - p)) / 5
    assert float(objective.loss(outputs, LABELS)) == pytest.approx(expected, rel=1e-5)
    probabilities = objective.logits(outputs).softmax(1)
    torch.testing.assert_close(probabilities[:, 1], outputs[:, 0].sigmoid())


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_is_what_the_formula_says(smoothing: float) -> None:
    objective = LOSSES["cross_entropy"](config_of(label_smoothing=smoothing), 3)
    outputs = _outputs(objective.num_outputs)
    logs = outputs.double().log_softmax(1)
    per_image = -(1 - smoothing) * logs[torch.arange(5), LABELS] - smoothing / 3 * logs.sum(1)
    assert float(objective.loss(outputs, LABELS)) == pytest.approx(float(per_image.mean()), rel=1e-5)


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("frozen", [True, False])
def test_every_backbone_runs_forward_and_learns_what_it_should(name: str, frozen: bool) -> None:
    backbone = BACKBONES[name]
    network = backbone.build(backbone.weights[0], 2, image_size=64, frozen=frozen).train()
    images = torch.randint(0, 256, (3, 3, 64, 64), dtype=torch.uint8)
    outputs = network(images)
    assert outputs.shape == (3, 2)
    assert torch.isfinite(outputs).all()
    outputs.square().sum().backward()
    assert all((parameter.grad is None) == frozen for parameter in network.features.parameters())
    assert all(parameter.grad is not None for parameter in network.head.parameters())
    assert network.features.training is not frozen
    assert sum(parameter.numel() for parameter in network.parameters()) == backbone.parameters
    for weights in backbone.weights:
        assert backbone.build(weights, 5, image_size=32, frozen=True).head[1].out_features == 5


def test_pretrained_weights_are_loaded() -> None:
    build = BACKBONES["efficientnet-lite0"].build
    trained, again = (build("imagenet", 2, image_size=224, frozen=True).features for _ in range(2))
    blank = build("none", 2, image_size=224, frozen=False).features
    name = "net._conv_stem.weight"
    assert torch.equal(trained.state_dict()[name], again.state_dict()[name])
    assert not torch.equal(trained.state_dict()[name], blank.state_dict()[name])


def test_the_machine_answers_in_the_words_that_pages_read() -> None:
    found = machine(refresh=True)
    cpu = found.device("cpu")
    assert cpu is not None
    assert {precision.name: precision.offered for precision in cpu.precisions} == {
        "32-true": True,
        "bf16-mixed": True,
        "16-mixed": False,
    }
    assert all(precision.offered or precision.reason for device in found.devices for precision in device.precisions)
    assert [backbone.name for backbone in found.backbones] == list(BACKBONES)
    assert found.torch == torch.__version__
