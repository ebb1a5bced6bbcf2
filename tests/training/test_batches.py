"""Batches: what is in them depends on seed, epoch and place only."""

from typing import Any

import numpy as np
import pytest
import torch

from explorer.augment.apply import augment
from explorer.data.fit import square
from explorer.data.prepare import fit_square
from explorer.runs.spec.schedules import batches_per_epoch
from explorer.training.batch import Batch
from explorer.training.data import EpochSampler, Images
from explorer.training.prepared import Prepared
from tests.training.conftest import config_of


def _epochs(workers: int) -> list[list[Batch]]:
    config = config_of()
    prepared = Prepared(config.dataset.open().train, square(32), keep=True)
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
            assert len(expected) == len(found) == 3
            for one, other in zip(expected, found, strict=True):
                assert all(torch.equal(left, right) for left, right in zip(one, other, strict=True))
    orders = [torch.cat([batch.indices for batch in epoch]).tolist() for epoch in reference]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(21))


def test_batches_hold_what_augment_gives() -> None:
    config = config_of()
    split = config.dataset.open().train
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
    prepared = Prepared(config.dataset.open().train, square(32), keep=False)
    assert batches_per_epoch(images, size) == len(Images(config, prepared, prepared, 0).train_dataloader()) == steps


def test_the_order_depends_on_seed_and_epoch_only() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        sampler = EpochSampler(50, seed)
        sampler.set_epoch(epoch)
        assert all(told == epoch for told, _ in sampler)
        return [index for _, index in sampler]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)
