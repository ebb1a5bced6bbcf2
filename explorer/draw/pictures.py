"""Pictures as values without pixels, which travel between server and workers: their sources and their facts."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.augment.targets import TargetRules
from explorer.data.color_masks import Color
from explorer.data.mask_names import First
from explorer.draw.training import Training

LONG_SIDE = 1024  # px; a larger picture is previewed from a smaller copy
FULL = 1_000_000  # px: no picture is larger
FULL_SHOWN = 2048  # px; size at which a browser shows a full picture


class NoPicture(ValueError):
    """The picture is not available; the message says why."""


@dataclass(frozen=True)
class Photograph:
    """One of the embedded photographs."""

    name: str


@dataclass(frozen=True)
class SetSample:
    """A sample of a data set, with the arguments of `picture_sets.load`."""

    key: str
    split: str
    index: int
    first: First | None = None


@dataclass(frozen=True)
class TrainedSample:
    """A sample as training sees it, whose spec has the range of deep images, see `training.decided`."""

    split: str
    index: int
    training: Training


@dataclass(frozen=True)
class Uploaded:
    """The person's own picture: its file and that of its mask, with stamps that change if a file is replaced."""

    file: str
    mask: str | None
    stamps: tuple[object, ...] = ()


Source = Photograph | SetSample | TrainedSample | Uploaded


@dataclass(frozen=True)
class Typed:
    """What a person has typed for a picture, "" for nothing, with the rules for its formats and for boxes outside."""

    names: str = ""
    boxes: str = ""
    points: str = ""
    rules: TargetRules = TargetRules()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True)
class Subject:
    """The picture to draw on: a source, at most `long_side` px large, with what was typed for it."""

    source: Source
    long_side: int = LONG_SIDE
    typed: Typed = Typed()


@dataclass(frozen=True)
class Picture:
    """Everything about a picture but its pixels. Pictures with the same `id` are equal, so that drawings can be kept.

    Attributes:
        size: Height and width in px.
        full_size: The size before it was made smaller.
        palette: Colors in the file of the mask, from value 0, if it has any.
        first: Mask value of the first class, see `LoadedSample`.
        index: Place in its data set; with the seed it decides what steps do.
        square: Px of the square that training makes at the end, None if the image is shown by itself.
        whole: Whether that square has the whole image in it, and not its middle.
        mask: Whether it has one.
        bboxes: Rows as in `Sample`, as are `keypoints`.
        label: Index of its class.
        name: Of its file, "" for none.
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
    whole: bool = False
    mask: bool = field(default=False, compare=False)
    bboxes: tuple[tuple[float, ...], ...] | None = field(default=None, compare=False)
    keypoints: tuple[tuple[float, ...], ...] | None = field(default=None, compare=False)
    label: int | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)

    @property
    def is_copy(self) -> bool:
        """Whether it is a smaller copy, and can also be shown at its full size."""
        return self.size != self.full_size and self.square is None

    def rows(self, target: str) -> NDArray[np.float32] | None:
        """The boxes (N, 5) or the keypoints (K, 3) as an array, for the target "bboxes" or "keypoints"."""
        rows = getattr(self, target)
        width = 5 if target == "bboxes" else 3
        return None if rows is None else np.array(rows, np.float32).reshape(-1, width)

    @property
    def targets(self) -> frozenset[str]:
        """Which of mask, bboxes and keypoints it has; empty ones do not count."""
        have = {"mask": self.mask, "bboxes": bool(self.bboxes), "keypoints": bool(self.keypoints)}
        return frozenset(name for name, there in have.items() if there)
