"""Images that a run has predicted: files, or images of a data set that comes with the app."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.images import decode
from explorer.data.roots import OutsideRoots, resolve_inside
from explorer.data.stored import ImageError
from explorer.draw.drawing import Request
from explorer.draw.encoding import Plain, as_jpeg, as_shown, reduced
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import SMALL, Card, Recorded, sample_of
from explorer.texts import RecordedImages as T


@dataclass(frozen=True)
class PredictedPicture(Request[Card]):
    """The image itself, at most `side` px large. Raises NoPicture where it is gone, or where pages may not read it.

    Attributes:
        image: The path of its file, or an image of a data set.
        side: In px.
    """

    image: str | Recorded
    side: int = SMALL

    def draw(self) -> Iterator[Card]:
        pixels = pixels_of(self.image)
        small = reduced(Plain(pixels), self.side)
        yield Card(as_jpeg(as_shown(small.image), quality=85), (pixels.shape[0], pixels.shape[1]))


def pixels_of(image: str | Recorded) -> NDArray[np.uint8]:
    """(H, W, 3) of an image at its own size. Raises NoPicture."""
    return sample_of(image, None).image if isinstance(image, Recorded) else _pixels(image)


def _pixels(path: str) -> NDArray[np.uint8]:
    file = Path(path)
    try:
        place = resolve_inside(path)
        if not place.exists():
            raise NoPicture(T.DELETED)
        return decode(place, file.name).pixels
    except (OutsideRoots, ImageError) as error:
        raise NoPicture(str(error)) from error
