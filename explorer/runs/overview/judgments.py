"""What a run's network made of each validation image in its epochs."""

import functools
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.mistakes import Course, Judged, judge
from explorer.runs.overview.evidence import Evidence

_JUDGED_KEPT = 3  # epochs in memory, each with some 50 bytes for an image


class Judgments:
    """Judges the images of a run by the stored logits. Threads may share it.

    Args:
        evidence: The reader of the run's evidence.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._lock = threading.Lock()
        self._judged = functools.lru_cache(_JUDGED_KEPT)(self._judge)
        self._right: dict[int, tuple[int, NDArray[np.uint8]]] = {}  # epoch -> number of images, a bit for each
        self._scored: tuple[object, tuple[int, ...]] = (None, ())

    def scored(self, epochs: Sequence[int], revision: int) -> tuple[int, ...]:
        """Return those of the epochs whose logits are stored; `revision` is that of the snapshot that has them."""
        with self._lock:
            stamp = (revision, tuple(epochs))
            if self._scored[0] != stamp:
                self._scored = stamp, self.evidence.scored(epochs)
            return self._scored[1]

    def of(self, epoch: int) -> Judged | None:
        """Judge one epoch, from 0; None if its logits are not stored. Raises ValueError for logits that are broken."""
        with self._lock:
            return self._judged(epoch)

    def course(self, epochs: Sequence[int]) -> Course | None:
        """Return what became of the images over some scored epochs; None if none of them can be read.

        An epoch is left out if its logits cannot be read or used, or if it has another number of images than the first
        one. Of each epoch only a bit for each image is kept in memory.
        """
        with self._lock:
            course: Course | None = None
            for epoch in epochs:
                right = self._right_in(epoch)
                if right is not None and (course is None or len(right) == len(course.now)):
                    course = (course or Course.empty(len(right))).then(epoch, right)
            return course

    def _right_in(self, epoch: int) -> NDArray[np.bool_] | None:
        if epoch not in self._right:
            try:
                judged = self._judge(epoch)
            except ValueError:
                return None
            if judged is None:
                return None
            self._right[epoch] = len(judged), np.packbits(judged.right)
        count, bits = self._right[epoch]
        return np.unpackbits(bits, count=count).astype(np.bool_)

    def _judge(self, epoch: int) -> Judged | None:
        # Read past the evidence's own cache, which many epochs in a row would empty.
        record = self.evidence.view.record(epoch, scores=True)
        if record is None or record.logits is None or record.labels is None:
            return None
        return judge(record.logits, record.labels)
