"""Batches for training and validation. What is in a batch depends on seed, epoch and place only."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader, Dataset, Sampler

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import training_image, validation_image
from explorer.augment.observe import between_images
from explorer.augment.order import permutation
from explorer.augment.pipeline import Pipeline
from explorer.data.images import ImageError
from explorer.data.sample import SampleError
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import leaves_one_out
from explorer.training.claim import watch_from_worker
from explorer.training.noted_steps import NotedSteps, transforms_of
from explorer.training.prepared import Prepared
from explorer.training.ranks import ALONE, Rank
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Task

Place = tuple[int, int]  # epoch, index in the split
Item = tuple[Any, Any, int]  # (S, S, 3) uint8, target, index

_VALIDATION_BATCH = 32  # at least: without gradients there is room


class Batch(NamedTuple):
    """images: (N, 3, S, S) uint8 RGB, channels last in memory, or float32 where the pipeline scales them.

    labels: the targets as the task stacks them. indices: (N,) int64, places in the split.
    """

    images: Tensor
    labels: Tensor
    indices: Tensor


def collate(task: Task, items: list[Item]) -> Batch:
    """A batch of (pixels, target, index). Pixels stay bytes until the device: a quarter of the way to carry."""
    images = torch.from_numpy(np.stack([pixels for pixels, _, _ in items])).permute(0, 3, 1, 2)
    return Batch(
        images,
        task.stack([target for _, target, _ in items]),
        torch.tensor([index for _, _, index in items], dtype=torch.int64),
    )


class EpochSampler(Sampler[Any]):
    """The training images in an order of their own for each epoch, as (epoch, index).

    The epoch travels with the index: loader workers that live on hold copies of the data set, which no
    `set_epoch` would reach.
    """

    def __init__(self, size: int, seed: int, rank: Rank = ALONE) -> None:
        self._size = size
        self._seed = seed
        self._rank = rank
        self._epoch = 0
        self._skip: tuple[int, int] = (-1, 0)

    def skip(self, epoch: int, images: int) -> None:
        """Leave out the first images of one epoch: a run that goes on in the middle of it has seen them."""
        self._skip = (epoch, images)

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls this before each epoch."""
        self._epoch = epoch

    def __len__(self) -> int:
        return self._size // self._rank.count

    def __iter__(self) -> Iterator[Place]:
        epoch = self._epoch
        start = self._skip[1] if self._skip[0] == epoch else 0
        order = self._rank.share(permutation(self._seed, epoch, self._size))
        return ((epoch, index) for index in order[start:])


class TrainingImages(Dataset[Item]):
    """Augmented samples by (epoch, index)."""

    def __init__(self, task: Task, prepared: Prepared, pipeline: Pipeline, seed: int, size: int) -> None:
        """size: side in px of what the network gets; the samples may be of another."""
        self._task = task
        self._prepared = prepared
        self._pipeline = pipeline
        self._seed = seed
        self._size = size

    def __getitem__(self, place: Place) -> Item:
        """Raises TrainingError: of all errors it alone keeps its words on the way out of a worker."""
        epoch, index = place
        prepared = self._prepared
        try:
            sample = prepared.sample(index)
            pixels = training_image(sample, self._pipeline, self._seed, epoch, index, self._size)
        except (AugmentError, ImageError, SampleError) as error:
            raise TrainingError(" ".join(f"{prepared.split.ids[index]}: {error}".split())) from error
        finally:
            between_images()
        return pixels, self._task.target(prepared.split, index), index


class ValidationImages(Dataset[Item]):
    """Samples as they are, but for a step of the pipeline that only scales their values."""

    def __init__(self, task: Task, prepared: Prepared, pipeline: Pipeline) -> None:
        self._task = task
        self._prepared = prepared
        self._pipeline = pipeline

    def __len__(self) -> int:
        return len(self._prepared)

    def __getitem__(self, index: int) -> Item:
        prepared = self._prepared
        try:
            pixels = validation_image(prepared.sample(index), self._pipeline)
            return pixels, self._task.target(prepared.split, index), index
        except (AugmentError, ImageError, SampleError) as error:
            raise TrainingError(" ".join(str(error).split())) from error


def _start_worker(noted: NotedSteps, first: int, number: int) -> None:
    noted.note_steps_of(first + number)
    # A worker is one thread: several would only take the cores from each other.
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    watch_from_worker()


class Images(pl.LightningDataModule):
    """The loaders of a run. noted: which step each of their workers is in."""

    def __init__(self, config: RunConfig, train: Prepared, val: Prepared, workers: int) -> None:
        super().__init__()
        self._config = config
        self._task = task_of(config)
        self._train = train
        self._val = val
        self._workers = workers
        self.noted = NotedSteps(transforms_of(config.pipeline), count=2 * workers)  # of training and of validation

    def train_dataloader(self) -> DataLoader[Item]:
        """Batches of augmented samples, for Lightning, which sets the epoch of the sampler."""
        config, rank = self._config, self._rank()
        sampler = EpochSampler(len(self._train), config.seed, rank)
        if self.trainer is not None:
            # A resumed run makes its first iterator before Lightning sets the epoch.
            loop: Any = self.trainer.fit_loop
            epochs = loop.epoch_progress.current
            sampler.set_epoch(epochs.processed)
            if epochs.ready > epochs.processed:
                sampler.skip(epochs.processed, loop.epoch_loop.batch_progress.current.ready * config.batch_size)
        batches = BatchSampler(sampler, config.batch_size, drop_last=leaves_one_out(len(sampler), config.batch_size))
        images = TrainingImages(self._task, self._train, config.pipeline, config.seed, config.image_size)
        return self._loader(images, batches, self._workers, 0)

    def val_dataloader(self) -> DataLoader[Item]:
        """Batches of samples as they are, always in the same order."""
        # Kept pictures are only stacked: no work for a worker.
        workers = self._workers if self._val.tally.uncached else 0
        rank = self._rank()
        places = range(rank.number, len(self._val), rank.count)
        batches = BatchSampler(places, max(self._config.batch_size, _VALIDATION_BATCH), drop_last=False)
        return self._loader(
            ValidationImages(self._task, self._val, self._config.pipeline), batches, workers, self._workers
        )

    def _rank(self) -> Rank:
        return ALONE if self.trainer is None else Rank(self.trainer.global_rank, self.trainer.world_size)

    def _loader(self, images: Dataset[Item], batches: Any, workers: int, first: int) -> DataLoader[Item]:
        """first: the place of its first worker in `noted`."""
        make = partial(
            DataLoader, images, batch_sampler=batches, collate_fn=partial(collate, self._task), num_workers=workers
        )
        # A generator of its own: the loader draws from it, and torch's own must depend on the batch only.
        return make(
            persistent_workers=workers > 0,
            worker_init_fn=partial(_start_worker, self.noted, first),
            generator=torch.Generator(),
            pin_memory=torch.cuda.is_available(),
        )
