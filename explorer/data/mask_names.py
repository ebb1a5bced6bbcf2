"""Names of the values in masks, from a file beside the masks that counts from 0 or from 1."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.data.dataset import DatasetError
from explorer.data.images import decode_mask
from explorer.data.listing import unreadable
from explorer.data.roots import resolve_inside
from explorer.data.stored import ImageError

CLASS_FILES = ("classes.json", "classes.txt")
IGNORED = 255  # by custom the value of pixels that do not count
_MAX_CLASSES = 256  # a mask has one byte per pixel
_MAX_BYTES = 100_000  # of a file of names
_MOST_LOOKED = 64  # masks that are decoded to find their largest value
_MOST_S = 2.0

First = Literal[0, 1]


@dataclass(frozen=True)
class MaskNames:
    """The names of the values in masks.

    Attributes:
        names: the names in the order of the file.
        first: the value of the first name.
        sure: whether the masks prove that.
        reason: how they prove it, or why it is in doubt, in a sentence.
    """

    names: tuple[str, ...] = ()
    first: First = 1
    sure: bool = True
    reason: str = ""

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


def is_background(name: str) -> bool:
    """Whether the first name of a list says that the mask value 0 is no class."""
    return name.strip("_").lower() == "background"


def names_of(folder: Path, masks: Iterable[Path]) -> MaskNames:
    """The names beside the masks of a data set.

    Args:
        folder: the data set.
        masks: files that are spread over the data set; a few of them are decoded.

    Raises:
        DatasetError: the file is not a list of names.
        OutsideRoots: the file is a link that leads outside of the allowed folders.
    """
    file = next((folder / name for name in CLASS_FILES if (folder / name).exists()), None)
    if file is None:
        return MaskNames()
    names = tuple(name.strip() for name in _read(file))
    if len(names) > _MAX_CLASSES or not all(0 < len(name) <= 100 and name.isprintable() for name in names):
        raise DatasetError(f"{file} must hold at most {_MAX_CLASSES} names, each of 1 to 100 characters.")
    if not names:
        return MaskNames()
    if is_background(names[0]):
        return MaskNames(names, 0, True, f"The first name in {file.name} is the background, which is the value 0.")
    return _counted(names, file.name, _largest(masks, len(names)))


def _counted(names: tuple[str, ...], file: str, largest: int | None) -> MaskNames:
    count = len(names)
    if largest == count - 1:
        return MaskNames(names, 0, True, f"{file} has {count} names and the masks have the values 0 to {largest}.")
    if largest == count:
        return MaskNames(names, 1, True, f"{file} has {count} names and the masks have values up to {largest}.")
    seen = "no mask could be read" if largest is None else f"the masks that were looked at have values up to {largest}"
    return MaskNames(names, 1, False, f"{file} has {count} names, and {seen}: the value of the first name is open.")


def _largest(masks: Iterable[Path], enough: int) -> int | None:
    """The largest value of a few masks but for the ignored one; None where no mask could be read."""
    largest: int | None = None
    begun = time.monotonic()
    for number, file in enumerate(masks):
        if number >= _MOST_LOOKED or time.monotonic() - begun > _MOST_S or (largest or 0) >= enough:
            break
        try:
            mask = decode_mask(resolve_inside(str(file)), file.name)
        except (ImageError, DatasetError):
            continue  # which is reported when its sample is shown
        values = mask[mask != IGNORED]
        largest = max(largest or 0, int(np.max(values, initial=0)))
    return largest


def _read(file: Path) -> list[str]:
    try:
        with resolve_inside(str(file)).open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content[:_MAX_BYTES].decode("utf-8-sig")
        names = json.loads(text) if file.suffix == ".json" else [line for line in text.splitlines() if line.strip()]
    except OSError as error:
        raise unreadable(file, error) from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DatasetError(f"{file} is not a list of names in UTF-8: {error}. Correct it, or remove it.") from error
    if len(content) > _MAX_BYTES or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DatasetError(f'{file} must be a list of names of classes, such as ["road", "car"]. Correct it.')
    return names
