"""As in training: a sample at the size at which augmentation gets it in a run, and the square that the network sees."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.augment.apply import AugmentedSample
from explorer.augment.network_input import seen
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, scaling_step, validate
from explorer.augment.trace import Trace
from explorer.data import picture_sets
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.fit import Fit
from explorer.data.prepare import fit_square, load
from explorer.data.roots import resolve_inside
from explorer.data.sample import Sample
from explorer.data.specs import DatasetSpec, DigitsSpec, ImageFolderSpec
from explorer.runs.config import ConfigError
from explorer.ui import train_checks, train_values
from explorer.ui.train_values import Values


@dataclass(frozen=True)
class Training:
    """What training does with the samples of a data set. kept: their size before augmentation, None for their own.

    size: side in px of the square that is made at the end.
    """

    spec: DatasetSpec
    kept: Fit | None
    size: int


def settings(set_key: str, draft: Draft) -> Training | None:
    """What the Train page's form says for a data set; where the form is about another one, what it would begin with.

    Returns:
        None where a data set cannot be trained on, or the form or the pipeline is wrong: both say why at their place.
    """
    values = _values(set_key or picture_sets.SHAPES)
    if values is None:
        return None
    try:
        config = train_values.config(values, validate(draft))
    except (ConfigError, DraftErrors):
        return None
    return Training(config.dataset, config.kept, config.image_size)


def _values(set_key: str) -> Values | None:
    kind, _, path = set_key.partition(":")
    if kind not in train_values.IMAGE_SIZES:
        return None
    values = train_values.current()
    if values["dataset"] == kind and (not path or _is_folder(values["path"], path)):
        return values
    return values | {"dataset": kind, "path": path, "image_size": train_values.IMAGE_SIZES[kind]}


def _is_folder(typed: str, path: str) -> bool:
    try:
        return resolve_inside(typed) == resolve_inside(path)
    except DatasetError:
        return False


def part(training: Training, name: str) -> tuple[Dataset, Split]:
    """The data set of a training, and one of its two splits. Raises DatasetError."""
    dataset = train_checks.opened(training.spec)
    return dataset, dataset.val if name == picture_sets.TRAIN_AND_VAL[1] else dataset.train


def count(set_key: str, name: str, training: Training | None) -> int:
    """How many samples a part of the data set that is looked at has. Raises DatasetError, ImageError."""
    return picture_sets.count(set_key, name) if training is None else len(part(training, name)[1])


def name_of(set_key: str, name: str, index: int, training: Training | None) -> str:
    """What a sample is called, with its class where it has one. Raises DatasetError."""
    if training is None:
        return picture_sets.name_of(set_key, name, index)
    dataset, split = part(training, name)
    return f"{split.ids[index]}, {dataset.classes[int(split.labels[index])]}"


def sample(training: Training, split: Split, index: int) -> Sample:
    """A sample as augmentation gets it in training. Raises DatasetError, ImageError, SampleError."""
    if isinstance(training.spec, ImageFolderSpec):
        resolve_inside(str(split.source(index)))  # a link inside the folder may lead out of it
    found = load(split, index, training.kept)
    return picture_sets.with_classes_in_mask(found) if isinstance(training.spec, DigitsSpec) else found


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
        augmented: of the pipeline without its step at the end that scales, see `network_input.augmenting`.
        pipeline: with that step.
        size: side of the square in px.

    Raises:
        AugmentError: for a result that training refuses.
    """
    image, boxes = seen(augmented, pipeline, size), augmented.bboxes
    if boxes is not None:
        boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    whole = Sample(np.ascontiguousarray(augmented.image), augmented.mask, boxes, augmented.keypoints)
    square = fit_square(whole, size)
    return replace(augmented, image=image, mask=square.mask, bboxes=square.bboxes, keypoints=square.keypoints)
