"""A finding about a data set: what it is, which images it is about, and what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Code = Literal[
    "refused",
    "mask_unusable",
    "leak_exact",
    "leak_near",
    "conflict_exact",
    "conflict_near",
    "undecodable",
    "group_divided",
    "class_missing",
    "class_case",
    "duplicates_exact",
    "duplicates_near",
    "imbalance",
    "mask_class_missing",
    "mask_imbalance",
    "class_small",
    "part_differs",
    "single_color",
    "brightness_far",
    "size_far",
]
Severity = Literal["wrong", "check", "note"]
"""wrong: numbers of runs are not what they seem. check: a person has to look. note: good to know."""
Action = Literal["together", "leave_out_later", "leave_out_earlier", "leave_out_copies", "leave_out", "weights"]
SEVERITIES: Sequence[Severity] = ("wrong", "check", "note")

Places = NDArray[np.int64]
NOTHING: Places = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Finding:
    """Something that is wrong with a data set, or that has to be known of it.

    Attributes:
        code: what it is; explorer.texts words it.
        severity: how much it matters.
        count: of images, or of classes where it is about classes.
        images: their places in the `Contents`, the worst first; empty where it is about classes or parts.
        groups: images that belong together, where it is about such.
        pairs: (K, 2) places of an image and of the earlier one that it is like, where it is about two of them.
        values: what the sentence names.
        actions: what can be done, the first of them is suggested.
    """

    code: Code
    severity: Severity
    count: int
    images: Places = field(default_factory=lambda: NOTHING)
    groups: tuple[Places, ...] = ()
    pairs: Places = field(default_factory=lambda: NOTHING.reshape(0, 2))
    values: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Looked:
    """What was looked at.

    Attributes:
        images: how many images were measured, without those that a person has left out.
        total: how many there are, without those.
        left_out: how many a person has left out.
        near: the most bits in which the hashes of near duplicates differ; None if only equal pixels were looked for.
    """

    images: int
    total: int
    left_out: int
    near: int | None

    @property
    def sampled(self) -> bool:
        """Whether some images were not measured, so that what they share with others is not known."""
        return self.images < self.total


@dataclass(frozen=True, eq=False)
class Findings:
    """All that was found, the worst first."""

    found: tuple[Finding, ...]
    looked: Looked

    def of(self, code: Code) -> Finding | None:
        """Return the finding of a code; None where there is none."""
        return next((one for one in self.found if one.code == code), None)

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """Return what was found in two parts at once."""
        return tuple(one for one in self.found if one.code in ("leak_exact", "leak_near"))
