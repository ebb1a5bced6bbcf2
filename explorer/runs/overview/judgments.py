"""What a run's network made of each validation image in its epochs."""

import threading
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from explorer.base.kept import Kept
from explorer.metrics.mistakes import Course, Judged, judge
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import version_of
from explorer.runs.record.epochs import EpochRecord

_MOST_BYTES = 150_000_000  # of the judged epochs of all runs in memory, each with some 50 bytes for an image


def _size(judged: Judged) -> int:
    return sum(array.nbytes for array in vars(judged).values())


JUDGED: Kept[Judged] = Kept(_MOST_BYTES, _size)

_Key = tuple[int, int]  # attempt and epoch
_Side = tuple[bytes, int, NDArray[np.uint8]]  # a digest of the labels, the number of images, a bit for each


class Judgments:
    """Judges the images of a run by the stored logits. Threads may share it.

    Args:
        evidence: The reader of the run's evidence.
        threshold: Of two classes, the probability of the second above which the run predicts it.
    """

    def __init__(self, evidence: Evidence, threshold: float = 0.5) -> None:
        self.evidence, self.threshold = evidence, threshold
        self._lock = threading.Lock()
        self._sides: dict[_Key, _Side | None] = {}  # None for an epoch that cannot be used
        self._course: tuple[tuple[_Key, ...], Course | None] = ((), None)

    def of(self, epoch: int) -> Judged | None:
        """Judge one epoch, from 0; None if its logits are not stored. Raises ValueError for logits that are broken."""
        view = self.evidence.view
        attempt = view.attempt_of(epoch) or 0  # before the record is read, which may then be one of a later attempt
        record = self.evidence.record(epoch)
        if record is None or record.logits is None:
            return None
        # By the file and not by the record, whose scores would stay in memory as a part of the key.
        key = (*version_of(view.paths.epoch(attempt, epoch)), self.threshold)
        return JUDGED.get(key, lambda: self._judge(record))

    def course(self, epochs: Sequence[int]) -> Course | None:
        """Return what became of the images over some scored epochs; None if none of them can be read.

        An epoch is left out if its logits cannot be read or used, or if it has other images than the first one. Of each
        epoch only a bit for each image is kept in memory.
        """
        keys = tuple((self.evidence.view.attempt_of(epoch) or 0, epoch) for epoch in epochs)
        with self._lock:
            if self._course[0] != keys:
                self._course = keys, self._folded(keys)
            return self._course[1]

    def _folded(self, keys: Sequence[_Key]) -> Course | None:
        course, images = None, b""
        for key in keys:
            side = self._side(key)
            if side is None or (course is not None and side[0] != images):
                continue
            images, count, bits = side
            course = (course or Course.empty(count)).then(key[1], np.unpackbits(bits, count=count).astype(np.bool_))
        return course

    def _side(self, key: _Key) -> _Side | None:
        if key not in self._sides:
            # Read past the evidence's memory of records, which many epochs in a row would fill.
            record = self.evidence.view.record(key[1], scores=True)
            self._sides[key] = None if record is None or record.labels is None else self._packed(record)
        return self._sides[key]

    def _packed(self, record: EpochRecord) -> _Side | None:
        try:
            judged = self._judge(record)
        except ValueError:
            return None
        return blake2b(judged.labels.tobytes()).digest(), len(judged), np.packbits(judged.right)

    def _judge(self, record: EpochRecord) -> Judged:
        assert record.logits is not None
        assert record.labels is not None
        return judge(record.logits, record.labels, self.threshold)
