"""The first images of an epoch as the network gets them, and the trial of a pipeline: both by training's functions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment import mixing
from explorer.augment.apply import AugmentError
from explorer.augment.mixing import Mix
from explorer.augment.network_input import check_pipeline, training_image
from explorer.augment.order import permutation
from explorer.augment.sizes import Size
from explorer.data.dataset import Split
from explorer.data.prepare import load
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.runs.spec.config import RunConfig

SHOWN = 8
SIDE = 192  # px at most; shown at half of it, since some screens have twice the pixels


@dataclass(frozen=True, eq=False)
class Seen:
    """The beginning of a batch.

    Attributes:
        images: (N, S, S, 3) uint8, or float32 if the batch is mixed or the pipeline scales.
        labels: (N,) int64.
        scaled: Whether the pipeline turns pixels into other numbers than 0..255.
        mix: How the whole batch is mixed, None if it is not.
        partners: (N,) int64 labels of what was mixed in, None like `mix`.
    """

    images: NDArray[Any]
    labels: NDArray[np.int64]
    scaled: bool
    mix: Mix | None = None
    partners: NDArray[np.int64] | None = None


def size(config: RunConfig) -> Size:
    """The approximate size of the images that are augmented, to estimate the cost."""
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
    # Only the images that are shown are drawn, and behind them their partners.
    partners = [places[partner] for partner in mix.partners[: len(own)]]
    images = _images(config, split, epoch, [*own, *partners])
    behind = np.arange(len(images)) + len(own)
    shown = replace(mix, partners=np.minimum(behind, len(images) - 1).astype(np.int64))
    mixed = mixing.apply(images, shown)[: len(own)]
    return Seen(mixed, split.labels[own], images.dtype != np.uint8, mix, split.labels[partners])


def _images(config: RunConfig, split: Split, epoch: int, places: list[int]) -> NDArray[Any]:
    made = {}
    for index in dict.fromkeys(places):
        sample = load(split, index, config.kept)
        made[index] = training_image(sample, config.pipeline, config.seed, epoch, index, config.image_size)
    return np.stack([made[index] for index in places])


def key(config: RunConfig, epoch: int) -> str:
    """A key of everything that the images depend on."""
    kept = (
        "dataset", "seed", "image_size", "kept_as", "cache_size",
        "batch_size", "mixing", "mix_alpha", "mix_probability",
    )  # fmt: skip
    return json.dumps([epoch, config.pipeline.key, config.model_dump(mode="json", include=set(kept))])


@dataclass(frozen=True)
class SeenImages:
    """The beginning of a batch, ready to be shown.

    Attributes:
        pictures: JPEG of each image.
        labels: Class of each image, from 0.
        scaled: See `Seen`.
        share: Weight of the image itself in a mixed batch, None if the batch is not mixed.
        partners: Labels of what was mixed in.
        size: Side of the images in px.
    """

    pictures: tuple[bytes, ...]
    labels: tuple[int, ...]
    scaled: bool
    share: float | None
    partners: tuple[int, ...]
    size: int


@dataclass(frozen=True)
class FirstBatch(Request[SeenImages]):
    """The first images of an epoch. `config` has the `training.decided` range of deep images.

    Raises DatasetError, ImageError, SampleError, AugmentError.
    """

    config: RunConfig
    epoch: int

    @property
    def draft_key(self) -> object:
        return ("batch", self.config.pipeline.key, self.config.dataset)

    def draw(self) -> Iterator[SeenImages]:
        seen = first_batch(self.config, training.opened(self.config.dataset).train, self.epoch)
        yield SeenImages(
            tuple(as_jpeg(_small(shown(seen, place))) for place in range(len(seen.images))),
            tuple(seen.labels.tolist()),
            seen.scaled,
            None if seen.mix is None else seen.mix.lam,
            () if seen.partners is None else tuple(seen.partners.tolist()),
            int(seen.images.shape[1]),
        )


def shown(seen: Seen, place: int) -> NDArray[Any]:
    """One image as (S, S, 3) uint8, to be looked at."""
    image = seen.images[place]
    return as_shown(image if seen.scaled else np.rint(image).astype(np.uint8))


def _small(image: NDArray[Any]) -> NDArray[Any]:
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) if len(image) > SIDE else image


@dataclass(frozen=True)
class Trial(Request[str]):
    """The reason for which a run would refuse its pipeline, "" for none. Raises DatasetError, ImageError, SampleError.

    The pipeline is tried on the images at `places`; the config is that of `FirstBatch`.
    """

    config: RunConfig
    places: tuple[int, ...]

    @property
    def draft_key(self) -> object:
        return ("trial", self.config.pipeline.key, self.config.dataset)

    def draw(self) -> Iterator[str]:
        config, split = self.config, training.opened(self.config.dataset).train
        samples = [load(split, place, config.kept) for place in self.places]
        try:
            check_pipeline(config.pipeline, samples, config.seed, config.image_size)
        except AugmentError as error:
            if error.out_of_memory:
                raise
            yield str(error)
        else:
            yield ""
