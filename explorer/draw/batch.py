"""The first images of an epoch, exactly as the network gets them, and whether a pipeline can be trained with.

The same functions as in training, in its order.
"""

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
from explorer.augment.size_rules import Size
from explorer.data.dataset import Split
from explorer.data.prepare import load
from explorer.data.sample import Sample
from explorer.draw import training
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.draw.request import Request
from explorer.runs.spec.config import RunConfig

SHOWN = 8
SIDE = 192  # px at most; cards are about half of it wide, and some screens have twice the pixels


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


@dataclass(frozen=True)
class SeenImages:
    """The beginning of a batch, ready to be shown.

    pictures: JPEG of each. labels: of each, from 0. scaled: as in `Seen`. share: of the own image where the batch is
    mixed, else None. partners: labels of what was mixed in. size: side of the images in px.
    """

    pictures: tuple[bytes, ...]
    labels: tuple[int, ...]
    scaled: bool
    share: float | None
    partners: tuple[int, ...]
    size: int


@dataclass(frozen=True)
class FirstBatch(Request[SeenImages]):
    """The first images of an epoch. Raises DatasetError, ImageError, SampleError, AugmentError.

    config: its data set with the range of deep images decided, see `training.decided`.
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
    if not seen.scaled:
        whole: NDArray[Any] = image if image.dtype == np.uint8 else np.rint(image).astype(np.uint8)
        return whole
    return as_shown(image)


def _small(image: NDArray[np.uint8]) -> NDArray[Any]:
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) if len(image) > SIDE else image


@dataclass(frozen=True)
class Trial(Request[str]):
    """What a run would say of its pipeline, "" for nothing. Raises DatasetError, ImageError, SampleError.

    config: as in `FirstBatch`. places: of the images that it is tried on.
    """

    config: RunConfig
    places: tuple[int, ...]

    @property
    def draft_key(self) -> object:
        return ("trial", self.config.pipeline.key, self.config.dataset)

    def draw(self) -> Iterator[str]:
        config, split = self.config, training.opened(self.config.dataset).train
        samples = [stored(config, split, place) for place in self.places]
        try:
            check_pipeline(config.pipeline, samples, config.seed, config.image_size)
        except AugmentError as error:
            if error.out_of_memory:
                raise
            yield str(error)
        else:
            yield ""
