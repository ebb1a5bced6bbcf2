"""The training images of a run, shown only while they are those that it has recorded, and the batches they were in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.augment import mixing
from explorer.augment.mixing import Mix
from explorer.augment.order import permutation
from explorer.data.cache.contents import MEMO, contents_of, joined_digest
from explorer.data.cache.limits import folder
from explorer.data.dataset import DatasetError
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import Card, NetworkInput, Recorded
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import leaves_one_out
from explorer.texts import RecordedImages as T

_THREADS = 2  # that hash the files of a split


@dataclass(frozen=True, eq=False)
class Listed:
    """The training images of a run: their ids, labels and the hashes of their contents, in the order of the split."""

    ids: tuple[str, ...]
    labels: tuple[int, ...]
    hashes: tuple[str, ...]

    def of_class(self, label: int) -> NDArray[np.int64]:
        """Return the places of the images of a class."""
        return np.flatnonzero(self._labels == label)

    @cached_property
    def _labels(self) -> NDArray[np.int64]:
        return np.array(self.labels, np.int64)


@dataclass(frozen=True)
class ListTraining(Request[Listed]):
    """The training images of a run, if they are still those that it has recorded. Raises NoPicture if they are not.

    Attributes:
        config: The config of the run; its data set has the recorded range of values of more than 8 bits.
        listing: The recorded hash of the names, classes and order of the images.
        contents: The recorded hash of what they are made of.
    """

    config: RunConfig
    listing: str
    contents: str

    def draw(self) -> Iterator[Listed]:
        if not self.listing or not self.contents:
            raise NoPicture(T.TRAINING_UNKNOWN)
        try:
            split = training.opened(self.config.dataset.for_page()).train
            if split.listing(self.config.kept) != self.listing:
                raise NoPicture(T.TRAINING_LISTING)
            hashes = contents_of(split, folder() / MEMO, _THREADS, lambda done: None)
        except (DatasetError, ImageError) as error:
            raise NoPicture(str(error)) from error
        if joined_digest(hashes) != self.contents:
            raise NoPicture(T.TRAINING_CHANGED)
        yield Listed(tuple(split.ids), tuple(split.labels.tolist()), tuple(content.hex() for content in hashes))


@dataclass(frozen=True)
class Batch:
    """The batch of an epoch that an image was in: its number for the random numbers, and the places of its images."""

    number: int
    places: tuple[int, ...]


def batch_of(config: RunConfig, count: int, epoch: int, index: int) -> Batch | None:
    """Return the batch of an epoch, from 0, that an image was in; None if the epoch has left it out.

    Args:
        config: The config of the run. Several GPUs share its batches.
        count: The number of training images.
        epoch: The epoch, from 0.
        index: The place of the image in the training split.
    """
    ranks = max(1, len(config.gpus))
    order = _order(config.seed, epoch, count)[: count // ranks * ranks]
    if index not in order:
        return None
    rank, at = order.index(index) % ranks, order.index(index) // ranks
    share = order[rank::ranks]
    begin = at // config.batch_size * config.batch_size
    places = share[begin : begin + config.batch_size]
    if len(places) == 1 and leaves_one_out(len(share), config.batch_size):
        return None
    return Batch(begin // config.batch_size * ranks + rank, tuple(places))


@lru_cache(maxsize=8)
def _order(seed: int, epoch: int, count: int) -> list[int]:
    return permutation(seed, epoch, count)


def mix_of(config: RunConfig, batch: Batch, epoch: int) -> Mix | None:
    """Return how the batch was mixed, None if it was not."""
    return mixing.plan(
        config.mixing,
        alpha=config.mix_alpha,
        probability=config.mix_probability,
        place=(config.seed, epoch, batch.number),
        size=(config.image_size, config.image_size),
        count=len(batch.places),
    )


@dataclass(frozen=True)
class TrainingInput(Request[Card]):
    """What the network saw of a training image in an epoch, as PNG. Raises NoPicture where that cannot be shown.

    Attributes:
        own: The image, with its epoch.
        partner: The image of its batch that was mixed into it, or None.
        count: The number of training images.
    """

    own: NetworkInput
    partner: Recorded | None
    count: int

    @property
    def draft_key(self) -> object:
        return self.own.draft_key

    def draw(self) -> Iterator[Card]:
        config, epoch = self.own.config, self.own.epoch
        assert epoch is not None
        batch = batch_of(config, self.count, epoch, self.own.image.index)
        if batch is None:
            raise NoPicture(T.LEFT_OUT.format(epoch=epoch + 1))
        pixels, mix = self.own.pixels(), mix_of(config, batch, epoch)
        if mix is None:
            yield self.own.picture(pixels)
            return
        assert self.partner is not None
        other = NetworkInput(self.partner, config, epoch, self.own.versions).pixels()
        note = T.MIXED.format(share=mix.lam, rest=1 - mix.lam, id=self.partner.id)
        yield self.own.picture(_mixed(pixels, other, mix), note)


def partner_of(config: RunConfig, count: int, epoch: int, index: int) -> int | None:
    """Return the place of the image that was mixed into another one in an epoch, None if none was."""
    batch = batch_of(config, count, epoch, index)
    mix = None if batch is None else mix_of(config, batch, epoch)
    if batch is None or mix is None:
        return None
    return batch.places[int(mix.partners[batch.places.index(index)])]


def _mixed(own: NDArray[np.generic], other: NDArray[np.generic], mix: Mix) -> NDArray[np.generic]:
    """The mixed pixels; those of bytes are rounded to bytes, as a screen shows them."""
    pair = Mix(mix.kind, mix.lam, np.array([1, 1], np.int64), mix.box)
    found: NDArray[np.float32] = mixing.apply(np.stack([own, other]), pair)[0]
    return np.rint(found).astype(np.uint8) if own.dtype == np.uint8 else found
