"""Validation images of a run that learns masks, as its network sees them, with their true and predicted masks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from explorer.data.color_masks import Color
from explorer.data.dataset import DatasetError
from explorer.data.fit import Fit
from explorer.data.mask_classes import UNCOUNTED
from explorer.data.recorded import GoneSample, OtherSample, find_masked
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg, as_png
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import Card, Recorded
from explorer.draw.seen_mask import DamagedMask, NoTrueMask, Pixels, SeenMask, seen
from explorer.texts import Masks as T
from explorer.texts import RecordedImages

_EXACT = 256  # px up to which an image is sent pixel for pixel: JPEG smears the colors of small ones


@dataclass(frozen=True)
class MaskedCard:
    """An image with its true mask, in the square that the network sees.

    Attributes:
        picture: PNG or JPEG, (S, S) px.
        truth: PNG of (S, S) classes, `UNCOUNTED` where pixels do not count.
        part: Top, left, height and width of the image in the square; the rest is padding.
        size: Height and width in px of the image itself.
        note: What there is to say about it.
    """

    picture: bytes
    truth: bytes
    part: tuple[int, int, int, int]
    size: tuple[int, int]
    note: str = ""


@dataclass(frozen=True)
class MaskedInput(Request[MaskedCard]):
    """What the network sees of a validation image, and its true mask. Raises NoPicture where it cannot be shown.

    Values that the pipeline scales for the network are shown as they were before.

    Attributes:
        image: The image.
        side: Width and height in px of the network's input.
        kept: Whether and at which size windows slide over the image in validation, see `RunConfig.kept`; "" where the
            whole image goes into the network.
    """

    image: Recorded
    side: int
    kept: Fit | Literal[""] | None = ""

    def draw(self) -> Iterator[MaskedCard]:
        found = _seen(self)
        unknown = "" if self.image.hash else RecordedImages.UNKNOWN_HASH
        note = " ".join(filter(None, ["" if self.kept == "" else T.SLID, unknown]))
        picture = as_png(found.image) if self.side <= _EXACT else as_jpeg(found.image, 92)
        yield MaskedCard(picture, as_png(found.truth), found.part, found.size, note)


@dataclass(frozen=True)
class MaskThumbnail(Request[Card]):
    """A picture of an image with its predicted or its true mask. Raises NoPicture where it cannot be shown.

    Attributes:
        image: The image.
        predicted: PNG of its predicted classes; None for the image without a mask.
        colors: Of each class.
        hidden: Whether each class is not painted.
        wrong: The color of pixels in the wrong class.
        cell: A true and a predicted class, either of which may be None for all: only such pixels are colored, on a
            darkened image; None for the whole predicted mask.
        side: In px at most.
        truth: Whether the true mask is painted in place of a predicted one.
    """

    image: MaskedInput
    predicted: bytes | None
    colors: tuple[Color, ...]
    hidden: tuple[bool, ...]
    wrong: Color
    cell: tuple[int | None, int | None] | None = None
    side: int = 240
    truth: bool = False

    def draw(self) -> Iterator[Card]:
        found = _seen(self.image)
        pixels = found.image
        if self.truth:
            pixels = found.painted(found.truth, self.colors, self.hidden)
        elif self.predicted is not None:
            pixels = self._painted(found, self.predicted)
        yield Card(as_jpeg(found.small(pixels, self.side), 85), found.size)

    def _painted(self, found: SeenMask, picture: bytes) -> Pixels:
        try:
            predicted = found.decoded(picture)
        except DamagedMask as error:
            raise NoPicture(T.DAMAGED) from error
        if self.cell is None:
            return found.painted(predicted, self.colors, self.hidden)
        row, column = self.cell
        inside = found.truth != UNCOUNTED
        inside &= True if row is None else found.truth == row
        inside &= True if column is None else predicted == column
        return found.marked(inside, self.wrong)


def _seen(request: MaskedInput) -> SeenMask:
    image = request.image
    try:
        split, index = find_masked(image.dataset, image.index, image.id, image.hash, training.opened)
        return seen(split, index, request.side, request.kept)
    except NoTrueMask as error:
        raise NoPicture(T.NO_TRUTH) from error
    except (OtherSample, GoneSample) as error:
        raise NoPicture(_WORDS[type(error)]) from error
    except (DatasetError, ImageError, SampleError) as error:
        raise NoPicture(str(error)) from error


_WORDS: dict[type[Exception], str] = {
    OtherSample: RecordedImages.CHANGED,
    GoneSample: RecordedImages.DELETED,
}
