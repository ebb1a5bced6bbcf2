"""The series of the steps of a run, which stays small for a run of any length."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.events import Event
from explorer.runs.record.scanning import Mask, Seqs

MOST_STEPS = 4096  # more than an hour of one record a second, and four times what a chart draws
_SPREAD = 0x9E3779B97F4A7C15  # 2 ** 64 divided by the golden ratio: its multiples modulo 2 ** 64 are spread evenly
_Row = tuple[int, int, float, float, float, float]  # number of the record, step, loss, rate, accuracy, seconds
_COLUMNS = 6


@dataclass(frozen=True, eq=False)
class Steps:
    """N training steps, about one a second: (N,) step int64; (N,) loss, lr and accuracy float64, nan where unknown.

    `accuracy` is the share of right answers since the step before; nan for mixed images, which have no right answer.
    `seconds` is (N,) float64: how long the run had worked, see `WorkClock`.
    One record in `one_in` is here; 1 means all.
    """

    step: NDArray[np.int64]
    loss: NDArray[np.float64]
    lr: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    seconds: NDArray[np.float64]
    one_in: int = 1


class StepSeries:
    """All records of steps while they are few, then every second one, every fourth, and so on, and always the latest.

    Which ones are kept follows from their numbers alone, so that a reader that continues holds the same ones as a
    reader that begins now. Values are not averaged.
    """

    def __init__(self) -> None:
        self._level = 0  # one record in 2 ** level is kept
        self._count = 0
        # An array and not a list of rows: with each tick of a page all of them become arrays.
        self._rows = np.empty((MOST_STEPS + 1, _COLUMNS))
        self._latest: _Row | None = None

    def __len__(self) -> int:
        return self._count

    def picks(self, seqs: Seqs) -> Mask:
        """Return which records, given by number, this series still keeps."""
        if not self._level:
            return np.ones(len(seqs), np.bool_)
        spread = seqs.astype(np.uint64) * np.uint64(_SPREAD)  # it wraps
        kept: Mask = spread >> np.uint64(64 - self._level) == 0
        return kept

    def add(self, event: Event, seconds: float) -> None:
        """Add a record of a step, the latest so far. `seconds` is how long the run had worked then."""
        values = (event.number("loss"), event.number("lr"), event.number("accuracy"), seconds)
        self._latest = (event.seq, event.step, *values)
        if self.picks(np.array([event.seq]))[0]:
            self._rows[self._count] = self._latest
            self._count += 1
        while len(self) > MOST_STEPS:
            self._level += 1
            self._keep(self.picks(self._kept[:, 0].astype(np.int64)))

    @property
    def _kept(self) -> NDArray[np.float64]:
        return self._rows[: self._count]

    def _keep(self, which: Mask) -> None:
        rows = self._kept[which]
        self._count = len(rows)
        self._rows[: self._count] = rows

    def drop_after(self, step: int) -> None:
        """Forget later steps."""
        self._keep(self._kept[:, 1] <= step)
        if self._latest is not None and self._latest[1] > step:
            self._latest = None

    def arrays(self) -> Steps:
        """Return the kept records and the latest one."""
        rows, latest = self._kept, self._latest
        if latest is not None and not (len(rows) and rows[-1, 1] >= latest[1]):
            rows = np.concatenate([rows, [latest]])
        _, step, loss, rate, accuracy, seconds = rows.T.copy()
        return Steps(step.astype(np.int64), loss, rate, accuracy, seconds, 1 << self._level)
