"""What one validation measured: counts and scores, from which metrics are computed when they are read."""

import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.base.atomic import write_atomic

# What numpy and zipfile raise for damaged files; RuntimeError where a flipped bit says "encrypted".
DAMAGE = (
    OSError, ValueError, KeyError, EOFError, AttributeError, RuntimeError, MemoryError,
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError,
)  # fmt: skip

_NAMES = {"confusion", "positives", "negatives", "logits", "labels", "auroc"}


class EpochRecordError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """Counts and scores of one validation with C classes. Raises ValueError if they do not fit together.

    Attributes:
        confusion: (C, C) int64; rows are the truth.
        positives, negatives: (C, B) int64 score histograms, see explorer.metrics.scores.
        logits, labels: (N, C) float32 and (N,) int64, or both None where they were too large.
        auroc: (C,) float64 exact areas, one against the rest, nan where undefined; None in records of older versions.
    """

    confusion: NDArray[np.int64]
    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]
    logits: NDArray[np.float32] | None = None
    labels: NDArray[np.int64] | None = None
    auroc: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        classes = self.confusion.shape[0] if self.confusion.ndim == 2 else -1
        if self.confusion.shape != (classes, classes):
            raise ValueError(f"confusion must be (C, C); got {self.confusion.shape}")
        if self.positives.shape != self.negatives.shape or self.positives.shape[:1] != (classes,):
            shapes = f"{self.positives.shape} and {self.negatives.shape}"
            raise ValueError(f"positives and negatives must both be ({classes}, B); got {shapes}")
        if (self.logits is None) != (self.labels is None):
            raise ValueError("logits and labels must be given together or not at all")
        if self.logits is not None and self.labels is not None:
            expected = (len(self.labels), classes)
            if self.logits.shape != expected or self.labels.ndim != 1:
                raise ValueError(f"logits must be {expected}; got {self.logits.shape}")
        if self.auroc is not None and self.auroc.shape != (classes,):
            raise ValueError(f"auroc must be ({classes},); got {self.auroc.shape}")

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        arrays = (self.confusion, self.positives, self.negatives, self.logits, self.labels)
        return sum(array.nbytes for array in arrays if array is not None)

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
            arrays |= {"logits": self.logits.astype(np.float32), "labels": _narrow(self.labels)}
        path.parent.mkdir(exist_ok=True)  # never the run's own, which may have been deleted
        write_atomic(path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    @classmethod
    def load(cls, path: Path, *, scores: bool = True) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises EpochRecordError.

        Without `scores`, logits and labels are read only where the AUROC cannot be computed otherwise.
        """
        try:
            with npz.opened(path) as found:
                if strange := set(found.files) - _NAMES:  # also a name with a flipped bit
                    raise ValueError(f"it holds {', '.join(sorted(strange))}")
                counts = [found[name].astype(np.int64) for name in ("confusion", "positives", "negatives")]
                auroc = found["auroc"].astype(np.float64) if "auroc" in found else None
                if ("logits" not in found and "labels" not in found) or not (scores or auroc is None):
                    return cls(counts[0], counts[1], counts[2], auroc=auroc)
                logits, labels = found["logits"].astype(np.float32), found["labels"].astype(np.int64)
                return cls(counts[0], counts[1], counts[2], logits, labels, auroc)
        except DAMAGE as error:
            raise EpochRecordError(f"{path} cannot be read as the record of an epoch: {error}") from error


def _narrow(counts: NDArray[np.int64]) -> NDArray[Any]:
    fits = counts.size == 0 or (counts.min() >= 0 and counts.max() <= np.iinfo(np.uint32).max)
    return counts.astype(np.uint32) if fits else counts.astype(np.int64)
