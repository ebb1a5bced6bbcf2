"""Batches for training and validation. The content of a batch depends on seed, epoch and place only."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import cv2
import pytorch_lightning as pl
import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, Sampler

from explorer.augment.apply import AugmentError
from explorer.augment.observe import between_images
from explorer.augment.order import permutation
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import leaves_one_out, validation_batch
from explorer.training.batch import Item, collate
from explorer.training.claim import watch_from_worker
from explorer.training.noted_steps import NotedSteps, transforms_of
from explorer.training.prepared import Prepared
from explorer.training.ranks import ALONE, Rank
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Task

Place = tuple[int | None, int]  # epoch, or None for a sample without augmentation; index in the split


class EpochSampler(Sampler[Any]):
    """The places of the training images, in another order for each epoch.

    The epoch is part of a place: persistent loader workers have copies of the data set, which `set_epoch` would not
    reach.
    """

    def __init__(self, size: int, seed: int, rank: Rank = ALONE) -> None:
        self._size = size
        self._seed = seed
        self._rank = rank
        self._epoch = 0
        self._skip: tuple[int, int] = (-1, 0)

    def skip(self, epoch: int, images: int) -> None:
        """Leave out the first images of one epoch, which a run that is resumed in the middle of it has seen."""
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


class Samples(Dataset[Item]):
    """The samples of a split as the network sees them, by place.

    Without an epoch they are not augmented, except by a step of the pipeline that only scales their values.
    """

    def __init__(self, task: Task, prepared: Prepared, config: RunConfig) -> None:
        self._task = task
        self._prepared = prepared
        self._config = config

    def __getitem__(self, place: Place) -> Item:
        """Raises TrainingError, which keeps its message on the way out of a loader worker, unlike other errors."""
        epoch, index = place
        split = self._prepared.split
        try:
            sample = self._prepared.sample(index)
            pixels, target = self._task.item(sample, split, self._config, epoch, index)
        except (AugmentError, ImageError, SampleError) as error:
            said = str(error) if epoch is None else f"{split.ids[index]}: {error}"
            raise TrainingError(" ".join(said.split())) from error
        finally:
            between_images()
        return pixels, target, index


def start_worker(noted: NotedSteps, first: int, number: int) -> None:
    """Prepare a loader worker. first: the place of the first worker in `noted`; number: of this worker, from 0."""
    noted.note_steps_of(first + number)
    # Each worker has one thread: several would only take the cores from each other.
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    watch_from_worker()


class Images(pl.LightningDataModule):
    """The loaders of a run. noted: the step that each of their workers is in."""

    def __init__(self, config: RunConfig, train: Prepared, val: Prepared, workers: int) -> None:
        super().__init__()
        self._config = config
        self._task = task_of(config)
        self._train = train
        self._val = val
        self._workers = workers
        self.noted = NotedSteps(transforms_of(config.pipeline), count=2 * workers)  # for training and validation

    def train_dataloader(self) -> DataLoader[Item]:
        """Batches of augmented samples; Lightning sets the epoch of their sampler."""
        config, rank = self._config, self._rank()
        sampler = EpochSampler(len(self._train), config.seed, rank)
        if self.trainer is not None:
            # After a resume, Lightning makes the first iterator before it sets the epoch.
            loop: Any = self.trainer.fit_loop
            epochs = loop.epoch_progress.current
            sampler.set_epoch(epochs.processed)
            if epochs.ready > epochs.processed:
                sampler.skip(epochs.processed, loop.epoch_loop.batch_progress.current.ready * config.batch_size)
        batches = BatchSampler(sampler, config.batch_size, drop_last=leaves_one_out(len(sampler), config.batch_size))
        return self._loader(self._train, batches, self._workers, 0)

    def val_dataloader(self) -> DataLoader[Item]:
        """Batches of samples that are not augmented, in the order of the split."""
        # Samples that are kept are only stacked, which is not worth a worker.
        workers = self._workers if self._val.tally.uncached else 0
        rank = self._rank()
        places: Any = [(None, index) for index in range(rank.number, len(self._val), rank.count)]
        usual = validation_batch(self._config.batch_size, self._config.task)
        batches = BatchSampler(places, self._task.together(self._config) or usual, drop_last=False)
        return self._loader(self._val, batches, workers, self._workers)

    def _rank(self) -> Rank:
        return ALONE if self.trainer is None else Rank(self.trainer.global_rank, self.trainer.world_size)

    def _loader(self, prepared: Prepared, batches: Any, workers: int, first: int) -> DataLoader[Item]:
        """Make a loader. first: the place of its first worker in `noted`."""
        # It gets a generator of its own to draw from: torch's global one must depend on the batch only.
        return DataLoader(
            Samples(self._task, prepared, self._config),
            batch_sampler=batches,
            collate_fn=partial(collate, self._task),
            num_workers=workers,
            persistent_workers=workers > 0,
            worker_init_fn=partial(start_worker, self.noted, first),
            generator=torch.Generator(),
            pin_memory=torch.cuda.is_available(),
        )
