"""Names of the values in masks, from a file beside the masks that counts from 0 or from 1."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.data.class_names import checked
from explorer.data.dataset import DatasetError
from explorer.data.images import decode_mask
from explorer.data.marks.bounded import text
from explorer.data.mask_classes import IGNORED as IGNORED
from explorer.data.mask_classes import is_background as is_background
from explorer.data.roots import Reach, in_roots
from explorer.data.stored import ImageError

CLASS_FILES = ("classes.json", "classes.txt")
_MAX_CLASSES = 256  # a mask has one byte per pixel
_MAX_BYTES = 100_000  # of a file of names

First = Literal[0, 1]


@dataclass(frozen=True)
class MaskNames:
    """The names of the values in masks.

    Attributes:
        names: the names in the order of the file.
        first: the value of the first name.
        sure: whether the masks prove that, or a person has chosen it.
        reason: how they prove it, or why it is in doubt, in a sentence.
        file: the name of the file, where its first name is the value 0 or 1 as the masks show.
    """

    names: tuple[str, ...] = ()
    first: First = 1
    sure: bool = True
    reason: str = ""
    file: str = ""

    def seen(self, values: Iterable[int], looked_at: str = "") -> "MaskNames":
        """The names as the values of masks show where they begin; as they are where the masks do not decide that.

        Args:
            values: of the masks. Values above the number of names have no name either way, and say nothing.
            looked_at: which masks, for the reason; "" for all.
        """
        if not self.file:
            return self
        count, found = len(self.names), set(values) - {IGNORED}
        whose = f"the masks{looked_at}"
        if not found:
            return replace(self, reason=self._open("no mask could be read"))
        largest = max((value for value in found if value <= count), default=0)
        if largest < count - 1 or largest == 0:
            return replace(self, reason=self._open(f"{whose} have values up to {max(found)}"))
        upto = "the values 0" if largest < count else "values up"
        reason = f"{self.file} has {count} names and {whose} have {upto} to {largest}."
        return replace(self, first=0 if largest < count else 1, sure=True, reason=reason)

    def chosen(self, first: First) -> "MaskNames":
        """The names from the value that a person has chosen, whatever the masks show."""
        return replace(self, first=first, sure=True, reason="", file="") if self.file else self

    def _open(self, seen: str) -> str:
        return f"{self.file} has {len(self.names)} names, and {seen}: the value of the first name is open."

    def counted_from(self, first: First | None) -> "MaskNames":
        """The names with the choice of a person, where there is one and the masks leave it open."""
        return self if first is None or self.sure else replace(self, first=first)

    @property
    def first_class(self) -> First:
        """The mask value of the first class; the background is no class."""
        return 1 if self._begins_with_background else self.first

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the mask's values from `first_class` on."""
        return self.names[1:] if self._begins_with_background else self.names

    @property
    def _begins_with_background(self) -> bool:
        return bool(self.names) and is_background(self.names[0])


def names_of(folder: Path, masks: Iterable[Path], reach: Reach = in_roots) -> MaskNames:
    """The names beside the masks of a data set.

    Args:
        folder: the data set.
        masks: some of its masks, which are decoded. The answer follows from them alone.
        reach: which files may be read.

    Raises:
        DatasetError: the file is not a list of names.
        OutsideRoots: the file is a link that leads outside of the allowed folders.
    """
    file = next((folder / name for name in CLASS_FILES if (folder / name).exists()), None)
    if file is None:
        return MaskNames()
    names = checked(_read(file, reach), str(file), _MAX_CLASSES)
    if not names:
        return MaskNames()
    if is_background(names[0]):
        return MaskNames(names, 0, True, f"The first name in {file.name} is the background, which is the value 0.")
    return MaskNames(names, 1, False, file=file.name).seen(_values(masks, reach), " that were looked at")


def _values(masks: Iterable[Path], reach: Reach) -> set[int]:
    found: set[int] = set()
    for file in masks:
        try:
            found.update(np.unique(decode_mask(reach(file), file.name)).tolist())
        except (ImageError, DatasetError):
            continue  # which is reported when its sample is shown
    return found


def _read(file: Path, reach: Reach) -> list[str]:
    reach(file)
    try:
        content = text(file, _MAX_BYTES)
        lines = [line for line in content.splitlines() if line.strip()]
        names = json.loads(content) if file.suffix == ".json" else lines
    except (ValueError, RecursionError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(f"{file} is not a list of names: {str(error)[:200]}. Correct it, or remove it.") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DatasetError(f'{file} must be a list of names of classes, such as ["road", "car"]. Correct it.')
    return names
