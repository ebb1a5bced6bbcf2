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
from explorer.augment.masked_input import training_pair
from explorer.augment.mixing import Mix
from explorer.augment.network_input import check_pipeline, training_image
from explorer.augment.order import permutation
from explorer.augment.sizes import Size
from explorer.data.color_masks import Color
from explorer.data.dataset import Dataset, Split, label_words
from explorer.data.mask_classes import MaskClasses
from explorer.data.prepare import load
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.draw.mask_overlay import class_shares, overlaid
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
        masks: (N, S, S) uint8 values of the masks, with boxes of other masks where they were pasted; None where no
            masks are learned.
    """

    images: NDArray[Any]
    labels: NDArray[np.int64]
    scaled: bool
    mix: Mix | None = None
    partners: NDArray[np.int64] | None = None
    masks: NDArray[np.uint8] | None = None


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
        images, masks = _images(config, split, epoch, own)
        return Seen(images, split.labels[own], images.dtype != np.uint8, masks=masks)
    # Only the images that are shown are drawn, and behind them their partners.
    partners = [places[partner] for partner in mix.partners[: len(own)]]
    images, masks = _images(config, split, epoch, [*own, *partners])
    behind = np.arange(len(images)) + len(own)
    shown = replace(mix, partners=np.minimum(behind, len(images) - 1).astype(np.int64))
    mixed = mixing.apply(images, shown)[: len(own)]
    pasted = None if masks is None else mixing.paste(masks, shown)[: len(own)]
    return Seen(mixed, split.labels[own], images.dtype != np.uint8, mix, split.labels[partners], pasted)


def _images(
    config: RunConfig, split: Split, epoch: int, places: list[int]
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """(N, S, S, 3) images at places of the split and, where masks are learned, their (N, S, S) masks."""
    made = {}
    for index in dict.fromkeys(places):
        sample = load(split, index, config.kept)
        drawn = (sample, config.pipeline, config.seed, epoch, index, config.image_size)
        made[index] = (training_image(*drawn), None) if split.masks is None else training_pair(*drawn)
    images = np.stack([made[index][0] for index in places])
    masks = [mask for index in places if (mask := made[index][1]) is not None]
    return images, np.stack(masks) if masks else None


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
        labels: Class of each image, from 0; () where images can have several labels.
        scaled: See `Seen`.
        share: Weight of the image itself in a mixed batch, None if the batch is not mixed.
        partners: Labels of what was mixed in.
        size: Side of the images in px.
        shares: Of each image, the shares of the classes among the pixels that count; empty where no masks are learned.
        words: Where images can have several labels, those of each image, in words; () otherwise.
        partner_words: Likewise, those of what was mixed in.
    """

    pictures: tuple[bytes, ...]
    labels: tuple[int, ...]
    scaled: bool
    share: float | None
    partners: tuple[int, ...]
    size: int
    shares: tuple[tuple[float, ...], ...] = ()
    words: tuple[str, ...] = ()
    partner_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirstBatch(Request[SeenImages]):
    """The first images of an epoch. `config` has the `training.decided` range of deep images; `colors` are of classes.

    Raises DatasetError, ImageError, SampleError, AugmentError.
    """

    config: RunConfig
    epoch: int
    colors: tuple[Color, ...] = ()

    @property
    def draft_key(self) -> object:
        return ("batch", self.config.pipeline.key, self.config.dataset)

    def draw(self) -> Iterator[SeenImages]:
        dataset = training.opened(self.config.dataset)
        split = dataset.train
        seen = first_batch(self.config, split, self.epoch)
        several = seen.labels.ndim == 2
        yield SeenImages(
            tuple(as_jpeg(self._picture(seen, place, split.masks)) for place in range(len(seen.images))),
            () if several else tuple(seen.labels.tolist()),
            seen.scaled,
            None if seen.mix is None else seen.mix.lam,
            () if several or seen.partners is None else tuple(seen.partners.tolist()),
            int(seen.images.shape[1]),
            ()
            if seen.masks is None or split.masks is None
            else tuple(class_shares(mask, split.masks) for mask in seen.masks),
            *(_words(dataset, labels) if several else () for labels in (seen.labels, seen.partners)),
        )

    def _picture(self, seen: Seen, place: int, masks: MaskClasses | None) -> NDArray[Any]:
        image = shown(seen, place)
        if seen.masks is None or masks is None:
            return _small(image)
        return overlaid(image, seen.masks[place], masks, self.colors, SIDE)


def _words(dataset: Dataset, labels: NDArray[np.int64] | None) -> tuple[str, ...]:
    """The labels of each image in words."""
    return () if labels is None else tuple(label_words(dataset.classes, labels, at) for at in range(len(labels)))


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
            sees = training_image if split.masks is None else training_pair
            check_pipeline(config.pipeline, samples, config.seed, config.image_size, sees)
        except AugmentError as error:
            if error.out_of_memory:
                raise
            yield str(error)
        else:
            yield ""
