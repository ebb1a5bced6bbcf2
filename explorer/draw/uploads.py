"""Files that a person uploads: decoded in a worker, so that a bad file cannot harm the server."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.data import color_masks, references
from explorer.data.color_masks import Color
from explorer.data.images import decode_mask
from explorer.data.sample import Sample
from explorer.data.stored import ImageError
from explorer.draw import sources
from explorer.draw.drawing import Request
from explorer.draw.encoding import Classes, thumbnail
from explorer.draw.pictures import LONG_SIDE
from explorer.texts import Pictures as T


@dataclass(frozen=True)
class Checked(Request[None]):
    """Check that a picture and its mask, if there is one, can be read. Raises ImageError, SampleError."""

    content: bytes
    mask: bytes | None
    name: str

    def draw(self) -> Iterator[None]:
        sources.own(self.content, self.mask, self.name, LONG_SIDE)
        yield


@dataclass(frozen=True)
class MaskOf(Request[bytes | None]):
    """The mask made from the colors of a file; None if the file already has class indices. Raises ImageError."""

    content: bytes

    def draw(self) -> Iterator[bytes | None]:
        try:
            decode_mask(self.content, T.UPLOAD_MASK_NAME)
        except ImageError:
            colored = color_masks.read(self.content, T.UPLOAD_MASK_NAME)
            if colored is None:
                raise
            yield colored.to_png(colored.classes())
        else:
            yield None


@dataclass(frozen=True)
class MaskColor:
    """A color of a mask's file, the number of its class in the mask, and its share of the pixels, 0 to 1."""

    color: Color
    number: int
    share: float


@dataclass(frozen=True)
class ColorsOf(Request[tuple[MaskColor, ...] | None]):
    """The colors of a mask's file, `original`, with their classes in `mask`; None for no colors. Raises ImageError."""

    original: bytes
    mask: bytes

    def draw(self) -> Iterator[tuple[MaskColor, ...] | None]:
        found = color_masks.read(self.original, T.UPLOAD_MASK_NAME)
        if found is None:
            yield None
            return
        _, first = np.unique(found.places, return_index=True)
        indices = decode_mask(self.mask, T.UPLOAD_MASK_NAME).ravel()[first]
        shares = found.shares()
        yield tuple(MaskColor(c, int(i), shares[c]) for c, i in zip(found.colors, indices, strict=True))


@dataclass(frozen=True)
class Recolored(Request[bytes]):
    """The mask made from a file of colors with these classes. Raises ImageError."""

    original: bytes
    classes: tuple[tuple[Color, int], ...]

    def draw(self) -> Iterator[bytes]:
        found = color_masks.read(self.original, T.UPLOAD_MASK_NAME)
        if found is None:
            raise ImageError(T.MASK_GONE)
        yield found.to_png(dict(self.classes))


@dataclass(frozen=True)
class KeepReference(Request[str]):
    """Save a reference picture for a step, and return its name. Raises ImageError."""

    content: bytes
    name: str

    def draw(self) -> Iterator[str]:
        yield references.keep(self.content, self.name)


@dataclass(frozen=True)
class ReferencePicture(Request[bytes]):
    """JPEG of a reference picture. Raises ReferenceMissing."""

    name: str
    side: int

    def draw(self) -> Iterator[bytes]:
        yield thumbnail(Sample(references.load(self.name).image), Classes((), ()), self.side)
