"""The training images of a run, which are shown only while they are those that the run has recorded."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.data.cache.contents import MEMO, contents_of, joined_digest
from explorer.data.cache.limits import folder
from explorer.data.dataset import DatasetError
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import refuse_outside
from explorer.runs.spec.config import RunConfig
from explorer.texts import RecordedImages as T

_THREADS = 2  # that hash the files of a split


@dataclass(frozen=True)
class Listed:
    """The training images of a run: their ids, labels and the hashes of their contents."""

    ids: tuple[str, ...]
    labels: tuple[int, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class TrainingImages(Request[Listed]):
    """The training images of a run, if they are still those that it has recorded. Raises NoPicture if they are not.

    Attributes:
        config: The config of the run; its data set has the recorded range.
        listing: The recorded hash of the names, classes and order of the images.
        contents: The recorded hash of what they are made of.
    """

    config: RunConfig
    listing: str
    contents: str

    def draw(self) -> Iterator[Listed]:
        if not self.listing or not self.contents:
            raise NoPicture(T.TRAINING_UNKNOWN)
        spec = self.config.dataset
        try:
            refuse_outside(spec)
            split = training.opened(spec).train
            if split.listing(self.config.kept) != self.listing:
                raise NoPicture(T.TRAINING_LISTING)
            hashes = contents_of(split, folder() / MEMO, _THREADS, lambda done: None)
        except (DatasetError, ImageError) as error:
            raise NoPicture(str(error)) from error
        if joined_digest(hashes) != self.contents:
            raise NoPicture(T.TRAINING_CHANGED)
        yield Listed(split.ids, tuple(split.labels.tolist()), tuple(content.hex() for content in hashes))
