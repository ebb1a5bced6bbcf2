"""The series of a run's steps, which stays small however long the run is."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.events import Event
from explorer.runs.record.scanning import Mask, Seqs

MOST_STEPS = 4096  # kept: more than an hour of one record a second, and four times what a chart draws
_SPREAD = 0x9E3779B97F4A7C15  # 2 ** 64 divided by the golden ratio: multiples of it lie evenly, at whatever distance
_BITS = 64
_ALL_BITS = (1 << _BITS) - 1
_VALUES = ("loss", "lr", "accuracy")


@dataclass(frozen=True, eq=False)
class Steps:
    """Training steps, about one a second: (N,) step int64; (N,) loss, lr and accuracy float64, nan where unknown.

    accuracy: share of right answers since the step before; nan for mixed images, which have no right answer.
    one_in: how many records there are to each one of these; 1 where all are here.
    """

    step: NDArray[np.int64]
    loss: NDArray[np.float64]
    lr: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    one_in: int = 1


class StepSeries:
    """All records of steps while they are few, then every second one of these, every fourth, and so on.

    Which ones are left follows from their numbers alone, so that who reads on holds the same ones as who begins now.
    The latest is always among them. Each value stays as it was reported: nothing is averaged here.
    """

    def __init__(self) -> None:
        self._level = 0
        self._seqs, self._steps = array("q"), array("q")
        self._values = tuple(array("d") for _ in _VALUES)
        self._latest: Event | None = None

    def __len__(self) -> int:
        return len(self._steps)

    def picks(self, seqs: Seqs) -> Mask:
        """Of the numbers of records, which ones this series still has room for."""
        if not self._level:
            return np.ones(len(seqs), np.bool_)
        spread = seqs.astype(np.uint64) * np.uint64(_SPREAD)  # it wraps, as in _picks_one
        kept: Mask = spread >> np.uint64(_BITS - self._level) == 0
        return kept

    def _picks_one(self, seq: int) -> bool:
        return (seq * _SPREAD & _ALL_BITS) >> (_BITS - self._level) == 0

    def add(self, event: Event) -> None:
        """Take in a record of a step, the latest so far."""
        self._latest = event
        if not self._picks_one(event.seq):
            return
        self._seqs.append(event.seq)
        self._steps.append(event.step)
        for column, name in zip(self._values, _VALUES, strict=True):
            column.append(event.number(name))
        while len(self) > MOST_STEPS:
            self._thin_out()

    def drop_after(self, step: int) -> None:
        """Forget later steps."""
        count = bisect_right(self._steps, step)
        del self._seqs[count:], self._steps[count:]
        for column in self._values:
            del column[count:]
        if self._latest is not None and self._latest.step > step:
            self._latest = None

    def arrays(self) -> Steps:
        """Copies, with the latest record at the end."""
        step, loss, rate, accuracy = map(np.array, (self._steps, *self._values))
        latest = self._latest
        if latest is not None and not (len(step) and step[-1] >= latest.step):
            step = np.append(step, latest.step)
            loss, rate, accuracy = (
                np.append(column, latest.number(name))
                for column, name in zip((loss, rate, accuracy), _VALUES, strict=True)
            )
        return Steps(step, loss, rate, accuracy, 1 << self._level)

    def _thin_out(self) -> None:
        self._level += 1
        kept = self.picks(np.array(self._seqs))
        self._seqs, self._steps = (_of(column, kept, "q") for column in (self._seqs, self._steps))
        self._values = tuple(_of(column, kept, "d") for column in self._values)


def _of(column: "array[Any]", kept: Mask, kind: str) -> "array[Any]":
    return array(kind, compress(column, kept))
