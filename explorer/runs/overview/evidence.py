"""The evidence of a run: counts, scores and images of each validation, for pages that take a metric apart."""

import functools
import threading
from collections.abc import Sequence

from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.validation import ValidationImages, ValidationRecordError

_RECORDS_KEPT = 3  # epochs whose scores are in memory, each of which may have 64 MB


class Evidence:
    """Reads what the validations of one run have left behind. Threads may share it.

    Args:
        view: The reader of the run; it knows the epochs that it has seen.
    """

    def __init__(self, view: RunView) -> None:
        self.view = view
        self._lock = threading.Lock()
        self._scored = functools.lru_cache(_RECORDS_KEPT)(self._load)
        self._images: ValidationImages | None = None

    @property
    def images(self) -> ValidationImages | None:
        """The validation images in the order of the rows of the logits; None in runs of versions before them."""
        with self._lock:
            if self._images is None:
                try:
                    self._images = ValidationImages.load(self.view.paths.validation)
                except ValidationRecordError:
                    return None
            return self._images

    def record(self, epoch: int) -> EpochRecord | None:
        """Return the record of an epoch, from 0, with its logits where they are stored; None if it cannot be read."""
        with self._lock:
            return self._scored(epoch)

    def scored(self, epochs: Sequence[int]) -> tuple[int, ...]:
        """Return those of the epochs whose logits are stored."""
        return tuple(
            epoch for epoch in epochs if (found := self.record(epoch)) is not None and found.logits is not None
        )

    def _load(self, epoch: int) -> EpochRecord | None:
        return self.view.record(epoch, scores=True)
