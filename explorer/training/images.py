"""What the network sees of a sample: augmented squares of RGB pixels."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentedSample, AugmentError, augment
from explorer.augment.pipeline import Group, Node, Pipeline, Step
from explorer.data.sample import Sample

_TO_PIXELS = "FromFloat"  # after it, what an earlier step made decimal is pixels again
_PROBES = 4


def training_image(sample: Sample, pipeline: Pipeline, seed: int, epoch: int, index: int, size: int) -> NDArray[Any]:
    """The sample as the network sees it in that epoch: (size, size, 3) uint8.

    Raises AugmentError for a step that fails, or where the pipeline's result is not RGB pixels.
    """
    result = augment(sample, pipeline, seed, epoch, index)
    if not _is_pixels(result):
        raise _not_pixels(result, pipeline)
    image = result.image
    if image.shape[:2] != (size, size):
        shrinking = min(image.shape[:2]) > size
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return np.ascontiguousarray(image)


def check_pipeline(pipeline: Pipeline, samples: list[Sample], seed: int) -> None:
    """Find out before the training what would break it. Raises AugmentError naming the step."""
    steps = list(_enabled(pipeline.nodes))
    if not any(step.transform == _TO_PIXELS for step in steps):
        for step in steps:
            _check_alone(step, samples[0], seed)
    for index, sample in enumerate(samples[:_PROBES]):
        training_image(sample, pipeline, seed, 0, index, sample.size[0])


def _check_alone(step: Step, sample: Sample, seed: int) -> None:
    # Alone and with p = 1, because a step that fires seldom would stop the run in the middle.
    alone = Pipeline(nodes=(step.model_copy(update={"p": 1.0}),))
    try:
        result = augment(sample, alone, seed)
    except AugmentError:
        return  # it may need what a step before it makes; the whole pipeline decides
    if not _is_pixels(result):
        raise _not_pixels(result, alone)


def _enabled(nodes: tuple[Node, ...]) -> Iterator[Step]:
    for node in nodes:
        if not node.enabled or node.p == 0:
            continue
        if isinstance(node, Group):
            yield from _enabled(node.children)
        else:
            yield node


def _is_pixels(result: AugmentedSample) -> bool:
    image = result.image
    return image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and 0 not in image.shape


def _not_pixels(result: AugmentedSample, pipeline: Pipeline) -> AugmentError:
    image = result.image
    if image.dtype != np.uint8:
        what = (
            "it turns pixels (0 to 255) into decimal numbers. Training scales images itself, as the weights need it: "
            "remove or disable this step."
        )
    else:
        what = f"its result is of shape {image.shape}, but training needs images of 3 channels. Remove or change it."
    steps = list(_enabled(pipeline.nodes))
    if len(steps) == 1:
        return AugmentError(steps[0].id, steps[0].transform, what)
    last = result.drawn[-1] if result.drawn else None
    return AugmentError(last.node_id if last else "", last.transform if last else "The pipeline", what)
