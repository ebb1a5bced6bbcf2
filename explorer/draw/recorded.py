"""Images of a run, recognized by the ids and hashes that it has recorded, and what its network saw of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import training_image, validation_image
from explorer.base.versions import version
from explorer.data.dataset import DatasetError
from explorer.data.fit import Fit, square
from explorer.data.prepare import load
from explorer.data.recorded import GoneSample, NoRange, OtherSample, find
from explorer.data.sample import Sample
from explorer.data.specs import DatasetSpec
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import Plain, as_jpeg, as_png, as_shown, reduced
from explorer.draw.pictures import NoPicture
from explorer.runs.spec.config import RunConfig
from explorer.texts import RecordedImages as T

SMALL = 240  # px at most, shown at half of it, since some screens have twice the pixels
LARGE = 1024  # px at most


@dataclass(frozen=True)
class Recorded:
    """An image of a run.

    Attributes:
        dataset: The data set of the run, with the recorded range of values of more than 8 bits.
        part: "train" or "val".
        index: The place in that split when the run began.
        id: The name in the split.
        hash: The recorded hash of what it is made of, in hexadecimal; "" where none was recorded.
    """

    dataset: DatasetSpec
    part: str
    index: int
    id: str
    hash: str


@dataclass(frozen=True)
class Card:
    """A JPEG or PNG, with the height and width in px of the image that it shows, and a note about it."""

    picture: bytes
    size: tuple[int, int]
    note: str = ""


@dataclass(frozen=True)
class RecordedPicture(Request[Card]):
    """The image itself, at most `side` px large. Raises NoPicture where it was deleted or changed since the run."""

    image: Recorded
    side: int = SMALL

    def draw(self) -> Iterator[Card]:
        sample = sample_of(self.image, None)
        small = reduced(Plain(sample.image), self.side)
        note = "" if self.image.hash else T.UNKNOWN_HASH
        yield Card(as_jpeg(as_shown(small.image), quality=85), sample.size, note)


@dataclass(frozen=True)
class NetworkInput(Request[Card]):
    """What the network saw of the image, as PNG, pixel for pixel. Raises NoPicture where that cannot be shown.

    Attributes:
        config: The config of the run.
        epoch: The epoch of training, from 0; None for validation.
        versions: The versions of libraries that the run has recorded, by name, in all of its attempts.
    """

    image: Recorded
    config: RunConfig
    epoch: int | None
    versions: tuple[tuple[str, str], ...]

    @property
    def draft_key(self) -> object:
        return ("as seen", self.config.pipeline.key, self.image.dataset)

    def draw(self) -> Iterator[Card]:
        yield self.picture(self.pixels())

    def picture(self, pixels: NDArray[np.generic], note: str = "") -> Card:
        """The picture of what the network saw. `note` is what there is to say about it."""
        scaled = T.SCALED if pixels.dtype != np.uint8 else ""
        return Card(
            as_png(as_shown(pixels)), (pixels.shape[0], pixels.shape[1]), " ".join(filter(None, [note, scaled]))
        )

    def pixels(self) -> NDArray[np.generic]:
        """(S, S, 3) uint8, or float32 if the pipeline scales. Raises NoPicture where they cannot be known."""
        refuse_other_versions(self.versions)
        if not self.image.hash:
            raise NoPicture(T.UNKNOWN_HASH)
        config = self.config
        try:
            if self.epoch is None:
                return validation_image(sample_of(self.image, square(config.image_size)), config.pipeline)
            sample = sample_of(self.image, config.kept)
            place = (config.seed, self.epoch, self.image.index)
            return training_image(sample, config.pipeline, *place, config.image_size)
        except AugmentError as error:
            if error.out_of_memory:
                raise
            raise NoPicture(str(error)) from error


def refuse_other_versions(recorded: tuple[tuple[str, str], ...]) -> None:
    """Raise NoPicture if a library that decides pixels has another version than the run has recorded."""
    if not recorded:
        raise NoPicture(T.VERSIONS_UNKNOWN)
    others = [(name, then, now) for name, then in recorded if then != (now := version(name) or T.NO_VERSION)]
    if others:
        words = (T.VERSION.format(name=name, then=then, now=now) for name, then, now in others)
        raise NoPicture(T.VERSIONS.format(differences=", ".join(words)))


def sample_of(image: Recorded, fit: Fit | None) -> Sample:
    """The sample at the size of `fit`, or at its own. Raises NoPicture if it is no longer the one of the run."""
    try:
        split, index = find(image.dataset, image.part, image.index, image.id, image.hash, training.opened)
        return load(split, index, fit)
    except (OtherSample, GoneSample, NoRange) as error:
        raise NoPicture(_WORDS[type(error)]) from error
    except (DatasetError, ImageError) as error:
        raise NoPicture(str(error)) from error


_WORDS: dict[type[Exception], str] = {OtherSample: T.CHANGED, GoneSample: T.DELETED, NoRange: T.RANGE_UNKNOWN}
