"""What the network sees of a sample: augmented squares of RGB pixels; and the check of a pipeline before training.

A pipeline may end with Normalize or ToFloat, as in training code by hand. That step is not augmentation: it is applied
last, to squares of the network's size, in training and in validation alike.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentedSample, AugmentError, augment
from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Group, Node, Pipeline, Step, scaling_step, with_nodes
from explorer.augment.remembered import Remembered
from explorer.data.prepare import square_of
from explorer.data.sample import Sample

_TO_PIXELS = "FromFloat"  # after it, what an earlier step made decimal is pixels again
_PROBES = 4
_RESIZING = "Resize and pad"  # the group of steps that scale the whole image
_SAME_SHAPE = 0.05  # by so much the rounding to px may change how wide an image is for its height
_DRAWS = 12  # of one sample, to see whether the size of the result depends on chance


def training_image(sample: Sample, pipeline: Pipeline, seed: int, epoch: int, index: int, size: int) -> NDArray[Any]:
    """The sample as the network sees it in that epoch: (size, size, 3) uint8, or float32 if the pipeline scales.

    Raises AugmentError for a step that fails, or where the pipeline's result is not RGB pixels.
    """
    return seen(augment(sample, augmenting(pipeline), seed, epoch, index), pipeline, size)


def augmenting(pipeline: Pipeline) -> Pipeline:
    """The pipeline without its step at the end that scales pixels for a network."""
    return _parts(pipeline).augmenting


def seen(result: AugmentedSample, pipeline: Pipeline, size: int) -> NDArray[Any]:
    """What the network sees of the result of `augmenting(pipeline)`. Returns and raises as `training_image` does."""
    parts = _parts(pipeline)
    if not _is_pixels(result):
        raise _not_pixels(result, parts.augmenting)
    try:
        return parts.scaled(square_of(np.ascontiguousarray(result.image), size))  # its middle, as validation sees it
    except (cv2.error, MemoryError) as error:
        height, width = result.image.shape[:2]
        raise AugmentError("", "", f"The result has {width} × {height} px: too many for the memory.") from error


def validation_image(sample: Sample, pipeline: Pipeline) -> NDArray[Any]:
    """A square of the network's size as the network sees it in validation: as it is, or scaled by the pipeline."""
    return _parts(pipeline).scaled(sample.image)


@dataclass(frozen=True)
class _Parts:
    """A pipeline without its last step if that scales pixels, and that step as a pipeline."""

    augmenting: Pipeline
    scaling: Pipeline | None = None

    def scaled(self, image: NDArray[Any]) -> NDArray[Any]:
        if self.scaling is None:
            return image
        return np.ascontiguousarray(augment(Sample(image), self.scaling, 0).image, np.float32)


def _split(pipeline: Pipeline) -> _Parts:
    last = scaling_step(pipeline)
    if last is None:
        return _Parts(pipeline)
    rest = tuple(node for node in pipeline.nodes if node is not last)
    return _Parts(with_nodes(pipeline, rest), with_nodes(pipeline, (last,)))


_parts = Remembered(_split, most=32)


Sees = Callable[[Sample, Pipeline, int, int, int, int], object]  # with the arguments of `training_image`


def check_pipeline(
    pipeline: Pipeline, samples: Sequence[Sample], seed: int, size: int, sees: Sees = training_image
) -> None:
    """Find out before training which step of a pipeline would break it.

    Args:
        pipeline: The pipeline, with its step that scales pixels.
        samples: Some training samples, as augmentation gets them; at least one.
        seed: Seed of the draws.
        size: Side of the network's input in px.
        sees: What makes the network's input of a sample: `masked_input.training_pair` where masks are learned.

    Raises:
        AugmentError: A step would break the training.
    """
    unscaled = augmenting(pipeline)
    steps = list(_enabled(unscaled.nodes))
    if not any(step.transform == _TO_PIXELS for step in steps):
        for step in steps:
            _check_alone(step, unscaled, samples[0], seed)
    always = with_nodes(unscaled, tuple(map(_always, unscaled.nodes)))
    for index, sample in enumerate(samples[:_PROBES]):
        sees(sample, pipeline, seed, 0, index, size)
        sees(sample, always, seed, 0, index, size)
    _check_sizes(unscaled, steps, samples[0], seed)


def _always(node: Node) -> Node:
    """The node with p = 1 at all depths: a step that seldom fires would stop the run in the middle."""
    if node.p == 0:
        return node
    below = {"children": tuple(map(_always, node.children))} if isinstance(node, Group) else {}
    return node.model_copy(update={"p": 1.0, **below})


def _check_alone(step: Step, pipeline: Pipeline, sample: Sample, seed: int) -> None:
    alone = with_nodes(pipeline, (_always(step),))
    try:
        result = augment(sample, alone, seed)
    except AugmentError:
        return  # it may need what a step before it makes; the whole pipeline decides
    if not _is_pixels(result):
        raise _not_pixels(result, alone)


def _check_sizes(pipeline: Pipeline, steps: list[Step], sample: Sample, seed: int) -> None:
    """Refuse a zoom that the end of the pipeline undoes.

    All results become squares of one size. What a crop or a turn did is still seen then. A step that only makes the
    whole image larger or smaller, by chance, would have done nothing but cost sharpness.
    """
    sizes = _sizes(pipeline, sample, seed)
    if len(sizes) < 2:
        return
    first, second = (f"{width} × {height}" for height, width in sizes[:2])
    for step in steps:
        if _only_scales(step, pipeline, sample, seed):
            raise AugmentError(
                step.id,
                step.transform,
                f"the images come out in different sizes, such as {first} and {second} px, and are brought back to one "
                "size at the end, which undoes this step. Put a step behind it that crops, such as RandomCrop, "
                "or use Affine to zoom.",
            )


def _only_scales(step: Step, pipeline: Pipeline, sample: Sample, seed: int) -> bool:
    """Whether chance decides the size of the whole image after the step."""
    if catalog()[step.transform].group != _RESIZING:
        return False
    try:
        sizes = _sizes(with_nodes(pipeline, (_always(step),)), sample, seed)
    except AugmentError:
        return False
    shape = sample.size[1] / sample.size[0]
    by_chance = len(sizes) > 1 or (step.p < 1 and sizes != [sample.size])
    return by_chance and all(abs(width / height / shape - 1) < _SAME_SHAPE for height, width in sizes)


def _sizes(pipeline: Pipeline, sample: Sample, seed: int) -> list[tuple[int, int]]:
    """Heights and widths of what a few draws give, each once."""
    shapes = (augment(sample, pipeline, seed, epoch, 0).image.shape[:2] for epoch in range(_DRAWS))
    return sorted({(int(height), int(width)) for height, width in shapes})


def _enabled(nodes: tuple[Node, ...]) -> Iterator[Step]:
    for node in nodes:
        if not node.enabled or node.p == 0:
            continue
        if isinstance(node, Group):
            yield from _enabled(node.children)
        else:
            yield node


def scaled(image: NDArray[Any], pipeline: Pipeline) -> NDArray[Any]:
    """Scale pixels as the last step of the pipeline does, if that is one that scales."""
    return _parts(pipeline).scaled(image)


def checked(result: AugmentedSample, pipeline: Pipeline) -> NDArray[np.uint8]:
    """Return the RGB pixels of the result of `augmenting(pipeline)`. Raises AugmentError where it is none."""
    if not _is_pixels(result):
        raise _not_pixels(result, _parts(pipeline).augmenting)
    return np.ascontiguousarray(result.image)


def _is_pixels(result: AugmentedSample) -> bool:
    image = result.image
    return image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and 0 not in image.shape


def _not_pixels(result: AugmentedSample, pipeline: Pipeline) -> AugmentError:
    image = result.image
    if image.dtype != np.uint8:
        what = (
            "it turns pixels (0 to 255) into decimal numbers. Training scales images itself, as the weights need it: "
            "remove or disable this step, or put it last with p = 1."
        )
    else:
        what = f"its result is of shape {image.shape}, but training needs images of 3 channels. Remove or change it."
    steps = list(_enabled(pipeline.nodes))
    if len(steps) == 1:
        return AugmentError(steps[0].id, steps[0].transform, what)
    last = result.drawn[-1] if result.drawn else None
    return AugmentError(last.node_id if last else "", last.transform if last else "The pipeline", what)
