"""What a training leaves for pages that take a metric apart: its validation images, and scores within a budget."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from explorer.base import npz
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.masks import PredictedMasks
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.training.attempt import Attempt
from explorer.training.mask_writer import MaskWriter
from explorer.training.prepared import Prepared

_LOG = logging.getLogger(__name__)


def images_of(val: Prepared) -> ValidationImages:
    """List the validation images of a run, after `val` was read."""
    split = val.split
    hashes = tuple(content.hex() for content in val.hashes())
    return ValidationImages(tuple(map(str, split.ids)), np.asarray(split.labels, np.int64), hashes, split.reading)


class EvidenceWriter:
    """Writes the list of validation images and the file of each epoch; only the process that leads writes.

    Args:
        attempt: Where to write.
        images: The validation images in the order of the rows of all logits.
        budget: Which epochs keep the scores of single images.
        masks: Writes predicted masks.
    """

    def __init__(
        self, attempt: Attempt, images: ValidationImages, budget: ScoreBudget, masks: MaskWriter | None = None
    ) -> None:
        self._attempt = attempt
        self._masks = masks
        self._images = images
        self._budget = budget
        self._listed = not attempt.leads
        self._scored: set[tuple[int, int]] | None = None  # attempt and epoch of the files with scores; None: unknown

    def list_images(self) -> None:
        """Write the list of validation images unless the run has it.

        A full disk does not end the run here: training goes on for as long as its epochs can be written, and each
        epoch tries again.
        """
        if self._listed:
            return
        path = self._attempt.paths.validation
        try:
            if not _holds(path, self._images):
                self._images.save(path)
            self._listed = True
        except OSError as error:
            _LOG.warning("The list of validation images could not be written: %s", error)

    def save(self, record: EpochRecord, epoch: int, masks: PredictedMasks | None = None) -> None:
        """Write the files of an epoch, with its scores and predicted masks where they fit. Raises OSError."""
        self.list_images()
        if masks is not None and self._masks is not None:
            self._masks.save(masks, epoch)
        if self._attempt.leads:
            kept = record if self._budget.fits else record.without_scores()
            kept.save(self._attempt.paths.epoch(self._attempt.number, epoch))

    def thin(self, best: int | None, latest: int) -> None:
        """Drop the scores of earlier epochs that need not keep them any longer.

        Args:
            best, latest: Numbers of the best and the latest epoch, from 0.
        """
        if self._masks is not None:
            self._masks.thin(best, latest)
        if not self._attempt.leads or self._budget.every <= 1:
            return
        if self._scored is None:
            self._scored = set(_with_scores(self._attempt.paths, range(self._budget.epochs)))
        self._scored.add((self._attempt.number, latest))
        newest = {epoch: attempt for attempt, epoch in sorted(self._scored)}
        for attempt, epoch in sorted(self._scored):
            # An epoch that a resumed run has validated again counts in its newest version only.
            if newest[epoch] != attempt or not self._budget.keeps(epoch, best, latest):
                self._drop(attempt, epoch)

    def _drop(self, attempt: int, epoch: int) -> None:
        assert self._scored is not None
        path = self._attempt.paths.epoch(attempt, epoch)
        try:
            record = EpochRecord.load(path)
            if record.auroc is not None:  # else the scores are all that the areas can be computed from
                record.without_scores().save(path)
        except EpochRecordError:
            pass  # damaged or deleted: nothing to drop
        except OSError:
            return  # the disk is full: the whole file is still there, and the next epoch tries again
        self._scored.discard((attempt, epoch))


def _holds(path: Path, images: ValidationImages) -> bool:
    try:
        found = ValidationImages.load(path)
    except ValidationRecordError:
        return False
    same_labels = np.array_equal(found.labels, images.labels)
    return same_labels and (found.ids, found.hashes, found.reading) == (images.ids, images.hashes, images.reading)


def _with_scores(paths: RunPaths, epochs: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Attempt and epoch of each file that holds scores, found without reading them."""
    for attempt in paths.attempts():
        for epoch in epochs:
            try:
                with npz.opened(paths.epoch(attempt, epoch)) as found:
                    if "logits" in found.files:
                        yield attempt, epoch
            except npz.DAMAGE:
                continue
