"""Writes the predicted masks of each validation, and drops those of earlier epochs that exceed the budget."""

import logging
from contextlib import suppress

from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.record.masks import MasksError, PredictedMasks, directory
from explorer.training.attempt import Attempt

_LOG = logging.getLogger(__name__)
_File = tuple[int, int]  # attempt and epoch


class MaskWriter:
    """Only the process that leads writes. A full disk does not end the run here: pages say which masks are missing.

    Args:
        attempt: Where to write.
        budget: Which masks are kept.
    """

    def __init__(self, attempt: Attempt, budget: MaskBudget) -> None:
        self._attempt = attempt
        self._budget = budget
        self._whole: set[_File] | None = None  # files with more than the followed images; None: unknown

    def save(self, masks: PredictedMasks, epoch: int) -> None:
        """Write the masks of an epoch; those that an earlier attempt has written for it stay until `thin`."""
        if not self._attempt.leads:
            return
        try:
            masks.save(self._attempt.paths.masks(self._attempt.number, epoch))
        except OSError as error:
            _LOG.warning("The predicted masks of epoch %d could not be written: %s", epoch + 1, error)

    def thin(self, best: int | None, latest: int) -> None:
        """Drop masks of images that are not followed through all epochs, but for the best and the latest epoch.

        It is called after the event of the latest epoch: until then, the one of an earlier attempt counts, whose masks
        are dropped here too.

        Args:
            best, latest: Numbers of the epochs, from 0.
        """
        if not self._attempt.leads:
            return
        for earlier in range(1, self._attempt.number):
            with suppress(OSError):
                self._attempt.paths.masks(earlier, latest).unlink(missing_ok=True)
        if self._whole is None:
            self._whole = set(self._found())
        self._whole.add((self._attempt.number, latest))
        for attempt, epoch in sorted(self._whole):
            if epoch not in (best, latest):
                self._reduce(attempt, epoch)

    def _found(self) -> list[_File]:
        paths = self._attempt.paths
        every = [(attempt, epoch) for attempt in paths.attempts() for epoch in range(self._budget.epochs)]
        return [file for file in every if paths.masks(*file).exists()]

    def _reduce(self, attempt: int, epoch: int) -> None:
        assert self._whole is not None
        path, followed = self._attempt.paths.masks(attempt, epoch), self._budget.followed
        try:
            if any(place % followed for place in directory(path).places):
                PredictedMasks.load(path).only(followed).save(path)
        except MasksError:
            pass  # damaged or deleted: nothing to drop
        except OSError:
            return  # the whole file is still there, and the next epoch tries again
        self._whole.discard((attempt, epoch))
