"""What the networks of a prediction see of an image: the square of validation, and views of test-time augmentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import augmenting, training_image, validation_image
from explorer.augment.observe import between_images
from explorer.augment.pipeline import Pipeline, scaling_step
from explorer.data.depth import Decided
from explorer.data.fit import Fit, square
from explorer.data.prepare import fitted
from explorer.data.sample import Sample, SampleError
from explorer.data.stored import ImageError
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.predict import PredictPlan
from explorer.training.predictions.judges import Judge
from explorer.training.predictions.sources import Source
from explorer.training.stopping import TrainingError

_UNSEEN = ("id", "p", "enabled")  # of a step that scales: they do not change what it makes


@dataclass(frozen=True)
class Input:
    """How an image enters a network. Networks for which it is equal share their images.

    Attributes:
        depth: How values of more than 8 bits become pixels.
        size: Side of the square in px.
        before: The size of an image before the views are drawn; None for its own size.
        scaling: The values of the step that scales pixels for the network; "" where there is none.
    """

    depth: Decided | None
    size: int
    before: Fit | None
    scaling: str

    @classmethod
    def of(cls, judge: Judge, plan: PredictPlan) -> "Input":
        """How an image enters a network: its image size, and the scale of its evaluation, belong to its weights."""
        config, scaling = judge.config, scaling_step(judge.config.pipeline)
        words = "" if scaling is None else scaling.model_dump_json(exclude=set(_UNSEEN))
        return cls(judge.depth, config.image_size, _before(config, plan.views), words)


def _before(config: RunConfig, views: Pipeline | None) -> Fit | None:
    """The size at which images enter the views: that at which they would enter a training with this pipeline."""
    return None if views is None else config.model_copy(update={"pipeline": views}).kept


@dataclass(frozen=True, eq=False)
class Drawer:
    """Draws what the networks see; threads may share it.

    Args:
        source: The images.
        plan: The views.
        inputs: How images enter, each with the pipeline of a run that they enter so.
    """

    source: Source
    plan: PredictPlan
    inputs: Sequence[tuple[Input, Pipeline]]

    @property
    def views(self) -> int:
        """Views besides the image itself."""
        return 0 if self.plan.views is None else self.plan.count

    def draw(self, index: int) -> list[NDArray[Any]] | ImageError:
        """For each input (1 + views, S, S, 3): the square of validation, then the views; or why it cannot be read.

        The file is decoded once for each range of values, which is once where the runs have the same. Raises
        TrainingError where a step of the views fails.
        """
        samples: dict[Decided | None, Sample] = {}
        try:
            for each, _ in self.inputs:
                if each.depth not in samples:
                    samples[each.depth] = self.source.splits[each.depth].load(index)
            return [self._seen(samples[each.depth], each, pipeline, index) for each, pipeline in self.inputs]
        except ImageError as error:
            return error
        except (cv2.error, MemoryError):
            name = self.source.ids[index]
            return ImageError(f"{name} is too large for the memory. Make it smaller, or remove it.")
        except (AugmentError, SampleError) as error:
            raise TrainingError(" ".join(f"{self.source.ids[index]}: {error}".split())) from error
        finally:
            between_images()

    def _seen(self, sample: Sample, each: Input, pipeline: Pipeline, index: int) -> NDArray[Any]:
        squares = [fitted(sample, square(each.size)).image]
        if self.plan.views is not None:
            views, seed = augmenting(self.plan.views), self.plan.seed
            entering = sample if each.before is None else fitted(sample, each.before)
            drawn = (training_image(entering, views, seed, view, index, each.size) for view in range(self.plan.count))
            squares.extend(drawn)
        return np.stack([validation_image(Sample(one), pipeline) for one in squares])
