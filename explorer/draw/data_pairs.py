"""Two images of a data set in one picture, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.draw.data_images import DataPicture
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg
from explorer.draw.recorded import Card

_SIDE = 200  # px of the longest side of each of them
_GAP = 6  # px between them
_GRAY = 128


@dataclass(frozen=True)
class PairPicture(Request[Card]):
    """Two images side by side, of the same height. Raises NoPicture."""

    first: DataPicture
    second: DataPicture

    def draw(self) -> Iterator[Card]:
        cards = [next(iter(one.draw())) for one in (self.first, self.second)]
        images = [_decoded(card) for card in cards]
        height = max(1, min(round(_SIDE * min(1.0, one.shape[0] / one.shape[1])) for one in images))
        gap = np.full((height, _GAP, 3), _GRAY, np.uint8)
        first, second = (_of_height(image, height) for image in images)
        yield Card(as_jpeg(np.hstack([first, gap, second]), quality=85), cards[0].size)


def _decoded(card: Card) -> NDArray[np.uint8]:
    """Return the picture of a card: (H, W, 3) RGB."""
    found = cv2.imdecode(np.frombuffer(card.picture, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert found is not None  # the cards are ours
    return np.asarray(found, np.uint8)


def _of_height(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    width = min(_SIDE, max(1, round(image.shape[1] * height / image.shape[0])))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
