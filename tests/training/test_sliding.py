"""Sliding windows against a plain loop, and what a validation counts with them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.augment.masked_input import sliding_pair, validation_pair
from explorer.augment.pipeline import Pipeline
from explorer.data.mask_classes import UNCOUNTED
from explorer.data.sample import Sample
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.training.data import Images
from explorer.training.prepared import Prepared
from explorer.training.sliding import sliding, starts
from explorer.training.tasks.table import task_of


def config_of(size: int, evaluation: str = "sliding") -> RunConfig:
    dataset = {"kind": "shapes", "learn": "masks", "train_images": 4, "val_images": 3, "image_size": 96}
    return from_values(
        {"dataset": dataset, "pipeline": {}, "image_size": size, "evaluation": evaluation, "batch_size": 2,
         "cache_size": 0}
    )  # fmt: skip


def network(images: Tensor) -> Tensor:
    """Depends on the place in the window, as that of a real network does at its borders."""
    rows = torch.arange(images.shape[2], dtype=torch.float32)[:, None]
    return torch.cat([images.float() * rows, images.float().mean(dim=(2, 3), keepdim=True) + images.float()], dim=1)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (50, 77), (33, 32), (96, 64)])
def test_logits_are_the_mean_over_all_windows_that_a_pixel_is_in(height: int, width: int) -> None:
    images = torch.from_numpy(np.random.default_rng(height).integers(0, 256, (2, 3, height, width), np.uint8))
    total, hits = torch.zeros(2, 6, height, width), torch.zeros(height, width)
    for top in sorted({min(at, height - 32) for at in range(0, height, 16)}):
        for left in sorted({min(at, width - 32) for at in range(0, width, 16)}):
            total[:, :, top : top + 32, left : left + 32] += network(images[:, :, top : top + 32, left : left + 32])
            hits[top : top + 32, left : left + 32] += 1
    for together in (1, 3, 100):
        torch.testing.assert_close(sliding(network, images, 32, together), total / hits)
    assert starts(50, 32) == [0, 16, 18]


def test_an_image_that_fits_into_one_window_is_answered_as_a_whole() -> None:
    sample = Sample(
        np.random.default_rng(1).integers(0, 256, (40, 64, 3), np.uint8),
        mask=np.random.default_rng(2).integers(0, 3, (40, 64), np.uint8),
    )
    for one, other in zip(sliding_pair(sample, Pipeline(), 64), validation_pair(sample, Pipeline(), 64), strict=True):
        np.testing.assert_array_equal(one, other)
    images = torch.from_numpy(sliding_pair(sample, Pipeline(), 64)[0]).permute(2, 0, 1)[None]
    torch.testing.assert_close(sliding(network, images, 64, 2), network(images))


def test_pixels_are_counted_at_the_size_at_which_images_are_kept() -> None:
    config = config_of(64)
    dataset, task = config.dataset.open(), task_of(config)
    prepared = Prepared(dataset.val, task.fit(config), keep=False)
    judge = task.judge(task.objective(config, dataset.val.counts(4)), config)
    for batch in Images(config, prepared, prepared, workers=0).val_dataloader():
        assert tuple(batch.images.shape) == (1, 3, 96, 96)
        outputs = task.outputs(config, lambda images: network(images)[:, :4], batch.images)
        judge.add(outputs, batch.labels, batch.indices)
        assert (batch.labels != UNCOUNTED).all()
    found = judge.finish([judge.part])
    assert found.record.confusion.sum() == 3 * 96 * 96


def test_windows_are_for_masks_only() -> None:
    with pytest.raises(ConfigError, match="Sliding windows are for masks"):
        from_values({"dataset": {"kind": "shapes"}, "pipeline": {}, "evaluation": "sliding"})
