"""What the model sees: the pixels of the page are those of the trainer's first batch."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.data.dataset import Dataset
from explorer.draw import batch as train_batch
from explorer.draw.batch import SHOWN, FirstBatch
from explorer.runs.spec.config import RunConfig, from_values
from explorer.texts import Preview as T
from explorer.training.batch import Batch
from explorer.training.data import Images
from explorer.training.mixing import mixed, plan_for
from explorer.training.prepared import Prepared
from explorer.ui.train import seen as train_seen
from explorer.ui.train import trial
from tests.draw.breaking import HUGE

STEPS = [
    {"kind": "step", "id": "n1", "transform": "Affine", "p": 1.0, "params": {"rotate": [-40, 40]}},
    {"kind": "step", "id": "n2", "transform": "RandomBrightnessContrast", "p": 0.5},
]
NORMALISED = [*STEPS, {"kind": "step", "id": "n3", "transform": "Normalize", "p": 1.0}]


def config_of(**changes: Any) -> RunConfig:
    return from_values(
        {
            "dataset": {"kind": "shapes", "num_classes": 3, "train_images": 40, "val_images": 4, "image_size": 48},
            "pipeline": {"nodes": STEPS},
            "image_size": 64,
            "batch_size": 12,
            "seed": 5,
            "epochs": 4,
        }
        | changes
    )


def trained(config: RunConfig, dataset: Dataset, epoch: int) -> tuple[Batch, NDArray[Any]]:
    """The first batch of an epoch as the trainer's loader makes it, and (N, S, S, 3) of what the network gets of it."""
    prepared = Prepared(dataset.train, config.kept, keep=False)
    loader = Images(config, prepared, prepared, workers=0).train_dataloader()
    loader.batch_sampler.sampler.set_epoch(epoch)  # type: ignore[union-attr]
    batch: Batch = next(iter(loader))
    mix = plan_for(config, config.seed, epoch, 0, batch.images)
    images = batch.images if mix is None else mixed(batch.images, mix)
    return batch, images.permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize("epoch", [0, 3])
@pytest.mark.parametrize("cache_size", [None, 0, 96], ids=["kept", "whole", "kept larger"])
def test_the_strip_is_the_beginning_of_the_first_batch(cache_size: int | None, epoch: int) -> None:
    config = config_of(cache_size=cache_size)
    dataset = config.dataset.open()
    batch, images = trained(config, dataset, epoch)
    seen = train_batch.first_batch(config, dataset.train, epoch)
    assert len(seen.images) == SHOWN
    assert seen.images.dtype == np.uint8
    np.testing.assert_array_equal(seen.images, images[:SHOWN])
    np.testing.assert_array_equal(seen.labels, batch.labels.numpy()[:SHOWN])


@pytest.mark.parametrize("mixing", ["mixup", "cutmix"])
def test_mixed_images_are_those_that_the_network_gets(mixing: str) -> None:
    config = config_of(mixing=mixing)
    dataset = config.dataset.open()
    batch, images = trained(config, dataset, 1)
    seen = train_batch.first_batch(config, dataset.train, 1)
    assert seen.mix is not None
    np.testing.assert_allclose(seen.images / 255, images[:SHOWN], atol=1e-6)
    share, rest = round(seen.mix.lam, 2), round(1 - seen.mix.lam, 2)
    partners = batch.labels.numpy()[seen.mix.partners[:SHOWN]]
    request = FirstBatch(config, 1)
    shown = request.read(list(request.draw()))
    assert [train_seen.caption(shown, place, dataset.classes) for place in range(SHOWN)] == [
        dataset.classes[own] if own == other else f"{share} {dataset.classes[own]} + {rest} {dataset.classes[other]}"
        for own, other in zip(batch.labels.tolist(), partners.tolist(), strict=False)
    ]


@pytest.mark.parametrize("mixing", ["none", "cutmix"])
def test_masks_of_the_strip_are_those_that_the_network_learns(mixing: str) -> None:
    spec = {"kind": "shapes", "num_classes": 3, "train_images": 40, "val_images": 4, "image_size": 48, "learn": "masks"}
    config = config_of(dataset=spec, mixing=mixing)
    dataset = config.dataset.open()
    batch, images = trained(config, dataset, 1)
    masks = batch.labels.numpy().copy()
    seen = train_batch.first_batch(config, dataset.train, 1)
    if seen.mix is not None and seen.mix.box is not None:
        top, bottom, left, right = seen.mix.box
        masks[:, top:bottom, left:right] = batch.labels.numpy()[seen.mix.partners, top:bottom, left:right]
    assert (seen.mix is None) == (mixing == "none")
    assert seen.masks is not None
    assert dataset.train.masks is not None
    np.testing.assert_array_equal(dataset.train.masks.target(seen.masks), masks[:SHOWN])
    scale = 1 if seen.mix is None else 255
    np.testing.assert_allclose(seen.images / scale, images[:SHOWN], atol=1e-6)
    shown = FirstBatch(config, 1, ((255, 0, 0),)).read(list(FirstBatch(config, 1, ((255, 0, 0),)).draw()))
    counted = [np.bincount(mask[mask < 255], minlength=4) / (mask < 255).sum() for mask in masks[:SHOWN]]
    np.testing.assert_allclose(shown.shares, counted)


def test_a_pipeline_that_normalises_is_shown_stretched_and_its_numbers_are_those_of_training() -> None:
    config = config_of(pipeline={"nodes": NORMALISED}, normalise="none")
    dataset = config.dataset.open()
    _, images = trained(config, dataset, 0)
    seen = train_batch.first_batch(config, dataset.train, 0)
    assert seen.scaled
    np.testing.assert_array_equal(seen.images, images[:SHOWN])
    assert train_batch.shown(seen, 0).dtype == np.uint8


def test_a_batch_smaller_than_the_strip_is_shown_whole() -> None:
    config = config_of(batch_size=3, mixing="mixup")
    dataset = config.dataset.open()
    _, images = trained(config, dataset, 0)
    seen = train_batch.first_batch(config, dataset.train, 0)
    np.testing.assert_allclose(seen.images / 255, images, atol=1e-6)


def test_a_pipeline_that_ends_a_worker_is_told_before_the_run_with_its_step() -> None:
    config = config_of(pipeline=HUGE.model_dump())
    dataset = config.dataset.open()
    mistakes = trial.mistakes(config, dataset)
    assert list(mistakes) == ["pipeline"]
    assert mistakes["pipeline"].startswith(f"Resize: {T.STEP_ENDED['memory'].format(limit='2')}")
    assert trial.mistakes(config_of(), dataset) == {}


def test_what_the_pixels_hang_on_is_in_the_key_of_the_cache() -> None:
    keys = {
        train_batch.key(config, epoch)
        for config, epoch in [
            (config_of(), 0),
            (config_of(), 1),
            (config_of(seed=6), 0),
            (config_of(image_size=96), 0),
            (config_of(cache_size=0), 0),
            (config_of(mixing="mixup"), 0),
            (config_of(mixing="mixup", mix_alpha=1.0), 0),
            (config_of(mixing="mixup", batch_size=8), 0),
            (config_of(pipeline={"nodes": STEPS[:1]}), 0),
        ]
    }
    assert len(keys) == 9
    assert train_batch.key(config_of(learning_rate=0.5), 0) in keys
