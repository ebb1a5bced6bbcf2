"""An image of a run or study under a distortion, as the network judged it."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import training_image
from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.draw.drawing import Request
from explorer.draw.encoding import as_png, as_shown
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import Card, Recorded, sample_of


@dataclass(frozen=True)
class Distorted(Request[Card]):
    """The square of an image that a network sees in validation, distorted, as PNG. Raises NoPicture.

    Attributes:
        image: The image.
        pipeline: The distortion in one strength; without steps the image is clean.
        seed: Of the map.
        row: The place of the image among those that are judged, on which its draws depend.
        size: Side in px.
    """

    image: Recorded
    pipeline: Pipeline
    seed: int
    row: int
    size: int

    @property
    def draft_key(self) -> object:
        return ("distorted", self.pipeline.key, self.image.dataset)

    def draw(self) -> Iterator[Card]:
        try:
            pixels = training_image(
                sample_of(self.image, square(self.size)), self.pipeline, self.seed, 0, self.row, self.size
            )
        except AugmentError as error:
            if error.out_of_memory:
                raise
            raise NoPicture(str(error)) from error
        yield Card(as_png(as_shown(pixels)), (self.size, self.size))
