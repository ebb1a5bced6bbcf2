"""Opening and reading a run's data before its first step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.data.cache.cache import Tally
from explorer.data.cache.limits import CacheSettingError, Limits, limits
from explorer.data.dataset import Dataset
from explorer.data.files import files_of
from explorer.data.inspection import Looking, damage, inspect
from explorer.data.stored import ImageError
from explorer.runs.machine.capacity import memory
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.reasons import Why, joined, reason
from explorer.runs.spec.config import RunConfig, check_with_dataset
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.training import identity, trial
from explorer.training.attempt import Attempt
from explorer.training.class_counts import counts_of
from explorer.training.losses import ClassCounts
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of

_PHASE = "reading data"
_PROBED = 4  # images that the pipeline is tried on


@dataclass(frozen=True)
class Data:
    """A data set and its two splits, ready to be trained on. ranks: processes that share the training images."""

    dataset: Dataset
    train: Prepared
    val: Prepared
    ranks: int = 1

    def counts(self, config: RunConfig) -> ClassCounts:
        """(C,) training images of each class, or pixels of each class in their masks. Raises ConfigError."""
        classes, everything = self.dataset.classes, self.dataset.train
        if everything.masks is None:
            return counts_of(config, everything, classes, self.train.sample)
        is_whole = len(self.train) == len(everything)  # a quick check looks at a few images
        return counts_of(config, self.train.split, classes, self.train.sample, is_whole=is_whole)

    def steps(self, config: RunConfig) -> int:
        """Optimizer steps in an epoch."""
        return steps_per_epoch(config, len(self.dataset.train) // self.ranks)


def read(attempt: Attempt, config: RunConfig, threads: int, ranks: int = 1) -> Data:
    """Open and read the data set of a run, and try its pipeline; reports progress.

    The notes of the data set say what kept its images from being cached. If an image is damaged, all others are
    looked at before the error is raised, so that it names all damaged ones.

    Raises:
        StopRun: The run was asked to stop.
        ConfigError: The config does not fit the data set.
        DatasetError: The folder is not laid out as a data set.
        ImageError: Images cannot be read; the message names them.
        AugmentError: A step of the pipeline fails.
        TrainingError: The pipeline cannot be tried, or a setting of the cache is wrong.
    """
    attempt.phase(_PHASE)
    dataset = opened(attempt, config, threads)
    try:
        return _read(attempt, config, dataset, threads, ranks)
    except ImageError as error:
        raise _all_damage(dataset, _looking(attempt, threads, thorough=True), [str(error)]) from error


def opened(attempt: Attempt, config: RunConfig, threads: int) -> Dataset:
    """Open the data set and look at each of its files; a resumed run keeps the range of values of its first attempt.

    Where images are decoded in each epoch, all are decoded once here: a damaged one would otherwise end the run in
    the middle of an epoch. Raises StopRun, DatasetError and ImageError as `read` does.
    """
    spec = config.dataset
    if spec.needs_range:
        spec = spec.with_range(recorded_depth(identity.first(attempt.paths, attempt.number)))
    looking = _looking(attempt, threads, thorough=config.cache_size == 0)
    dataset = spec.open(looking)
    if dataset.inspection is not None and dataset.inspection.damaged:
        raise _all_damage(dataset, looking, dataset.inspection.damaged)
    return dataset


def _looking(attempt: Attempt, threads: int, *, thorough: bool) -> Looking:
    report = attempt.reporter(_PHASE, "stopped_looking")
    return Looking(exact=True, thorough=thorough, report=report, threads=threads)


def _all_damage(dataset: Dataset, looking: Looking, known: Sequence[str]) -> ImageError:
    found = inspect(files_of(dataset), replace(looking, thorough=True)).damaged
    return ImageError(damage(found or known))


def _read(attempt: Attempt, config: RunConfig, dataset: Dataset, threads: int, ranks: int) -> Data:
    check_with_dataset(config, **dataset.counted)
    images, total = len(dataset.train), len(dataset.train) + len(dataset.val)
    kept, left = config.kept, room(config)
    words = config.dataset.model_dump_json(exclude={"links", "drawn", "set_aside"})
    train = Prepared(dataset.train, kept, keep=kept is not None, limits=left, words=words)
    report = attempt.reporter(_PHASE, "stopped_reading")
    # Before all images are read: a pipeline that cannot work should say so at once.
    samples = [train.sample(index) for index in range(min(_PROBED, images))]
    trial.check(config, samples, lambda: report(0, total))
    train.read(threads, lambda done: report(done, total))
    left = replace(left, memory=left.memory - train.tally.held)
    val = Prepared(dataset.val, task_of(config).fit(config), keep=kept is not None, limits=left, words=words)
    val.read(threads, lambda done: report(images + done, total))
    return Data(replace(dataset, notes=(*dataset.notes, *troubles(train.tally, val.tally))), train, val, ranks)


def room(config: RunConfig) -> Limits:
    """Return how many bytes the kept images of a run may take. Raises TrainingError for a wrong setting."""
    try:
        found = limits(memory().available)
    except CacheSettingError as error:
        raise TrainingError(str(error)) from error
    # Each GPU has a process of its own, which holds images of its own.
    return replace(found, memory=found.memory // max(1, len(config.gpus)))


def cache_notes(train: Tally, val: Tally) -> list[Why]:
    """Where the images of both splits are kept."""

    def both(name: str) -> int:
        return sum(getattr(one, name) for one in (train, val))

    images, in_memory, in_files, again = map(both, ("images", "in_memory", "in_files", "uncached"))
    notes: list[Why] = []
    if in_memory or in_files:
        if in_memory and in_files:
            cached = reason("cached_in_both", images=in_memory, bytes=both("held"), files=in_files)
        elif in_memory:
            cached = reason("cached_in_memory", images=in_memory, bytes=both("held"))
        else:
            cached = reason("cached_on_disk", images=in_files)
        notes.append(joined(cached, reason("decoded", decoded=both("decoded"), images=images)))
    return [*notes, *([reason("not_cached", images=again, all=images)] if again else [])]


def troubles(train: Tally, val: Tally) -> list[str]:
    """What kept images from being cached as they should be, in sentences."""
    return sorted({f"{one.trouble}." for one in (train, val) if one.trouble})
