"""The validation images of a run that learns masks: requests for their pictures, their masks, and their scores."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.base.kept import Kept
from explorer.data.mask_classes import UNNAMED_ZERO, is_background
from explorer.draw.masked import MaskedInput, MaskThumbnail
from explorer.draw.recorded import SMALL
from explorer.figures.charts import class_colors, class_names
from explorer.figures.palette import DIFFERENT, rgb
from explorer.metrics.mask_images import mean_dice
from explorer.runs.overview import masks
from explorer.runs.overview.view import RunSnapshot, RunView, version_of
from explorer.runs.record.epochs import EpochRecord
from explorer.ui.components.masks import Epoch
from explorer.ui.evidence.sources import Source
from explorer.ui.preview.wall import Picture

_SCORES: Kept[NDArray[np.float64]] = Kept(100_000_000, lambda found: 100 + found.nbytes)
Cell = tuple[int | None, int | None]


@dataclass(frozen=True, eq=False)
class MaskImages:
    """The images of a run at one moment."""

    view: RunView
    snapshot: RunSnapshot
    source: Source

    @property
    def side(self) -> int:
        """Width and height in px of the network's input."""
        return self.source.config.image_size

    @property
    def slides(self) -> bool:
        """Whether windows slide over images in validation, whose pixels are then counted at another size."""
        return self.source.config.evaluation == "sliding"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return class_names(self.snapshot)

    @cached_property
    def colors(self) -> tuple[str, ...]:
        """The color of each class."""
        return class_colors(self.snapshot)

    @property
    def hidden(self) -> tuple[int, ...]:
        """Classes that are not painted at first: a background that is named as such leaves the image as it is."""
        first = self.names[0] if self.names else ""
        return (0,) if is_background(first) and first != UNNAMED_ZERO else ()

    def input(self, index: int) -> MaskedInput:
        """Return the request for an image with its true mask."""
        image = self.source.recorded(index)
        return MaskedInput(image, self.side, self.source.config.kept) if self.slides else MaskedInput(image, self.side)

    def epochs(self, index: int, wanted: Collection[int] | None = None) -> list[Epoch]:
        """Return what each epoch has predicted for an image; only the number of those that are not wanted."""
        numbers = [point.epoch for point in self.snapshot.epochs]
        return [
            self._epoch(number, index) if wanted is None or number in wanted else Epoch(number, None, None, read=False)
            for number in numbers
        ]

    def _epoch(self, epoch: int, index: int) -> Epoch:
        score = self.scores(epoch)[index : index + 1]
        known = len(score) == 1 and math.isfinite(score[0])
        return Epoch(epoch, masks.mask(self.view, epoch, index, self.side), float(score[0]) if known else None)

    def painted(self, index: int, epoch: int | None, cell: Cell | None = None, side: int = SMALL) -> MaskThumbnail:
        """Return the request for a picture of an image with the mask of an epoch.

        Args:
            index: Of the image.
            epoch: From 0; None for the true mask. Where its mask was not kept, the image itself is drawn.
            cell: Of the confusion matrix: only its pixels are colored.
            side: In px at most.
        """
        predicted = None if epoch is None else masks.mask(self.view, epoch, index, self.side)
        hidden = tuple(place in self.hidden for place in range(len(self.names)))
        colors = tuple(map(rgb, self.colors))
        return MaskThumbnail(
            self.input(index), predicted, colors, hidden, rgb(DIFFERENT), cell, side, truth=epoch is None
        )

    def scores(self, epoch: int) -> NDArray[np.float64]:
        """Return the (N,) Dice of each image in an epoch; nan where it is undefined, empty where it is not known."""
        attempt = self.view.attempt_of(epoch)
        if attempt is None:
            return np.zeros(0)
        # Kept apart from the records, of which those of a long run may not fit into memory all at once.
        key = version_of(self.view.paths.epoch(attempt, epoch))
        return _SCORES.get(key, lambda: _scores(self.view.record(epoch)))

    def cells(self, epoch: int) -> NDArray[np.int64] | None:
        """Return the (N, C, C) counts of pixels of each image in an epoch; None where they are not known."""
        record = self.view.record(epoch)
        return None if record is None or record.pixels is None else record.pixels.cells


def _scores(record: EpochRecord | None) -> NDArray[np.float64]:
    return np.zeros(0) if record is None or record.pixels is None else mean_dice(record.pixels.margins)


@dataclass(frozen=True, eq=False)
class Wall:
    """Small pictures of the images with the masks of an epoch, as `explorer.ui.preview.wall` shows them.

    Attributes:
        images: The images.
        epoch: From 0.
        cell: Of the confusion matrix: only its pixels are colored.
    """

    images: MaskImages
    epoch: int
    cell: Cell | None = None

    def small(self, index: int) -> MaskThumbnail:
        """Return the request for a small picture, which is also the key of its drawing."""
        return self.images.painted(index, self.epoch, self.cell)

    def large(self, index: int) -> tuple[Picture, ...]:
        """Nothing is shown large here."""
        del index
        return ()

    def name(self, index: int) -> str:
        """Return the name of an image."""
        return self.images.source.name(index)
