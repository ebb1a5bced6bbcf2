"""Pictures as in training: a sample at the size that is augmented, and the square that the network sees."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from explorer.augment.apply import AugmentedSample
from explorer.augment.masked_input import letterboxed, letterboxed_mask, place, seen_whole
from explorer.augment.network_input import seen
from explorer.augment.pipeline import Pipeline, scaling_step
from explorer.augment.trace import Trace
from explorer.data.dataset import Dataset, Split
from explorer.data.fit import Fit
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.inspection import Looking
from explorer.data.prepare import fit_square, load
from explorer.data.roots import resolve_inside
from explorer.data.sample import Sample
from explorer.data.specs import DatasetSpec

_KEPT_SECONDS = 20  # then the list of images in a folder is read again


@dataclass(frozen=True)
class Training:
    """What training does with the samples of a data set.

    Attributes:
        kept: Size of the samples before augmentation, None for their own.
        size: Side in px of the square at the end.
    """

    spec: DatasetSpec
    kept: Fit | None
    size: int


def decided(spec: DatasetSpec, dataset: Dataset) -> DatasetSpec:
    """The spec with the range of deep images that the page has found, so that a worker need not search for it again."""
    return spec.with_range(dataset.depth)


def opened(spec: DatasetSpec) -> Dataset:
    """The data set of a spec, see `decided`. Raises DatasetError."""
    return _opened(spec, int(time.monotonic() // _KEPT_SECONDS))


@lru_cache(maxsize=8)
def _opened(spec: DatasetSpec, period: int) -> Dataset:  # noqa: ARG001 - a new period lists it again
    return spec.open(Looking(seconds=0.0))


def part(dataset: Dataset, name: str) -> Split:
    """One of the two splits of a data set."""
    return dataset.val if name == TRAIN_AND_VAL[1] else dataset.train


def sample(training: Training, split: Split, index: int) -> Sample:
    """A sample as augmentation gets it in training. Raises DatasetError, ImageError, SampleError."""
    source = split.source(index)
    if isinstance(source, Path):
        resolve_inside(str(source))  # a link inside the folder may lead out of it
    return load(split, index, training.kept)


def of_trace(traced: Trace, pipeline: Pipeline, size: int, *, whole: bool = False) -> AugmentedSample:
    """What the network sees of a traced sample, see `of_result`. Raises AugmentError where training refuses it."""
    scaling = scaling_step(pipeline)
    last = next((entry.before for entry in traced.entries if scaling and entry.node_id == scaling.id), None)
    if last is None:
        return of_result(traced.result, pipeline, size, whole=whole)
    before = replace(traced.result, image=last.image, mask=last.mask, bboxes=last.bboxes, keypoints=last.keypoints)
    return of_result(before, pipeline, size, whole=whole)


def of_result(augmented: AugmentedSample, pipeline: Pipeline, size: int, *, whole: bool = False) -> AugmentedSample:
    """What the network sees of an augmented sample, with its targets moved along.

    Args:
        augmented: Result of the pipeline without its last step if that scales, see `network_input.augmenting`.
        pipeline: The whole pipeline.
        size: Side of the square in px.
        whole: Whether the network gets the whole image, padded to a square, and not its middle, as it does for masks.

    Raises:
        AugmentError: Training refuses the result.
    """
    if whole:
        return _padded(augmented, pipeline, size)
    image, boxes = seen(augmented, pipeline, size), augmented.bboxes
    if boxes is not None:
        boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    square = fit_square(Sample(np.ascontiguousarray(augmented.image), augmented.mask, boxes, augmented.keypoints), size)
    return replace(augmented, image=image, mask=square.mask, bboxes=square.bboxes, keypoints=square.keypoints)


def unaugmented(sample: Sample, size: int, *, whole: bool) -> Sample:
    """The square of a sample without augmentation; `whole` as in `of_result`."""
    if not whole:
        return fit_square(sample, size)
    mask = None if sample.mask is None else letterboxed_mask(sample.mask, size)
    return Sample(letterboxed(sample.image, size), mask, id=sample.id)


def _padded(augmented: AugmentedSample, pipeline: Pipeline, size: int) -> AugmentedSample:
    image = seen_whole(augmented, pipeline, size)
    before = augmented.image.shape[:2]
    top, left, height, width = place(before[0], before[1], size)
    x, y = width / before[1], height / before[0]
    scales, shift = np.array([x, y, x, y, 1], np.float32), np.array([left, top, left, top, 0], np.float32)
    mask, boxes, points = augmented.mask, augmented.bboxes, augmented.keypoints
    return replace(
        augmented,
        image=image,
        mask=None if mask is None else letterboxed_mask(np.ascontiguousarray(mask), size),
        bboxes=None if boxes is None else boxes * scales + shift,
        keypoints=None if points is None else points * scales[[0, 1, 4]] + shift[[0, 1, 4]],
    )
