"""What pages see of a run: one reader that all tabs share, and a frozen snapshot for each look."""

import functools
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from operator import is_
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.kept import Kept
from explorer.base.processes import Moment
from explorer.base.task_names import TaskName
from explorer.metrics.table import EVERY, TITLES, Measured
from explorer.runs.overview.measured import of_record
from explorer.runs.record.color_places import Places, color_places
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.events import Event
from explorer.runs.record.history import History, Validated, remaining_s
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.running import Running
from explorer.runs.record.thinning import Steps
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.state.status import RunStatus, State, derive

_MOST_BYTES = 400_000_000  # of the records of all runs in memory, each of which may have many MB
RECORDS: Kept[EpochRecord | None] = Kept(_MOST_BYTES, lambda record: 1000 + (0 if record is None else record.nbytes))


@dataclass(frozen=True)
class EpochPoint:
    """One validated epoch.

    Args:
        epoch: Counts from 0.
        step: Optimizer steps done in the whole run.
        seconds: How long the run had worked, without waiting in the queue.
        train_loss: nan where it is not known.
        noted: Metric -> the value that the trainer recorded. Trainers of older versions know fewer metrics.
        measured: The metrics of the epoch's counts; None where its file cannot be read.
    """

    epoch: int
    train_loss: float
    noted: Mapping[str, float]
    measured: Measured | None
    step: int = 0
    seconds: float = math.nan

    @property
    def number(self) -> int:
        """The epoch as it is shown, from 1."""
        return self.epoch + 1

    def value(self, metric: str) -> float:
        """Return the value that the trainer recorded, else the one from the counts; nan where it is unknown.

        So a new metric has values for older runs, too. What the counts leave undefined is nan: trainers of older
        versions recorded an undefined MCC as 0.
        """
        known = {} if self.measured is None else self.measured.values
        if EVERY[metric].of in ("counts", "pixels") and known.get(metric, 0) is None:
            return math.nan
        if metric in self.noted or self.measured is None:
            return self.noted.get(metric, math.nan)
        found = self.measured.values.get(metric)
        return math.nan if found is None else found


@dataclass(frozen=True, eq=False)
class RunSnapshot:
    """A run at one moment.

    Attributes:
        config: None where run.json cannot be read; `problem` says why.
        classes: Their names, empty until they are known.
        color_places: Where each class stands among the colors of classes; None for a background, which has none.
        epoch: Counts from 0.
        doing: The values of the latest event if it reports a phase; empty otherwise, and when the run is over.
        fraction: The share of all steps that are done, 0 to 1.
        eta_s: Seconds to the end; None when the run is over, and while it is not known.
        images_per_second: nan until it is known.
        running: Counts of the training batches of the latest epoch; None without any, as with mixed images.
        latest: Counts and scores of the latest epoch; None where its file cannot be read.
        epochs: The validated epochs; the same tuple object until an epoch comes or goes.
        revision: Grows with each new record. If it is the same, so are curves and matrix.
    """

    id: str
    config: RunConfig | None
    problem: str
    status: RunStatus
    classes: tuple[str, ...]
    color_places: Places
    phase: str
    doing: Mapping[str, Any]
    epoch: int
    step: int
    total_steps: int
    fraction: float
    eta_s: float | None
    device: str
    precision: str
    images_per_second: float
    start: Event | None
    epochs: tuple[EpochPoint, ...]
    steps: Steps
    running: Running | None
    latest: EpochRecord | None
    latest_epoch: int | None
    damaged_lines: int
    revision: int

    @property
    def task(self) -> TaskName:
        """What the network learns to answer; classification where the config cannot be read."""
        return "classification" if self.config is None else self.config.task

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """(C, C) counts of the latest epoch; rows are the truth."""
        return None if self.latest is None else self.latest.confusion


class RunView:
    """Reads a run, and continues where it stopped. Threads may share it, so that one for each run is enough."""

    def __init__(self, paths: RunPaths) -> None:
        self.paths = paths
        self._lock = threading.Lock()
        self._history = History(paths)
        self._steps = functools.lru_cache(1)(lambda revision: self._history.steps.arrays())
        self._points: dict[tuple[int, int], EpochPoint] = {}
        self._shown: tuple[EpochPoint, ...] = ()  # the same object until an epoch comes or goes
        self._config: RunConfig | None = None
        self._problem = ""

    def refresh(self) -> RunSnapshot:
        """Read what is new, and return the run at this moment."""
        with self._lock:
            self._read_config()
            # The status comes first: then all that an ended run has written can be read.
            status = derive(self.paths)
            self._history.read_on()
            return self._snapshot(status)

    def record(self, epoch: int, *, scores: bool = False) -> EpochRecord | None:
        """Return counts of an epoch that `refresh` has seen; None where its file cannot be read.

        With `scores` it has the logits of each image, where they are stored, and is read from disk on each call.
        """
        with self._lock:
            found = self._history.epochs.get(epoch)
        if found is None:
            return None
        if scores:
            return self._load(found.attempt, epoch, scores=True)
        with self._lock:
            return self._record(found.attempt, epoch)

    def attempt_of(self, epoch: int) -> int | None:
        """Return the attempt whose validation of an epoch counts; None where `refresh` has seen none."""
        found = self._history.epochs.get(epoch)
        return None if found is None else found.attempt

    @property
    def start(self) -> Event | None:
        """The latest "start" event that `refresh` has seen."""
        return self._history.start

    @property
    def config(self) -> RunConfig | None:
        """The config of the run, after `refresh`; None where it cannot be read."""
        return self._config

    def _read_config(self) -> None:
        if self._config is not None:
            return
        try:
            self._config, self._problem = loads(self.paths.config.read_bytes()), ""
        except FileNotFoundError:
            self._problem = "run.json is missing."
        except (ConfigError, OSError) as error:
            self._problem = f"run.json cannot be read: {error}"

    def _snapshot(self, status: RunStatus) -> RunSnapshot:
        history = self._history
        total = history.start.count("total_steps") if history.start else 0
        latest = history.epochs[max(history.epochs)] if history.epochs else None
        points = tuple(self._point(found) for _, found in sorted(history.epochs.items()))
        if len(points) != len(self._shown) or not all(map(is_, points, self._shown)):
            self._shown = points
        names, task = _classes(history.start), "classification" if self._config is None else self._config.task
        return RunSnapshot(
            id=self.paths.id,
            config=self._config,
            problem=self._problem,
            status=status,
            classes=names,
            color_places=color_places(task, names, history.start),
            phase="" if status.over else history.phase,
            doing={} if status.over else history.doing,
            epoch=history.epoch,
            step=history.step,
            total_steps=total,
            fraction=_fraction(status, history.step, total),
            eta_s=remaining_s(history, Moment.now()) if status.state is State.RUNNING else None,
            device=_text(history.start, "device"),
            precision=_text(history.start, "precision"),
            images_per_second=history.images_per_second,
            start=history.start,
            epochs=self._shown,
            steps=self._steps(history.revision),
            running=Running.load(self.paths.running),
            latest=None if latest is None else self._record(latest.attempt, latest.event.epoch),
            latest_epoch=None if latest is None else latest.event.epoch,
            damaged_lines=history.skipped,
            revision=history.revision,
        )

    def _point(self, found: Validated) -> EpochPoint:
        event, key = found.event, (found.attempt, found.event.epoch)
        if key not in self._points:
            record = self._record(*key)
            numbers = {metric: event.number(metric) for metric in TITLES}
            self._points[key] = EpochPoint(
                epoch=event.epoch,
                train_loss=event.number("train_loss"),
                noted={metric: value for metric, value in numbers.items() if math.isfinite(value)},
                measured=of_record(record) if record else None,
                step=event.step,
                seconds=found.seconds,
            )
        return self._points[key]

    def _record(self, attempt: int, epoch: int) -> EpochRecord | None:
        key = ("counts", *version_of(self.paths.epoch(attempt, epoch)))
        return RECORDS.get(key, lambda: self._load(attempt, epoch))

    def _load(self, attempt: int, epoch: int, *, scores: bool = False) -> EpochRecord | None:
        try:
            record = EpochRecord.load(self.paths.epoch(attempt, epoch), scores=scores)
        except EpochRecordError:
            return None  # it was complete before its event, so that trying again changes nothing
        images = self._history.start.count("val_images") if self._history.start else 0
        # Counts of other images than the run has validated with are not its own.
        return None if images and record.pixels is not None and len(record.pixels) != images else record


def version_of(path: Path) -> tuple[object, ...]:
    """Identify a version of a file without reading it, also where there is none."""
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    return str(path), status.st_ino, status.st_mtime_ns, status.st_size


def _classes(start: Event | None) -> tuple[str, ...]:
    names = start.values.get("classes") if start else None
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _text(start: Event | None, name: str) -> str:
    return str(start.values.get(name, "")) if start else ""


def _fraction(status: RunStatus, step: int, total: int) -> float:
    if status.state is State.FINISHED:
        return 1.0
    return min(step / total, 1.0) if total > 0 else 0.0
