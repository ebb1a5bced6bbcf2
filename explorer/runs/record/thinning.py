"""The series of the steps of a run, which stays small for a run of any length."""

from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.events import Event
from explorer.runs.record.scanning import Mask, Seqs

MOST_STEPS = 4096  # more than an hour of one record a second, and four times what a chart draws
_SPREAD = 0x9E3779B97F4A7C15  # 2 ** 64 divided by the golden ratio: its multiples modulo 2 ** 64 are spread evenly
_Row = tuple[int, int, float, float, float, float]  # number of the record, step, loss, rate, accuracy, seconds


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
        self._rows: list[_Row] = []
        self._latest: _Row | None = None

    def __len__(self) -> int:
        return len(self._rows)

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
            self._rows.append(self._latest)
        while len(self) > MOST_STEPS:
            self._level += 1
            self._rows = list(compress(self._rows, self.picks(np.array([row[0] for row in self._rows]))))

    def drop_after(self, step: int) -> None:
        """Forget later steps."""
        self._rows = [row for row in self._rows if row[1] <= step]
        if self._latest is not None and self._latest[1] > step:
            self._latest = None

    def arrays(self) -> Steps:
        """Return the kept records and the latest one."""
        latest = self._latest
        more = [latest] if latest is not None and not (self._rows and self._rows[-1][1] >= latest[1]) else []
        _, step, loss, rate, accuracy, seconds = np.array(self._rows + more, np.float64).reshape(-1, 6).T.copy()
        return Steps(step.astype(np.int64), loss, rate, accuracy, seconds, 1 << self._level)
