"""Reading a run's data before its first step."""

import time
from dataclasses import replace

from explorer.data.cache.cache import Tally
from explorer.data.cache.limits import CacheSettingError, Limits, limits
from explorer.data.dataset import Dataset
from explorer.data.fit import square
from explorer.runs.machine.capacity import in_words, memory
from explorer.runs.spec.config import RunConfig, check_with_dataset
from explorer.training import trial
from explorer.training.attempt import Attempt
from explorer.training.opening import opened, with_all_damage
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError

_EVERY_S = 1.0
_PROMISE_S = 60.0
_PROBED = 4


def read(attempt: Attempt, config: RunConfig, threads: int) -> tuple[Dataset, Prepared, Prepared]:
    """The data set of a run, with its two splits ready to be trained on; reports progress and looks for a stop.

    The data set's notes say what kept its images from being cached.
    Raises StopRun, ConfigError, DatasetError, ImageError, AugmentError, TrainingError.
    """
    attempt.writer.write("phase", promise_s=_PROMISE_S, phase="reading data")
    dataset = opened(attempt, config, threads)
    return with_all_damage(attempt, dataset, threads, lambda: _read(attempt, config, dataset, threads))


def _read(attempt: Attempt, config: RunConfig, dataset: Dataset, threads: int) -> tuple[Dataset, Prepared, Prepared]:
    sizes = len(dataset.train), len(dataset.val)
    check_with_dataset(
        config,
        train_images=sizes[0],
        val_images=sizes[1],
        num_classes=len(dataset.classes),
        name=dataset.name,
        class_counts=dataset.train.counts(len(dataset.classes)).tolist(),
    )
    kept, words, room = config.kept, config.dataset.model_dump_json(exclude={"links"}), _room(config)
    train = Prepared(dataset.train, kept, keep=kept is not None, limits=room, words=words)
    # Before all images are read: a pipeline that cannot work should say so at once.
    samples = [train.sample(index) for index in range(min(_PROBED, sizes[0]))]
    progress = _Reading(attempt, sum(sizes))
    trial.check(config, samples, lambda: progress.report(0))
    train.read(threads, progress.report)
    room = replace(room, memory=room.memory - train.tally.held)
    val = Prepared(dataset.val, square(config.image_size), keep=kept is not None, limits=room, words=words)
    val.read(threads, lambda done: progress.report(sizes[0] + done))
    return replace(dataset, notes=(*dataset.notes, *troubles(train.tally, val.tally))), train, val


def _room(config: RunConfig) -> Limits:
    try:
        found = limits(memory().available)
    except CacheSettingError as error:
        raise TrainingError(str(error)) from error
    # Each GPU has a process of its own, which holds images of its own.
    return replace(found, memory=found.memory // max(1, len(config.gpus)))


def cache_notes(train: Tally, val: Tally) -> list[str]:
    """Where the images are, in sentences."""
    both = train, val
    images, again, decoded = (sum(getattr(one, name) for one in both) for name in ("images", "uncached", "decoded"))
    held, in_memory, in_files = (sum(getattr(one, name) for one in both) for name in ("held", "in_memory", "in_files"))
    places = [f"{in_memory} images in memory ({in_words(held)})"] if in_memory else []
    places += [f"{in_files} images on the disk"] if in_files else []
    cached = f"Cached {' and '.join(places)}. {decoded} of {images} were decoded for this run."
    rest = f"{again} of {images} images are not cached: they are decoded again in each epoch."
    return [*([cached] if places else []), *([rest] if again else [])]


def troubles(train: Tally, val: Tally) -> list[str]:
    """What kept images from being cached as they should be, in sentences."""
    return sorted({f"{one.trouble}." for one in (train, val) if one.trouble})


class _Reading:
    """Checks in while images are read, and looks whether to stop."""

    def __init__(self, attempt: Attempt, total: int) -> None:
        self._attempt = attempt
        self._total = total
        self._told = time.monotonic()

    def report(self, done: int) -> None:
        """`done` images are read. Raises StopRun."""
        self._attempt.stop.check("stopped_reading")
        now = time.monotonic()
        if now - self._told >= _EVERY_S:
            self._told = now
            self._attempt.writer.write(
                "phase", promise_s=_PROMISE_S, phase="reading data", done=done, total=self._total
            )
