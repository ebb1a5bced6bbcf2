"""Validation images of a run that learns masks, small, with the true and the predicted mask and their difference.

This decodes images, so a page never calls it: it has a process of its own make the report.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import cv2
import numpy as np

from explorer.base.names import ShownError
from explorer.base.words import cut
from explorer.data.dataset import Dataset
from explorer.draw.encoding import as_jpeg
from explorer.draw.seen_mask import DamagedMask, Pixels, SeenMask, seen
from explorer.figures.charts import class_names
from explorer.figures.palette import DIFFERENT, class_colors, rgb
from explorer.metrics.mask_images import mean_dice, worst_first
from explorer.report.pictures import check_same, place_of
from explorer.report.reported import Reported
from explorer.runs.overview import masks
from explorer.runs.overview.comparison import ChangedDice, Pair
from explorer.texts import Masks as Words
from explorer.texts import Report
from explorer.texts import ReportMasks as T

SIDE = 200  # px of the long side
QUALITY = 80
WORST = 6  # images of a run
CHANGED = 3  # images of two runs, in each direction
_MOST_NAME = 200  # characters


@dataclass(frozen=True)
class Picture:
    """A small picture: its title, and its JPEG as a data address."""

    title: str
    address: str = field(repr=False)


@dataclass(frozen=True)
class Row:
    """An image: its name, what is said of it, its pictures, and why there are none."""

    id: str
    words: str
    pictures: tuple[Picture, ...] = ()
    why_not: str = ""

    @property
    def size(self) -> int:
        """The bytes of its pictures in the file."""
        return sum(len(picture.address) for picture in self.pictures)


@dataclass(frozen=True)
class MaskPictures:
    """A group of images with their masks.

    Attributes:
        title: Of the group.
        note: What a reader has to know, or why there are no images.
        legend: The name and the color of each class that is painted, then those of wrong pixels.
        rows: The images.
    """

    title: str
    note: str
    legend: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, eq=False)
class Painter:
    """Draws the validation images of a run that learns masks with the masks of its best epoch.

    Attributes:
        dataset: As `pictures.opened` returns it.
        inside: Whether images are read only inside the folders that pages may read.
    """

    run: Reported
    dataset: Dataset
    inside: bool

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return class_names(self.run.snapshot)

    @cached_property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """The name and the color of each class that is painted, then those of wrong pixels."""
        places = self.run.snapshot.color_places
        found = zip(self.names, class_colors(places), places, strict=True)
        painted = [(cut(name, _MOST_NAME), color) for name, color, place in found if place is not None]
        return *painted, (T.WRONG, DIFFERENT)

    def seen(self, index: int) -> SeenMask:
        """Read an image with its true mask. Raises ShownError, OSError, ValueError, cv2.error."""
        assert self.run.images is not None
        assert self.run.snapshot.config is not None
        config, split = self.run.snapshot.config, self.dataset.val
        place = place_of(index, self.run.images.ids[index], split, self._places)
        check_same(self.run.images.hashes[index], split, place, self.inside)
        return seen(split, place, config.image_size, config.kept if config.evaluation == "sliding" else "")

    def stored(self) -> frozenset[int] | None:
        """Return the images whose masks the best epoch has kept; None where its file is missing or damaged."""
        assert self.run.best is not None
        return masks.places(self.run.evidence.view, self.run.best.epoch)

    def predicted(self, index: int, found: SeenMask) -> Pixels:
        """Return the (S, S) classes that the best epoch has predicted for an image. Raises DamagedMask."""
        assert self.run.best is not None
        picture = masks.mask(self.run.evidence.view, self.run.best.epoch, index, len(found.truth))
        if picture is None:
            raise DamagedMask(Words.NOT_STORED.format(epoch=self.run.best.number))
        return found.decoded(picture)

    def painted(self, found: SeenMask, classes: Pixels) -> Pixels:
        """Paint classes over an image; a background leaves it as it is."""
        places = self.run.snapshot.color_places
        return found.painted(classes, list(map(rgb, class_colors(places))), [place is None for place in places])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.dataset.val.ids)}


def of_run(run: Reported, painter: Painter | None, budget: int, why_not: str) -> MaskPictures:
    """Return the worst images of the best epoch by their Dice, and one in the middle.

    Args:
        run: A run that learns masks.
        painter: None where its images cannot be opened, and `why_not` says why.
        budget: Bytes that the pictures may take together in the file.
    """
    if run.record is None or run.record.pixels is None:
        return MaskPictures(T.TITLE, T.NO_COUNTS)
    stored = None if painter is None else painter.stored()
    if painter is None or run.images is None or not stored:
        return MaskPictures(T.TITLE, why_not or Words.NONE_STORED)
    dice = mean_dice(run.record.pixels.margins)
    order = np.array([place for place in worst_first(dice) if place in stored and np.isfinite(dice[place])], np.int64)
    if not len(order):
        return MaskPictures(T.TITLE, T.NO_DICE)
    chosen = order[:WORST].tolist()
    middle = int(order[len(order) // 2])
    words = [(index, T.DICE) for index in chosen if index != middle] + [(middle, T.TYPICAL)]
    rows = [_row(painter, at, said.format(dice=dice[at]), partial(_pictures, painter, at)) for at, said in words]
    note = (T.NOTE if len(stored) >= len(dice) else T.NOTE_SOME).format(images=len(dice), stored=len(stored))
    return MaskPictures(T.TITLE, note, painter.legend, tuple(_fitting(rows, budget)))


def of_pair(pair: Pair, a: Painter | None, b: Painter | None, budget: int) -> MaskPictures | None:
    """Return the images whose Dice differs most between two runs, in both directions.

    None where the images of one of them cannot be opened: its own part says why.
    """
    if a is None or b is None or a.run.images is None or b.run.images is None:
        return None
    lost, won = pair.changed_dice()
    rows = []
    for words, found in ((T.LOWER, lost), (T.HIGHER, won)):
        for one in found[:CHANGED]:
            said = words.format(a=one.a, b=one.b, change=abs(one.b - one.a))
            rows.append(_row(a, one.row_a, said, partial(_pictures_of_pair, a, b, one)))
    if not rows:
        return MaskPictures(T.TITLE_PAIR, T.NONE_CHANGED)
    return MaskPictures(T.TITLE_PAIR, T.NOTE_PAIR, a.legend[:-1], tuple(_fitting(rows, budget)))


def _row(painter: Painter, index: int, words: str, draw: Callable[[], Iterator[Picture]]) -> Row:
    assert painter.run.images is not None
    name = cut(painter.run.images.ids[index], _MOST_NAME)
    try:
        return Row(name, words, tuple(draw()))
    except (ShownError, OSError, ValueError, cv2.error) as error:
        return Row(name, words, why_not=str(error))


def _pictures(painter: Painter, index: int) -> Iterator[Picture]:
    found = painter.seen(index)
    predicted = painter.predicted(index, found)
    yield _picture(Words.VIEWS["image"], found, found.image)
    yield _picture(Words.VIEWS["truth"], found, painter.painted(found, found.truth))
    yield _picture(Words.VIEWS["predicted"], found, painter.painted(found, predicted))
    yield _picture(Words.VIEWS["difference"], found, found.marked(found.wrong(predicted), rgb(DIFFERENT)))


def _pictures_of_pair(a: Painter, b: Painter, one: ChangedDice) -> Iterator[Picture]:
    found, other = a.seen(one.row_a), b.seen(one.row_b)
    yield _picture(Words.VIEWS["image"], found, found.image)
    yield _picture(Words.VIEWS["truth"], found, a.painted(found, found.truth))
    yield _picture(T.PREDICTED_BY.format(side="A"), found, a.painted(found, a.predicted(one.row_a, found)))
    yield _picture(T.PREDICTED_BY.format(side="B"), other, b.painted(other, b.predicted(one.row_b, other)))


def _picture(title: str, found: SeenMask, pixels: Pixels) -> Picture:
    jpeg = as_jpeg(found.small(pixels, SIDE), QUALITY)
    return Picture(title, f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}")


def _fitting(rows: Sequence[Row], budget: int) -> Iterator[Row]:
    """Yield the rows, without their pictures from where they no longer fit into `budget` bytes."""
    for row in rows:
        budget -= row.size
        yield row if budget >= 0 or not row.pictures else Row(row.id, row.words, why_not=Report.NO_ROOM)
