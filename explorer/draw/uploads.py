"""Files that a person sends: read in a worker, so that what their decoding costs or breaks is not the server's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.data import color_masks, references
from explorer.data.images import ImageError, decode_mask
from explorer.data.sample import Sample
from explorer.draw import sources
from explorer.draw.encoding import Classes
from explorer.draw.pictures import LONG_SIDE
from explorer.draw.request import Answer, Request
from explorer.draw.thumbnails import thumbnail
from explorer.texts import Augment as T

Color = color_masks.Color
_NO_CLASSES = Classes((), ())


@dataclass(frozen=True)
class Checked(Request[None]):
    """Whether a picture, with its mask where there is one, can be read. Raises ImageError, SampleError."""

    content: bytes
    mask: bytes | None
    name: str

    def draw(self) -> Iterator[Answer]:
        sources.own(self.content, self.mask, self.name, LONG_SIDE)
        yield Answer()

    def read(self, answers: list[Answer]) -> None:  # noqa: ARG002 - there is nothing to read
        return None


@dataclass(frozen=True)
class MaskOf(Request[bytes | None]):
    """The mask that the colors of a file make; None where the file has class indices already. Raises ImageError."""

    content: bytes

    def draw(self) -> Iterator[Answer]:
        try:
            decode_mask(self.content, T.UPLOAD_MASK_NAME)
        except ImageError:
            colored = color_masks.read(self.content, T.UPLOAD_MASK_NAME)
            if colored is None:
                raise
            yield Answer(None, (colored.to_png(colored.classes()),))
        else:
            yield Answer()

    def read(self, answers: list[Answer]) -> bytes | None:
        return next(iter(answers[0].blobs), None)


@dataclass(frozen=True)
class MaskColors:
    """The colors of a mask's file: the class that each has in the mask, and which part of the pixels, 0 to 1."""

    classes: Mapping[Color, int]
    shares: Mapping[Color, float]


@dataclass(frozen=True)
class ColorsOf(Request[MaskColors | None]):
    """The colors of a mask's file, `original`, and the classes that they have in `mask`. Raises ImageError."""

    original: bytes
    mask: bytes

    def draw(self) -> Iterator[Answer]:
        found = color_masks.read(self.original, T.UPLOAD_MASK_NAME)
        if found is None:
            yield Answer()
            return
        _, first = np.unique(found.places, return_index=True)
        indices = decode_mask(self.mask, T.UPLOAD_MASK_NAME).ravel()[first]
        shares = found.shares()
        yield Answer([[c, int(i), shares[c]] for c, i in zip(found.colors, indices, strict=True)])

    def read(self, answers: list[Answer]) -> MaskColors | None:
        rows = answers[0].facts
        if rows is None:
            return None
        colors = [(color[0], color[1], color[2]) for color, _, _ in rows]
        return MaskColors(
            {color: row[1] for color, row in zip(colors, rows, strict=True)},
            {color: row[2] for color, row in zip(colors, rows, strict=True)},
        )


@dataclass(frozen=True)
class Recolored(Request[bytes]):
    """The mask that a file of colors makes with these classes. Raises ImageError."""

    original: bytes
    classes: tuple[tuple[Color, int], ...]

    def draw(self) -> Iterator[Answer]:
        found = color_masks.read(self.original, T.UPLOAD_MASK_NAME)
        if found is None:
            raise ImageError(T.MASK_GONE)
        yield Answer(None, (found.to_png(dict(self.classes)),))

    def read(self, answers: list[Answer]) -> bytes:
        return answers[0].blobs[0]


@dataclass(frozen=True)
class KeepReference(Request[str]):
    """Keep a picture that a step refers to; its name. Raises ImageError."""

    content: bytes
    name: str

    def draw(self) -> Iterator[Answer]:
        yield Answer(references.keep(self.content, self.name))

    def read(self, answers: list[Answer]) -> str:
        return str(answers[0].facts)


@dataclass(frozen=True)
class ReferencePicture(Request[bytes]):
    """JPEG of a picture that a step refers to. Raises ReferenceMissing."""

    name: str
    side: int

    def draw(self) -> Iterator[Answer]:
        yield Answer(None, (thumbnail(Sample(references.load(self.name).image), _NO_CLASSES, self.side),))

    def read(self, answers: list[Answer]) -> bytes:
        return answers[0].blobs[0]
