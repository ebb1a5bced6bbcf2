"""What one validation measured: counts and scores, from which metrics are computed when they are read."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.runs.record.pixels import NAMES as PIXELS
from explorer.runs.record.pixels import PixelCounts

_NAMES = {"confusion", "positives", "negatives", "logits", "labels", "auroc", "sets"} | PIXELS


class EpochRecordError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """Counts and scores of one validation with C classes. Raises ValueError if they do not fit together.

    Attributes:
        confusion: (C, C) int64 of images, or of pixels where masks are learned; rows are the truth. Where an image can
            have several of C labels, (C, 2, 2) int64 of images: for each label without and with it, rows are the truth.
        positives, negatives: (C, B) int64 score histograms, see explorer.metrics.scores.
        logits, labels: (N, C) float32 and (N,) int64 classes, or (N, C) int64, 0 or 1, for several labels; both None
            where they were too large.
        auroc: (C,) float64 exact areas, one against the rest, nan where undefined; None in records of older versions.
        pixels: counts of each image where masks are learned; None otherwise.
        sets: (K, 4) int64 for several labels, a row for each kind of images: how many labels of an image are found, how
            many it has, how many are predicted, and how many images are of this kind. None otherwise.
    """

    confusion: NDArray[np.int64]
    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]
    logits: NDArray[np.float32] | None = None
    labels: NDArray[np.int64] | None = None
    auroc: NDArray[np.float64] | None = None
    pixels: PixelCounts | None = None
    sets: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        classes = len(self.confusion) if self.confusion.ndim else 0
        if not classes or self.confusion.shape not in ((classes, classes), (classes, 2, 2)):
            raise ValueError(f"confusion must be (C, C) or (C, 2, 2); got {self.confusion.shape}")
        if any((counts < 0).any() for counts in (self.confusion, self.positives, self.negatives)):
            raise ValueError("counts must not be negative")
        if (self.sets is not None) != self.several or (self.sets is not None and self.sets.shape[1:] != (4,)):
            raise ValueError("sets of (K, 4) belong to counts of several labels, and to no others")
        if self.sets is not None and (self.sets.min(axis=1, initial=0) < 0).any():
            raise ValueError("sets must not be negative")
        if self.sets is not None and (self.sets[:, :1] > self.sets[:, 1:3]).any():
            raise ValueError("no more labels can be found than there are and than are predicted")
        if self.positives.shape != self.negatives.shape or self.positives.shape[:1] != (classes,):
            shapes = f"{self.positives.shape} and {self.negatives.shape}"
            raise ValueError(f"positives and negatives must both be ({classes}, B); got {shapes}")
        if (self.logits is None) != (self.labels is None):
            raise ValueError("logits and labels must be given together or not at all")
        if self.logits is not None and self.labels is not None:
            expected = (len(self.labels), classes)
            if self.logits.shape != expected or self.labels.shape != expected[: 2 if self.several else 1]:
                raise ValueError(f"logits must be {expected}; got {self.logits.shape}")
        if self.auroc is not None and self.auroc.shape != (classes,):
            raise ValueError(f"auroc must be ({classes},); got {self.auroc.shape}")
        if self.pixels is not None and self.pixels.margins.shape[1] != classes:
            raise ValueError(f"pixels must have {classes} classes; got {self.pixels.margins.shape[1]}")

    @property
    def counted(self) -> int:
        """How many images, or pixels where masks are learned, are counted."""
        return int((self.confusion[:1] if self.several else self.confusion).sum())

    @property
    def several(self) -> bool:
        """Whether an image can have several labels."""
        return self.confusion.ndim == 3

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        arrays = (self.confusion, self.positives, self.negatives, self.logits, self.labels)
        of_pixels = 0 if self.pixels is None else self.pixels.nbytes
        return of_pixels + sum(array.nbytes for array in arrays if array is not None)

    def without_scores(self) -> "EpochRecord":
        """Return the same record without the logits and labels of single images."""
        return replace(self, logits=None, labels=None)

    def save(self, path: Path) -> None:
        """Write the npz in one step. Its folder is made if it is missing, but not the run's. Raises OSError."""
        # Counts are stored in 32 bits where they fit, since histograms of many classes are most of the file.
        # What may be missing comes first: a damaged archive loses its last entry silently.
        areas = {} if self.auroc is None else {"auroc": self.auroc.astype(np.float64)}
        arrays: dict[str, NDArray[Any]] = {
            **areas,
            "confusion": _narrow(self.confusion),
            "positives": _narrow(self.positives),
            "negatives": _narrow(self.negatives),
        }
        if self.logits is not None and self.labels is not None:
            # Half precision would collapse scores near 1 into a few values.
            arrays |= {"logits": self.logits.astype(np.float32), "labels": _labels(self.labels)}
        if self.pixels is not None:
            arrays |= self.pixels.arrays(_narrow)
        if self.sets is not None:
            arrays["sets"] = _narrow(self.sets)
        path.parent.mkdir(exist_ok=True)  # never the run's own, which may have been deleted
        npz.write(path, arrays)

    @classmethod
    def load(cls, path: Path, *, scores: bool = True) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises EpochRecordError.

        Without `scores`, logits and labels are read only where the AUROC cannot be computed otherwise.
        """
        with npz.reading(path, EpochRecordError, "the record of an epoch") as found:
            if strange := set(found.files) - _NAMES:  # also a name with a flipped bit
                raise ValueError(f"it holds {', '.join(sorted(strange))}")
            counts = [found[name].astype(np.int64) for name in ("confusion", "positives", "negatives")]
            auroc = found["auroc"].astype(np.float64) if "auroc" in found else None
            pixels = PixelCounts.of(found)
            sets = found["sets"].astype(np.int64) if "sets" in found else None
            if ("logits" not in found and "labels" not in found) or not (scores or auroc is None):
                return cls(counts[0], counts[1], counts[2], auroc=auroc, pixels=pixels, sets=sets)
            logits, labels = found["logits"].astype(np.float32), found["labels"].astype(np.int64)
            return cls(counts[0], counts[1], counts[2], logits, labels, auroc, pixels, sets)


def _labels(labels: NDArray[np.int64]) -> NDArray[Any]:
    return labels.astype(np.uint8) if labels.ndim == 2 else _narrow(labels)


def _narrow(counts: NDArray[np.int64]) -> NDArray[Any]:
    fits = counts.size == 0 or (counts.min() >= 0 and counts.max() <= np.iinfo(np.uint32).max)
    return counts.astype(np.uint32) if fits else counts.astype(np.int64)
