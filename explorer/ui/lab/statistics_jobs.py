"""Measurements that are under way or done. All sessions of the server share them, and a file keeps each result."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from explorer.augment.draws import counts
from explorer.augment.draws.counts import DrawCounts
from explorer.augment.pipeline import Pipeline
from explorer.draw.measuring import Measuring
from explorer.draw.pictures import Subject
from explorer.draw.pool import pool
from explorer.ui.background.jobs import Jobs
from explorer.ui.keeping.places import statistics_folder
from explorer.ui.session.uploads import Stamp, stamp


@dataclass(frozen=True, eq=False)
class Request:
    """A pipeline, the pictures to measure it on, the first seed and the number of draws."""

    subjects: tuple[Subject, ...]
    pictures: tuple[str, ...]
    pipeline: Pipeline
    seed: int
    total: int

    @cached_property
    def key(self) -> str:
        """The key of the measurement and of its result."""
        return counts.key(self.pictures, self.pipeline, self.seed, self.total)


JOBS: Jobs[Measuring] = Jobs()
_written: dict[str, str] = {}  # key of a result -> why it could not be written, or ""


def start(request: Request) -> None:
    """Start a measurement, unless the same one is under way."""

    def begin() -> Measuring:
        _written.pop(request.key, None)
        return Measuring(pool(), request.subjects, request.pipeline, request.seed, request.total, request.key)

    JOBS.start(request.key, begin)


def result(key: str) -> DrawCounts | None:
    """Return the counts if all draws were measured, by this server or an earlier one."""
    complete = {name: job.tally for name, job in JOBS.all().items() if job.complete and not job.running}
    for name in complete.keys() - _written.keys():
        _written[name] = _write(name, complete[name])
    return complete.get(key) or _read(key, stamp(statistics_folder() / f"{key}.json"))


def not_kept(key: str) -> str:
    """Return why a result is in memory only; "" if it was written."""
    return _written.get(key, "")


def _write(key: str, tally: DrawCounts) -> str:
    try:
        counts.keep(statistics_folder(), key, tally)
    except OSError as error:
        return error.strerror or str(error)
    return ""


@lru_cache(maxsize=16)
def _read(key: str, written: Stamp) -> DrawCounts | None:
    return None if written is None else counts.load(statistics_folder(), key)
