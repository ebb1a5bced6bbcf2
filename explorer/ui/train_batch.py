"""The first images of an epoch, exactly as the network gets them: the same functions as in training, in its order."""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment import mixing
from explorer.augment.mixing import Mix
from explorer.augment.network_input import training_image
from explorer.augment.order import permutation
from explorer.augment.sizes import Size
from explorer.data.dataset import Split
from explorer.data.prepare import load
from explorer.data.sample import Sample
from explorer.runs.config import RunConfig

SHOWN = 8


@dataclass(frozen=True, eq=False)
class Seen:
    """images: (N, S, S, 3) uint8, or float32 where the batch is mixed or the pipeline scales. labels: (N,) int64.

    scaled: whether the pipeline has made other numbers than 0..255 of the pixels.
    mix: how the whole batch is mixed; partners: (N,) int64 labels of what was mixed in; both None where it is not.
    """

    images: NDArray[Any]
    labels: NDArray[np.int64]
    scaled: bool
    mix: Mix | None = None
    partners: NDArray[np.int64] | None = None


def stored(config: RunConfig, split: Split, index: int) -> Sample:
    """A sample as augmentation gets it. Raises ImageError."""
    return load(split, index, config.kept)


def size(config: RunConfig) -> Size:
    """About how large an image is that is augmented, for what it will cost."""
    kept = config.kept
    side = kept.most if kept else config.image_size
    return side, side


def first_batch(config: RunConfig, split: Split, epoch: int, count: int = SHOWN) -> Seen:
    """The first `count` images of the first batch of an epoch, from 0. Raises ImageError, AugmentError."""
    places = permutation(config.seed, epoch, len(split))[: config.batch_size]
    mix = mixing.plan(
        config.mixing,
        alpha=config.mix_alpha,
        probability=config.mix_probability,
        place=(config.seed, epoch, 0),
        size=(config.image_size, config.image_size),
        count=len(places),
    )
    own = places[:count]
    if mix is None:
        images = _images(config, split, epoch, own)
        return Seen(images, split.labels[own], images.dtype != np.uint8)
    # Only what is shown is drawn, and what is mixed into it: the partners come behind, and are found there.
    partners = [places[partner] for partner in mix.partners[: len(own)]]
    images = _images(config, split, epoch, [*own, *partners])
    behind = np.arange(len(images)) + len(own)
    shown = replace(mix, partners=np.minimum(behind, len(images) - 1).astype(np.int64))
    mixed = mixing.apply(images, shown)[: len(own)]
    return Seen(mixed, split.labels[own], images.dtype != np.uint8, mix, split.labels[partners])


def _images(config: RunConfig, split: Split, epoch: int, places: list[int]) -> NDArray[Any]:
    made = {
        index: training_image(
            stored(config, split, index), config.pipeline, config.seed, epoch, index, config.image_size
        )
        for index in dict.fromkeys(places)
    }
    return np.stack([made[index] for index in places])


def key(config: RunConfig, epoch: int) -> str:
    """All that the images depend on."""
    kept = (
        "dataset", "seed", "image_size", "kept_as", "cache_size",
        "batch_size", "mixing", "mix_alpha", "mix_probability",
    )  # fmt: skip
    return json.dumps([epoch, config.pipeline.key, config.model_dump(mode="json", include=set(kept))])
