"""Answers of several variants about the same images, each from a head or model that has not seen the image."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.scores import check_scores

Logits = NDArray[Any]  # floats, or counts of pixels or labels
COUNTED = 4  # dimensions of answers that are counts
Contrast = tuple[str, str]  # two variants: the effect is how much better the first is than the second


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Answers of variants about N images of C classes in R repeats.

    A repeat is a cross-validation with other folds, or a training run with another seed or part of the training
    images. Row r of all variants belongs to the same repeat, so that differences are paired.

    Attributes:
        labels: (N,) classes, N at least 1.
        logits: By the name of the variant, finite (R, N, C), all of one shape, R at least 1. Where masks are learned,
            (R, N, C, 3) counts of the pixels of each image: of the class and predicted as it, of the class, predicted
            as the class. With several labels the same counts of each image and label, 0 or 1.
        groups: (N,) images of one group, such as a patient, are drawn together; None where each is by itself.

    Raises:
        ValueError: There is no variant, shapes differ, or as `check_scores`.
    """

    labels: Counts
    logits: Mapping[str, Logits]
    groups: Counts | None = None

    def __post_init__(self) -> None:
        shapes = {name: scores.shape for name, scores in self.logits.items()}
        first = next(iter(shapes.values()), ())
        counted = len(first) == COUNTED and first[3] == 3
        if not (len(first) == 3 or counted) or not first[0] or not len(self.labels):
            raise ValueError(f"logits must be (R, N, C) with at least one repeat and one image; got {shapes}")
        if set(shapes.values()) != {first}:
            raise ValueError(f"all variants must have logits of one shape; got {shapes}")
        if self.groups is not None and self.groups.shape != self.labels.shape:
            raise ValueError(f"groups must be {self.labels.shape}; got shape {self.groups.shape}")
        for scores in () if counted else self.logits.values():
            for repeat in scores:
                check_scores(repeat, self.labels)

    @property
    def counted(self) -> bool:
        """Whether the answers are counts of each image: of its pixels, or of its labels."""
        return len(self._shape) == COUNTED

    @property
    def repeats(self) -> int:
        """R, the repeats that are there."""
        return self._shape[0]

    @property
    def images(self) -> int:
        """N."""
        return self._shape[1]

    @property
    def classes(self) -> int:
        """C."""
        return self._shape[2]

    @property
    def _shape(self) -> tuple[int, ...]:
        return next(iter(self.logits.values())).shape

    @cached_property
    def unit_of(self) -> Counts:
        """(N,) number of the group of each image, 0..G-1; without groups that of the image."""
        if self.groups is None:
            return np.arange(self.images)
        return np.unique(self.groups, return_inverse=True)[1].astype(np.int64)

    @property
    def units(self) -> int:
        """G, the groups, or the images where there are none."""
        return int(self.unit_of.max()) + 1

    def of(self, variant: str) -> Logits:
        """Return the (R, N, C) logits of a variant; raises ValueError with the variants that there are."""
        if variant not in self.logits:
            raise ValueError(f'there is no variant "{variant}" among {", ".join(self.logits)}')
        return self.logits[variant]

    def take(self, rows: Counts) -> "OutOfFold":
        """Return the answers about some of the images."""
        groups = None if self.groups is None else self.groups[rows]
        return OutOfFold(self.labels[rows], {name: found[:, rows] for name, found in self.logits.items()}, groups)
