"""The evidence of a run: counts, scores and images of each validation, for pages that take a metric apart."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.base import npz
from explorer.base.kept import Kept
from explorer.data.specs import DatasetSpec
from explorer.runs.overview.view import RECORDS, RunView, version_of
from explorer.runs.record.budget import EPOCH_BYTES, ScoreBudget
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.validation import ValidationImages, ValidationRecordError

Code = Literal["not_validated", "missing", "damaged", "too_large", "thinned", "not_stored", "other_images"]


@dataclass(frozen=True)
class Absent:
    """Why an epoch has no scores of single images, as a code with values, which explorer.texts words.

    Attributes:
        code: "not_validated": no validation of this epoch is known. "missing", "damaged": its file is not there or
            cannot be read. "too_large": one epoch's scores exceed the budget (`images`, `classes`, `megabytes`).
            "thinned": only every k-th epoch, the best and the latest keep theirs (`every`). "not_stored": the file has
            none. "other_images": its labels are not those of the listed validation images.
    """

    code: Code
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LostImages:
    """What a data set has to fulfill to give back the validation images of a run that did not list them.

    Attributes:
        spec: The data set as the run has opened it.
        image_size: Side in px of the run's squares, which is part of the hash.
        listing: The hash of its validation split that the run has recorded, see `Split.listing`.
    """

    spec: DatasetSpec
    image_size: int
    listing: str


class Evidence:
    """Reads what the validations of one run have left behind. Threads may share it, and no lock is held while it reads.

    Args:
        view: The reader of the run; it knows the epochs that it has seen.
        kept: Where records stay in memory; those of all runs share one budget.
    """

    def __init__(self, view: RunView, kept: Kept[EpochRecord | None] = RECORDS) -> None:
        self.view = view
        self._kept = kept
        self._lock = threading.Lock()
        self._listed: tuple[object, ValidationImages | None] = (None, None)
        self._restored: ValidationImages | None = None
        self._stored: dict[tuple[int, int], bool] = {}  # attempt and epoch -> whether its file has scores

    # Images

    @property
    def images(self) -> ValidationImages | None:
        """The validation images in the order of the rows of the logits.

        None where the run has no readable list of them, as runs of earlier versions, until `restore` was called.
        """
        stamp = version_of(self.view.paths.validation)
        with self._lock:
            known, images = self._listed
        if known != stamp:
            images = _list_of(self.view.paths.validation)
            with self._lock:
                self._listed = stamp, images
        return images if images is not None else self._restored

    def why_no_images(self) -> Literal["not_listed", "damaged"] | None:
        """Say why `images` is None: the run has no list of them, or it cannot be read. None where there are images."""
        if self.images is not None:
            return None
        return "damaged" if self.view.paths.validation.exists() else "not_listed"

    def lost_images(self) -> LostImages | None:
        """Return what to look up in the run's data set to know its validation images; None where nothing helps."""
        start, config = self.view.start, self.view.config
        identity = start.values.get("identity") if start else None
        if config is None or not isinstance(identity, Mapping) or self.images is not None:
            return None
        listing = str(identity.get("validation images", ""))
        spec = config.dataset.with_range(recorded_depth(identity))
        return LostImages(spec, config.image_size, listing) if listing else None

    def restore(self, images: ValidationImages, listing: str) -> bool:
        """Take the images that a data set has today, if its `listing` is the recorded one; returns whether it is.

        They have no hashes: whether the content of a file has changed since cannot be told.
        """
        lost = self.lost_images()
        if lost is None or lost.listing != listing:
            return False
        self._restored = images
        return True

    # Epochs

    def record(self, epoch: int) -> EpochRecord | None:
        """Return the record of an epoch, from 0, with its scores where they are stored; None if it cannot be read.

        Scores that belong to other images than the listed ones are left out, see `why_not`.
        """
        found = self._read(epoch)
        if isinstance(found, Absent):
            return None
        return found.without_scores() if self._is_of_other_images(found) else found

    def scored(self, epochs: Iterable[int]) -> tuple[int, ...]:
        """Return those of the epochs whose scores are stored; no scores are read for that."""
        budget = self._budget()
        return tuple(epoch for epoch in epochs if self._has_scores(epoch, budget))

    def why_not(self, epoch: int) -> Absent | None:
        """Say why `record` gives no scores for an epoch; None where it gives them."""
        found = self._read(epoch)
        if isinstance(found, Absent):
            return found
        if found.logits is not None:
            return Absent("other_images") if self._is_of_other_images(found) else None
        budget = self._budget()
        if budget is not None and not budget.fits:
            values = {"images": budget.images, "classes": budget.classes, "megabytes": EPOCH_BYTES // 1_000_000}
            return Absent("too_large", values)
        if budget is not None and budget.every > 1:
            return Absent("thinned", {"every": budget.every})
        return Absent("not_stored")

    def _is_of_other_images(self, record: EpochRecord) -> bool:
        images = self.images
        return images is not None and record.labels is not None and not np.array_equal(record.labels, images.labels)

    def _budget(self) -> ScoreBudget | None:
        start = self.view.start
        if start is None:
            return None
        classes = start.values.get("classes")
        known = len(classes) if isinstance(classes, list) else 0
        return ScoreBudget(start.count("val_images"), known, start.count("epochs"))

    def _read(self, epoch: int) -> EpochRecord | Absent:
        attempt = self.view.attempt_of(epoch)
        if attempt is None:
            return Absent("not_validated")
        path = self.view.paths.epoch(attempt, epoch)
        # A file is written again when its scores are dropped, and a resumed run writes another one.
        try:
            found = self._kept.get(("scores", *version_of(path)), lambda: EpochRecord.load(path))
        except EpochRecordError:
            return Absent("damaged" if path.exists() else "missing")
        assert found is not None  # only readers of counts keep what cannot be read
        return found

    def _has_scores(self, epoch: int, budget: ScoreBudget | None) -> bool:
        attempt = self.view.attempt_of(epoch)
        if attempt is None:
            return False
        known = self._stored.get((attempt, epoch))
        drops = budget is not None and budget.every > 1 and epoch % budget.every != 0
        if known is None or (known and drops):
            known = _stores_scores(self.view.paths.epoch(attempt, epoch))
            if known is not None:
                self._stored[attempt, epoch] = known
        return bool(known)


def _list_of(path: Path) -> ValidationImages | None:
    try:
        return ValidationImages.load(path)
    except ValidationRecordError:
        return None


def _stores_scores(path: Path) -> bool | None:
    """Whether a file has scores. None if that cannot be told at the moment: the file may be readable again later."""
    try:
        with npz.opened(path) as found:
            return "logits" in found.files
    except (OSError, MemoryError):
        return None
    except npz.DAMAGE:
        return False
