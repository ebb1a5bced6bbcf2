"""Images with the masks that a prediction has found for them, and with their true masks where these are known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.base import png
from explorer.data.color_masks import Color
from explorer.data.dataset import DatasetError
from explorer.data.images import decode_mask
from explorer.data.mask_classes import UNCOUNTED
from explorer.data.prepare import load
from explorer.data.recorded import GoneSample, OtherSample, find_masked
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_jpeg, as_shown
from explorer.draw.pictures import NoPicture
from explorer.draw.predicted import pixels_of
from explorer.draw.recorded import SMALL, Card, Recorded
from explorer.draw.seen_mask import Pixels, SeenMask
from explorer.runs.record import mask_predictions
from explorer.runs.record.paths import RunPaths, run_paths
from explorer.runs.record.predictions import PredictionsError
from explorer.texts import Masks, RecordedImages
from explorer.texts import PredictMasks as T

MaskView = Literal["predicted", "truth", "difference"]


@dataclass(frozen=True)
class PredictedMask(Request[Card]):
    """An image under a mask, at most `side` px large. Raises NoPicture where one of both is gone.

    Attributes:
        image: The path of its file, or an image of a data set.
        run: The id of the prediction.
        place: The place of the image in it.
        names: Of the classes.
        values: The mask value of each class.
        colors: Of each class.
        hidden: Whether each class is not painted.
        wrong: The color of pixels in the wrong class.
        view: The predicted mask, the true one, or where both differ.
        truth: The image in a data set that knows its true mask.
        side: In px.
    """

    image: str | Recorded
    run: str
    place: int
    names: tuple[str, ...]
    values: tuple[int, ...]
    colors: tuple[Color, ...]
    hidden: tuple[bool, ...]
    wrong: Color
    view: MaskView = "predicted"
    truth: Recorded | None = None
    side: int = SMALL

    def draw(self) -> Iterator[Card]:
        pixels = as_shown(pixels_of(self.image))
        height, width = pixels.shape[:2]
        scale = min(1.0, self.side / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        truth = np.full((height, width), UNCOUNTED, np.uint8) if self.view == "predicted" else self._truth()
        if truth.shape != (height, width):
            raise NoPicture(T.OTHER_SIZE)
        seen = SeenMask(small, _resized(truth, size), (0, 0, size[1], size[0]), (height, width))
        yield Card(as_jpeg(self._shown(seen, size), quality=85), (height, width))

    def _shown(self, seen: SeenMask, size: tuple[int, int]) -> Pixels:
        if self.view == "truth":
            return seen.painted(seen.truth, self.colors, self.hidden)
        table = np.full(256, UNCOUNTED, np.uint8)
        table[list(self.values)] = np.arange(len(self.values))
        predicted = table[_resized(_mask(run_paths(self.run), self.place, seen.size), size)]
        if self.view == "difference":
            return seen.marked(seen.wrong(predicted), self.wrong)
        return seen.painted(predicted, self.colors, self.hidden)

    def _truth(self) -> Pixels:
        """The (H, W) true classes of the image, as places in `names`."""
        image = self.truth
        if image is None:
            raise NoPicture(Masks.NO_TRUTH)
        try:
            split, index = find_masked(image.dataset, image.index, image.id, image.hash, training.opened)
            mask = load(split, index, None).mask
        except OtherSample as error:
            raise NoPicture(RecordedImages.CHANGED) from error
        except GoneSample as error:
            raise NoPicture(RecordedImages.DELETED) from error
        except (DatasetError, ImageError, SampleError) as error:
            raise NoPicture(str(error)) from error
        if split.masks is None or mask is None or not set(split.masks.classes) <= set(self.names):
            raise NoPicture(Masks.NO_TRUTH)
        table = np.full(256, UNCOUNTED, np.uint8)
        for index, name in enumerate(split.masks.classes):
            table[index] = self.names.index(name)
        return np.asarray(table[split.masks.target(mask)])


def _resized(mask: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def _mask(paths: RunPaths, place: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The (H, W) values of a mask. Raises NoPicture, also where the image has another size by now."""
    try:
        content = mask_predictions.read_mask(paths, place)
        head = png.head(content)
        if (head.height, head.width) != size:
            raise NoPicture(T.OTHER_SIZE)
        return decode_mask(content)
    except (PredictionsError, ImageError) as error:
        raise NoPicture(T.NO_MASK) from error
