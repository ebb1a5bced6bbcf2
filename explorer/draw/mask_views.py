"""A look at the masks that training would get: what is seldom wanted of them, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.augment.mask_cautions import one_class
from explorer.data.prepare import load
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.runs.spec.config import RunConfig


@dataclass(frozen=True)
class OneClassViews(Request[str]):
    """A caution about views that show one class only, "" where the pipeline hardly makes any.

    Attributes:
        config: Of the run, with the `training.decided` range of deep images.
        places: The training images that are looked at.

    Raises DatasetError, ImageError, SampleError, AugmentError.
    """

    config: RunConfig
    places: tuple[int, ...]

    @property
    def draft_key(self) -> object:
        return ("one class", self.config.pipeline.key, self.config.dataset)

    def draw(self) -> Iterator[str]:
        config, split = self.config, training.opened(self.config.dataset).train
        assert split.masks is not None
        samples = [load(split, place, config.kept) for place in self.places]
        found = one_class(samples, split.masks, config.pipeline, seed=config.seed, size=config.image_size)
        yield found.words
