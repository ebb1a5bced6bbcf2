"""The images of a study: all of a data set, training images first, each as augmentation and as validation gets it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.dataset import Dataset, Split, groups_in
from explorer.data.fit import square
from explorer.data.sample import Sample
from explorer.runs.spec.config import RunConfig
from explorer.training import trial
from explorer.training.attempt import Attempt
from explorer.training.prepared import Prepared
from explorer.training.reading import opened, room, troubles

_PHASE = "reading data"
_PROBED = 4  # images that each pipeline is tried on
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class StudyImages:
    """All images of a data set. N is their number.

    Attributes:
        dataset: The data set; its notes say what kept images from being cached.
        whole: The images as augmentation gets them.
        squares: The images as validation gets them.
    """

    dataset: Dataset
    whole: Prepared
    squares: Prepared

    def __len__(self) -> int:
        return len(self.whole)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.dataset.classes

    @property
    def labels(self) -> NDArray[np.int64]:
        """(N,) classes."""
        return self.whole.split.labels

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the images."""
        return self.whole.split.ids

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """What each image is made of, as a hash."""
        return self.whole.hashes()

    @property
    def listing(self) -> str:
        """A hash of the names, their order and their classes."""
        return self.whole.listing()


def joined(dataset: Dataset) -> Split:
    """All images of a data set as one split: training images first, then validation images."""
    train, val = dataset.train, dataset.val
    return Split(
        "all",
        np.concatenate([train.labels, val.labels]),
        (*train.ids, *val.ids),
        partial(_of_both, train.load, val.load, len(train)),
        partial(_of_both, train.source, val.source, len(train)),
        train.reading,
        groups_in(dataset),
    )


def _of_both(train: Callable[[int], _T], val: Callable[[int], _T], size: int, index: int) -> _T:
    return train(index) if index < size else val(index - size)


def read_images(attempt: Attempt, config: RunConfig, threads: int, pipelines: Sequence[Pipeline] = ()) -> StudyImages:
    """Open and read all images of a study's data set, and try its pipelines; reports progress.

    Args:
        attempt: Of the study.
        config: Names the data set; its pipeline decides the size at which images enter augmentation.
        threads: Images that are decoded at once.
        pipelines: The pipelines to try, each in a child process.

    Raises:
        StopRun: The study was asked to stop.
        DatasetError: The folder is not laid out as a data set.
        ImageError: Images cannot be read.
        AugmentError: A step of a pipeline fails.
        TrainingError: A pipeline cannot be tried, or a setting of the cache is wrong.
    """
    attempt.phase(_PHASE)
    dataset = opened(attempt, config, threads)
    split, kept, limits = joined(dataset), config.kept, room(config)
    words, total = config.dataset.model_dump_json(exclude={"links", "drawn"}), 2 * len(split)
    report = attempt.reporter(_PHASE, "stopped_reading")
    whole = Prepared(split, kept, keep=kept is not None, limits=limits, words=words)
    samples = [whole.sample(index) for index in range(min(_PROBED, len(split)))]
    _try(config, pipelines, samples, lambda: report(0, total))
    whole.read(threads, lambda done: report(done, total))
    limits = replace(limits, memory=limits.memory - whole.tally.held)
    squares = Prepared(split, square(config.image_size), keep=kept is not None, limits=limits, words=words)
    squares.read(threads, lambda done: report(len(split) + done, total))
    notes = troubles(whole.tally, squares.tally)
    return StudyImages(replace(dataset, notes=(*dataset.notes, *notes)), whole, squares)


def _try(
    config: RunConfig, pipelines: Sequence[Pipeline], samples: Sequence[Sample], report: Callable[[], None]
) -> None:
    """Find out which step of a pipeline would end the study. Raises AugmentError."""
    for pipeline in {pipeline.key: pipeline for pipeline in pipelines}.values():
        trial.check(config.model_copy(update={"pipeline": pipeline}), samples, report)
