"""Pictures as in training: a sample at the size that is augmented, and the square that the network sees."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from explorer.augment.apply import AugmentedSample
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


def of_trace(traced: Trace, pipeline: Pipeline, size: int) -> AugmentedSample:
    """What the network sees of a traced sample. Raises AugmentError for a result that training refuses."""
    scaling = scaling_step(pipeline)
    last = next((entry.before for entry in traced.entries if scaling and entry.node_id == scaling.id), None)
    if last is None:
        return of_result(traced.result, pipeline, size)
    before = replace(traced.result, image=last.image, mask=last.mask, bboxes=last.bboxes, keypoints=last.keypoints)
    return of_result(before, pipeline, size)


def of_result(augmented: AugmentedSample, pipeline: Pipeline, size: int) -> AugmentedSample:
    """What the network sees of an augmented sample, with its targets moved along.

    Args:
        augmented: Result of the pipeline without its last step if that scales, see `network_input.augmenting`.
        pipeline: The whole pipeline.
        size: Side of the square in px.

    Raises:
        AugmentError: Training refuses the result.
    """
    image, boxes = seen(augmented, pipeline, size), augmented.bboxes
    if boxes is not None:
        boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    whole = Sample(np.ascontiguousarray(augmented.image), augmented.mask, boxes, augmented.keypoints)
    square = fit_square(whole, size)
    return replace(augmented, image=image, mask=square.mask, bboxes=square.bboxes, keypoints=square.keypoints)
