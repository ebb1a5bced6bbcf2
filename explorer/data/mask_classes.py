"""What the values of masks mean where a network learns them: which are classes, and which do not count."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

IGNORED = 255  # by custom the value of pixels that do not count
# The class of pixels that do not count. It is not a class index: there are at most 255 classes.
UNCOUNTED = 255
# Names that say that a value is no class, as they are in well-known data sets.
_NO_CLASS = frozenset({"void", "ignore", "ignored", "unlabeled", "unlabelled", "unlabel", "dontcare", "don't care"})

UNNAMED_ZERO = "class 0"  # the value 0 where no file names the values: pages draw no color for it

IgnoreIndex = int | Literal["auto"] | None


def is_background(name: str) -> bool:
    """Whether the first name of a list says that the mask value 0 is no class where masks are only looked at."""
    return name.strip("_").lower() == "background" or name == UNNAMED_ZERO


@dataclass(frozen=True)
class MaskClasses:
    """The classes of a data set with masks.

    Attributes:
        names: the names of the values of masks, from 0.
        ignored: the value that does not count, besides 255, which never does; None where all values are classes.
    """

    names: tuple[str, ...]
    ignored: int | None = None

    @cached_property
    def values(self) -> tuple[int, ...]:
        """The mask value of each class."""
        return tuple(value for value in range(len(self.names)) if value not in (self.ignored, IGNORED))

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of `values`."""
        return tuple(self.names[value] for value in self.values)

    @property
    def first(self) -> Literal[0, 1]:
        """The value of the first name that is a class where masks are only looked at: a background is none there."""
        return 1 if is_background(self.names[0]) else 0

    @property
    def color_places(self) -> tuple[int | None, ...]:
        """The place of each value of `names` among the colors of classes; None for a background, which has none.

        The colors are those that the values have where masks are looked at without being learned.
        """
        first = self.first
        return tuple(value - first if value >= first else None for value in range(len(self.names)))

    @property
    def class_places(self) -> tuple[int | None, ...]:
        """The place of each class among the colors of classes: that of its value."""
        return tuple(self.color_places[value] for value in self.values)

    @cached_property
    def lookup(self) -> NDArray[np.uint8]:
        """(256,) the class index of each mask value; `UNCOUNTED` where it is none."""
        table = np.full(256, UNCOUNTED, np.uint8)
        table[list(self.values)] = np.arange(len(self.values))
        return table

    def target(self, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W) class indices of an (H, W) mask, with `UNCOUNTED` for pixels that do not count."""
        return np.asarray(self.lookup[mask])

    def unknown(self, mask: NDArray[Any]) -> dict[int, int]:
        """The values of a mask that are neither a class nor ignored, with their numbers of pixels."""
        counts = np.bincount(mask.reshape(-1), minlength=256)
        known = {*self.values, self.ignored, IGNORED}
        return {int(value): int(counts[value]) for value in np.flatnonzero(counts) if int(value) not in known}


def mask_classes(names: tuple[str, ...], ignore_index: IgnoreIndex) -> MaskClasses:
    """The classes of named values.

    Args:
        names: the names of the values from 0.
        ignore_index: the value that does not count; None for none, and "auto" for the first whose name says so, such as
            void or unlabelled.
    """
    if ignore_index != "auto":
        return MaskClasses(names, ignore_index)
    found = [value for value, name in enumerate(names) if name.strip("_ ").lower() in _NO_CLASS]
    return MaskClasses(names, found[0] if found else None)
