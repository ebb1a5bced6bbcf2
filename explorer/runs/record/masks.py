"""Predicted masks of validation images: a file beside that of the epoch, from which single masks are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from explorer.base import npz, png
from explorer.base.atomic import write_atomic
from explorer.runs.record.epochs import DAMAGE

MOST_SIDE = 4096  # px; larger networks' inputs are not offered


class MasksError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class PredictedMasks:
    """What one validation has predicted. Raises ValueError if the parts do not fit together.

    Attributes:
        side: Width and height in px of each mask, which is that of the network's input.
        pictures: The place of an image in the list of validation images -> its mask as an 8-bit gray PNG of classes.
    """

    side: int
    pictures: Mapping[int, bytes]

    def __post_init__(self) -> None:
        if not 1 <= self.side <= MOST_SIDE:
            raise ValueError(f"side must be 1 to {MOST_SIDE}; got {self.side}")
        for place, picture in self.pictures.items():
            _check(place, picture, self.side)

    @property
    def nbytes(self) -> int:
        """The bytes of all masks."""
        return sum(map(len, self.pictures.values()))

    def only(self, stride: int) -> "PredictedMasks":
        """The masks of every `stride`-th image."""
        kept = {place: picture for place, picture in self.pictures.items() if place % stride == 0}
        return PredictedMasks(self.side, kept)

    def save(self, path: Path) -> None:
        """Write the file in one step. Its folder is made if it is missing, but not the run's. Raises OSError."""
        arrays = {str(place): np.frombuffer(picture, np.uint8) for place, picture in sorted(self.pictures.items())}
        path.parent.mkdir(exist_ok=True)
        # Not synced: a power cut may cost pictures, and no number.
        side = np.array(self.side, np.int64)
        write_atomic(path, lambda file: np.savez(file, allow_pickle=False, side=side, **arrays), sync=False)

    @classmethod
    def load(cls, path: Path, places: frozenset[int] | None = None) -> Self:
        """Read a file that `save` has written, or only the masks of some places in it.

        Never unpickles, and decodes no picture. Raises MasksError.
        """
        try:
            with npz.opened(path) as found:
                side, stored = int(found["side"]), _places(found.files)
                wanted = stored if places is None else [place for place in stored if place in places]
                return cls(side, {place: _bytes(found[str(place)]) for place in wanted})
        except DAMAGE as error:
            raise MasksError(f"{path} cannot be read as predicted masks: {error}") from error


def stored_places(path: Path) -> tuple[int, ...]:
    """The places of the images whose masks a file holds, ascending; no mask is read. Raises MasksError."""
    try:
        with npz.opened(path) as found:
            return tuple(_places(found.files))
    except DAMAGE as error:
        raise MasksError(f"{path} cannot be read as predicted masks: {error}") from error


def _places(names: list[str]) -> list[int]:
    found = sorted(int(name) for name in names if name.isascii() and name.isdecimal() and len(name) <= 9)
    if len(found) + 1 != len(names):
        raise ValueError("it holds something else")
    return found


def _bytes(array: np.ndarray) -> bytes:
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError("a mask must be bytes")
    return array.tobytes()


def _check(place: int, picture: bytes, side: int) -> None:
    """Refuse what is not the PNG of a mask of that size, so that a browser that decodes it needs no more memory."""
    if place < 0 or len(picture) > png.most_bytes(side, side):
        raise ValueError(f"the mask of image {place} has {len(picture):,} bytes")
    try:
        head = png.head(picture)
    except ValueError as error:
        raise ValueError(f"the mask of image {place} cannot be used: {error}") from error
    if (head.depth, head.color) != (8, png.GRAY):
        raise ValueError(f"the mask of image {place} is no gray PNG of 8 bits")
    if (head.width, head.height) != (side, side):
        raise ValueError(f"the mask of image {place} has {head.width} × {head.height} px, and not {side} × {side}")
