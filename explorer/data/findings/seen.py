"""The measured images of a data set with their part, label and group: what all findings are made from."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import NO_LABEL, Contents
from explorer.data.findings.finding import Places
from explorer.data.overview.measured import Measured

TRAIN, TEST = "train", "test"
NO_GROUP = -1


@dataclass(frozen=True, eq=False)
class Seen:
    """The M measured images that a person has not left out.

    Attributes:
        contents: all images of the data set.
        measured: what was measured of images.
        used: (N,) which of all images are used.
        rows: (M,) their rows in the table of measurements.
        apart: (M,) int64, images of the same number are never divided by the app; NO_GROUP for those that may be.
        given: whether the parts are given by the data set, so that the app does not divide it.
    """

    contents: Contents
    measured: Measured
    used: NDArray[np.bool_]
    rows: NDArray[np.int64]
    apart: NDArray[np.int64]
    given: bool

    @classmethod
    def of(
        cls,
        contents: Contents,
        measured: Measured,
        left_out: Collection[str] = (),
        together: Collection[Collection[str]] = (),
        given: bool = True,
    ) -> "Seen":
        """Take the images that are not among `left_out`, with the groups that a person keeps together."""
        gone, group_of = set(left_out), {one: number for number, group in enumerate(together) for one in group}
        used = np.ones(len(contents), np.bool_)
        apart = np.full(len(contents), NO_GROUP, np.int64)
        if gone or group_of:
            for place, one in enumerate(contents.ids):
                used[place] = one not in gone
                apart[place] = group_of.get(one, NO_GROUP)
        rows = np.flatnonzero(used[measured.index]).astype(np.int64)
        return cls(contents, measured, used, rows, apart[measured.index[rows]], given)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def place(self) -> Places:
        """(M,) places in the contents."""
        return self.measured.index[self.rows]

    @cached_property
    def part(self) -> NDArray[np.int8]:
        """(M,) places in `contents.parts`."""
        return self.contents.part[self.place]

    @cached_property
    def label(self) -> NDArray[np.int32]:
        """(M,) classes, NO_LABEL where an image has none."""
        return self.contents.label[self.place]

    @cached_property
    def decoded(self) -> NDArray[np.bool_]:
        """(M,) whether the image could be decoded."""
        broken = np.zeros(len(self.measured), np.bool_)
        broken[list(self.measured.trouble)] = True
        return ~broken[self.rows]

    def column(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Return a column of the measurements for these images."""
        return np.asarray(values[self.rows], np.float64)

    @cached_property
    def train(self) -> int | None:
        """The part that is trained on; None if there is none of this name."""
        return self.contents.parts.index(TRAIN) if TRAIN in self.contents.parts else None

    @cached_property
    def test(self) -> int:
        """The part for testing; -1 if there is none of this name."""
        return self.contents.parts.index(TEST) if TEST in self.contents.parts else -1

    def images(self, part: int) -> int:
        """Return how many images of a part are used, also of those that were not measured."""
        return int((self.used & (self.contents.part == part)).sum())

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(P, C) of used images of each part and class, also of those that were not measured."""
        parts, classes = len(self.contents.parts), len(self.contents.classes)
        if self.contents.several is not None:
            found = np.zeros((parts, classes), np.int64)
            np.add.at(found, self.contents.part[self.used], self.contents.several[self.used].astype(np.int64))
            return found
        labelled = self.used & (self.contents.label != NO_LABEL)
        cells = self.contents.part[labelled].astype(np.int64) * classes + self.contents.label[labelled]
        return np.bincount(cells, minlength=parts * classes).reshape(parts, classes).astype(np.int64)


def members(number: NDArray[np.int64], among: NDArray[np.bool_] | None = None) -> list[NDArray[np.int64]]:
    """Return the places of each number that occurs more than once, in order of the first of them.

    Args:
        number: (M,) a number for each image.
        among: (M,) which images count; None for all.
    """
    places = np.arange(len(number)) if among is None else np.flatnonzero(among)
    order = places[np.argsort(number[places], kind="stable")]
    if not len(order):
        return []
    starts = np.flatnonzero(np.diff(number[order], prepend=number[order[0]] - 1))
    groups = [group.astype(np.int64) for group in np.split(order, starts[1:]) if len(group) > 1]
    return sorted(groups, key=_first)


_first: Callable[[NDArray[np.int64]], int] = lambda group: int(group[0])  # noqa: E731 - a key
