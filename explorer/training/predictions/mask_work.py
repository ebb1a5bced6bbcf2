"""The work of a prediction of masks: a PNG of the size of each image, shares and counts of its pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.mask_png import indexed_png
from explorer.runs.record import mask_predictions
from explorer.runs.record import predictions as record
from explorer.runs.record.mask_predictions import MaskCounts
from explorer.runs.record.predictions import NO_LABEL, Part
from explorer.training.predictions.batches import Draws
from explorer.training.predictions.inputs import Input
from explorer.training.predictions.judges import Judge
from explorer.training.predictions.mask_views import (
    Drawn,
    MaskDrawer,
    Probabilities,
    averaged,
    likeliest,
    margins_of,
    resized,
)
from explorer.training.predictions.sources import Source
from explorer.training.predictions.work import Found, Work

Mask = NDArray[np.uint8]


class FoundMasks(Found):
    """What was found so far of a part: a row for each image in each list."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: list[NDArray[np.float32]] = []
        self.plain_shares: list[NDArray[np.float32]] = []
        self.each_shares: list[NDArray[np.float32]] = []
        self.known: list[bool] = []
        self.margins: list[NDArray[np.int64]] = []
        self.plain_margins: list[NDArray[np.int64]] = []
        self.each_margins: list[NDArray[np.int64]] = []

    def counts(self, networks: int, classes: int) -> MaskCounts:
        """The counts of the finished part."""
        images = len(self.places)
        each = np.array(self.each_margins, np.int64).reshape(images, networks, classes, 3)
        return MaskCounts(
            np.array(self.shares, np.float32).reshape(images, classes),
            np.array(self.plain_shares, np.float32).reshape(images, classes),
            np.array(self.known, bool),
            np.array(self.margins, np.int64).reshape(images, classes, 3),
            np.array(self.plain_margins, np.int64).reshape(images, classes, 3),
            each.transpose(1, 0, 2, 3),
        )

    def shares_of_each(self, source: Source, networks: int, classes: int) -> Part:
        """The finished part, with the shares of each network in place of probabilities."""
        each = np.array(self.each_shares, np.float32).reshape(len(self.places), networks, classes).transpose(1, 0, 2)
        return Part(
            tuple(source.ids[place] for place in self.places),
            tuple(source.files[place] for place in self.places),
            np.full(len(self.places), NO_LABEL, np.int64),
            np.array(self.places, np.int64),
            np.ascontiguousarray(each),
            np.ascontiguousarray(each),
            self.left_out,
        )


class MaskWork(Work):
    """The parts of a prediction of masks that are not there yet."""

    def _drawer(self, inputs: tuple[tuple[Input, Pipeline], ...]) -> Draws:
        return MaskDrawer(self._source, self._plan, inputs, self._about.classes)

    def _nothing(self) -> Found:
        return FoundMasks()

    def _write(self, number: int, found: Found) -> None:
        assert isinstance(found, FoundMasks)
        # The part comes last: where it is there, all is.
        mask_predictions.write_counts(self._attempt.paths, number, found.counts(*self._shape))
        part = found.shares_of_each(self._source, *self._shape)
        record.write_part(self._attempt.paths, number, part)

    def _judge(self, usable: list[tuple[int, Any]], found: Found) -> None:
        """Let the networks judge some images at a time, and take each image in."""
        assert isinstance(found, FoundMasks)
        done = 0
        while done < len(usable):
            self._attempt.stop.check("stopped_in_prediction", done=self._pace.kept, images=self._about.total)
            some = usable[done : done + self._together(usable[done][1])]
            judged = [self._judged(judge, at, some) for judge, at in zip(self._judges, self._input_of, strict=True)]
            for number, (place, drawn) in enumerate(some):
                self._take(place, drawn, [each[number] for each in judged], found)
            done += len(some)
            self._pace.report(self._done + done)

    def _together(self, drawn: Drawn) -> int:
        """How many images are judged at a time: all of their probabilities are kept, which must not be many batches."""
        each = sum(len(drawn.views[at]) for at in self._input_of)
        return max(1, self._batches.size // each)

    def _judged(self, judge: Judge, at: int, some: list[tuple[int, Any]]) -> list[list[Probabilities]]:
        """The probabilities of a network for the views of each image, in batches over images and views."""
        pixels = [view.pixels for _, drawn in some for view in drawn.views[at]]
        size = self._batches.size
        batches = (np.stack(pixels[start : start + size]) for start in range(0, len(pixels), size))
        every = [one for batch in batches for one in judge.probabilities_of_pixels(batch)]
        views = len(every) // len(some)
        return [every[start : start + views] for start in range(0, len(every), views)]

    def _take(self, place: int, drawn: Drawn, judged: list[list[Probabilities]], found: FoundMasks) -> None:
        """Take in an image. judged: for each network, the probabilities of the views."""
        several, with_views = len(self._judges) > 1, self._plan.views is not None
        plain, each = [], []
        for probabilities, at in zip(judged, self._input_of, strict=True):
            views = drawn.views[at]
            plain.append(averaged(views[:1], probabilities[:1]))
            each.append(averaged(views, probabilities) if with_views else plain[-1])
        mask = likeliest(_mean(each), drawn.size)
        plain_mask = likeliest(_mean(plain), drawn.size) if with_views else mask
        masks = [likeliest(one, drawn.size) for one in each] if several else [mask]
        classes = len(self._about.classes)
        found.known.append(drawn.truth is not None)
        found.shares.append(_shares(mask, classes))
        found.plain_shares.append(_shares(plain_mask, classes))
        found.each_shares.append(np.stack([_shares(one, classes) for one in masks]))
        found.margins.append(margins_of(drawn.truth, mask, classes))
        found.plain_margins.append(margins_of(drawn.truth, plain_mask, classes))
        found.each_margins.append(np.stack([margins_of(drawn.truth, one, classes) for one in masks]))
        values = np.array(self._about.mask_values, np.uint8)
        mask_predictions.write_mask(self._attempt.paths, place, indexed_png(values[mask]))


def _mean(each: list[Probabilities]) -> Probabilities:
    """The mean over networks, at the size of the first one's input."""
    if len(each) == 1:
        return each[0]
    size = (each[0].shape[0], each[0].shape[1])
    return np.asarray(np.mean([resized(one, size) for one in each], axis=0, dtype=np.float64), np.float32)


def _shares(mask: Mask, classes: int) -> NDArray[np.float32]:
    """(C,) the share of the pixels in each class."""
    return np.asarray(np.bincount(mask.reshape(-1), minlength=classes) / mask.size, np.float32)
