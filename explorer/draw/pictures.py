"""What is looked at, as a value without pixels, and what is known of it: both travel between server and workers."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.augment.targets import TargetRules
from explorer.data.mask_names import First
from explorer.draw.encoding import Color
from explorer.draw.training import Training

LONG_SIDE = 1024  # px; a larger picture is previewed from a smaller copy
FULL = 1_000_000  # px: no picture is larger
FULL_SHOWN = 2048  # px; what a browser gets to see of a full picture


class NoPicture(ValueError):
    """The picture that is looked at cannot be had; the message says why."""


@dataclass(frozen=True)
class Photograph:
    """One of the embedded photographs."""

    name: str


@dataclass(frozen=True)
class SetSample:
    """A sample of a data set. key, split, index, first: as `picture_sets.load` takes them."""

    key: str
    split: str
    index: int
    first: First | None = None


@dataclass(frozen=True)
class TrainedSample:
    """A sample as training sees it. training: with the range of deep images decided."""

    split: str
    index: int
    training: Training


@dataclass(frozen=True)
class Uploaded:
    """The person's own picture: its file and that of its mask. stamps: change where a file is replaced."""

    file: str
    mask: str | None
    stamps: tuple[object, ...] = ()


Source = Photograph | SetSample | TrainedSample | Uploaded


@dataclass(frozen=True)
class Typed:
    """What a person has typed for a picture. names, boxes, points: text, "" for none.

    rules: the formats of boxes and points, and what happens to those outside.
    """

    names: str = ""
    boxes: str = ""
    points: str = ""
    rules: TargetRules = TargetRules()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True)
class Subject:
    """What is drawn on: a source, at most `long_side` px large, with what was typed for it."""

    source: Source
    long_side: int = LONG_SIDE
    typed: Typed = Typed()


@dataclass(frozen=True)
class Picture:
    """What is known of a picture: everything but its pixels.

    size: height and width in px. full_size: before it was made smaller. palette: of the mask's file, from the value 0,
    if it has one. first: the mask value of the first class, see `LoadedSample`. index: its place in its data set, which
    decides with the seed what steps do to it. square: px of the square that training makes at the end, None where the
    image is shown by itself. mask: whether it has one. bboxes, keypoints: rows as in `Sample`. label: of its class.
    name: of its file, "" where there is none. Pictures are the same where their `id` is, so that drawings of them can
    be kept.
    """

    id: str
    size: tuple[int, int] = field(compare=False)
    full_size: tuple[int, int] = field(compare=False)
    class_names: tuple[str, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    palette: tuple[Color, ...] = field(default=(), compare=False)
    first: int = field(default=1, compare=False)
    index: int = 0
    square: int | None = None
    mask: bool = field(default=False, compare=False)
    bboxes: tuple[tuple[float, ...], ...] | None = field(default=None, compare=False)
    keypoints: tuple[tuple[float, ...], ...] | None = field(default=None, compare=False)
    label: int | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)

    @property
    def is_copy(self) -> bool:
        """Whether it is smaller than what was given, and may be shown at its full size."""
        return self.size != self.full_size and self.square is None

    def rows(self, target: str) -> NDArray[np.float32] | None:
        """The boxes (N, 5) or the keypoints (K, 3) as an array. target: "bboxes" or "keypoints"."""
        rows = getattr(self, target)
        width = 5 if target == "bboxes" else 3
        return None if rows is None else np.array(rows, np.float32).reshape(-1, width)

    @property
    def targets(self) -> frozenset[str]:
        """Which of mask, bboxes and keypoints it has, each with something in it."""
        have = {"mask": self.mask, "bboxes": bool(self.bboxes), "keypoints": bool(self.keypoints)}
        return frozenset(name for name, there in have.items() if there)
