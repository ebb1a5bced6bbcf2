"""Opening a run's data set: the range of its values is decided once, and damaged images are reported all at once."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from explorer.data.dataset import Dataset
from explorer.data.files import files_of
from explorer.data.images import ImageError
from explorer.data.inspection import Looking, damage, inspect
from explorer.runs.record.depths import recorded_depth
from explorer.runs.spec.config import RunConfig
from explorer.training import identity
from explorer.training.attempt import Attempt

_EVERY_S = 1.0
_PROMISE_S = 60.0

Result = TypeVar("Result")


def opened(attempt: Attempt, config: RunConfig, threads: int) -> Dataset:
    """The data set of a run, every file of it looked at; a resume keeps the range of values of the first attempt.

    Where images are decoded in each epoch, all of them are decoded once here: a damaged one would else end the run
    whenever its turn comes.

    Raises:
        StopRun: the run was asked to stop meanwhile.
        DatasetError: the folder is not laid out as a data set.
        ImageError: images cannot be read; the message names them.
    """
    spec = config.dataset
    if spec.needs_range:
        spec = spec.with_range(recorded_depth(identity.first(attempt.paths, attempt.number)))
    progress = _Progress(attempt)
    looking = Looking(exact=True, thorough=config.cache_size == 0, report=progress.report, threads=threads)
    dataset = spec.open(looking)
    if dataset.inspection is not None and dataset.inspection.damaged:
        raise ImageError(_all_damage(dataset, looking, dataset.inspection.damaged))
    return dataset


def with_all_damage(attempt: Attempt, dataset: Dataset, threads: int, work: Callable[[], Result]) -> Result:
    """What `work` gives. Where it meets a damaged image, all others are looked for, too, before that is said."""
    try:
        return work()
    except ImageError as error:
        looking = Looking(report=_Progress(attempt).report, threads=threads)
        raise ImageError(_all_damage(dataset, looking, [str(error)])) from error


def _all_damage(dataset: Dataset, looking: Looking, known: Sequence[str]) -> str:
    thorough = Looking(exact=True, thorough=True, report=looking.report, threads=looking.threads)
    return damage(inspect(files_of(dataset), thorough).damaged or known)


class _Progress:
    """Checks in while files are looked at, and looks whether to stop."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._told = time.monotonic()

    def report(self, done: int, total: int) -> None:
        """`done` of `total` files were looked at. Raises StopRun."""
        self._attempt.stop.check("stopped_looking")
        now = time.monotonic()
        if now - self._told >= _EVERY_S:
            self._told = now
            self._attempt.writer.write("phase", promise_s=_PROMISE_S, phase="reading data", done=done, total=total)
