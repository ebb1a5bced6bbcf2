"""What pages and commands see of a run: one reader that all tabs share, one frozen snapshot per look."""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.base.processes import Moment
from explorer.metrics.table import METRICS, Measured
from explorer.runs.overview.measured import of_record
from explorer.runs.record import logs
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.events import Event
from explorer.runs.record.history import History, Validated, remaining_s
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.running import Running
from explorer.runs.record.thinning import Steps
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.state.status import RunStatus, State, derive

_RECORDS_KEPT = 4  # epoch files in memory: with the scores of each sample one may be several MB


@dataclass(frozen=True)
class EpochPoint:
    """One validated epoch.

    Args:
        epoch: Counts from 0.
        train_loss: nan where it is not known.
        told: Metric -> the trainer's value, where it has one. A run of before knows fewer metrics.
        measured: The metrics of the epoch's counts; None where its file cannot be read.
    """

    attempt: int
    epoch: int
    step: int
    time: float
    train_loss: float
    duration_s: float
    told: Mapping[str, float]
    measured: Measured | None

    @property
    def number(self) -> int:
        """The epoch as people count, from 1."""
        return self.epoch + 1

    def value(self, metric: str) -> float:
        """A metric of this epoch: the value that the trainer noted, else what the record says; nan where unknown.

        So a metric that is new here is known of older runs, too.
        """
        if metric in self.told or self.measured is None:
            return self.told.get(metric, math.nan)
        found = self.measured.values[metric]
        return math.nan if found is None else found


@dataclass(frozen=True, eq=False)
class RunSnapshot:
    """A run at one moment.

    config: None where run.json cannot be read, and `problem` says why. classes: names, empty until known.
    epoch: from 0. fraction: 0..1 of the steps. eta_s: seconds to the end, None when over or not yet known.
    images_per_second: nan until known. running: counts of the training batches of the epoch that runs, or ran last;
    None where there are none, as with mixed images. latest: counts and scores of the latest epoch that can be read.
    revision: grows with each new record: where it is the same, curves and matrix are the same.
    """

    id: str
    config: RunConfig | None
    problem: str
    status: RunStatus
    attempt: int
    classes: tuple[str, ...]
    phase: str
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
    def confusion(self) -> NDArray[np.int64] | None:
        """(C, C) counts of the latest epoch, rows are the truth."""
        return None if self.latest is None else self.latest.confusion


class RunView:
    """Reads a run and reads on from where it was. Threads may share it: one per run is enough."""

    def __init__(self, paths: RunPaths) -> None:
        self.paths = paths
        self._lock = threading.Lock()
        self._history = History(paths)
        self._records: OrderedDict[tuple[int, int], EpochRecord | None] = OrderedDict()
        self._points: dict[tuple[int, int], EpochPoint] = {}
        self._config: RunConfig | None = None
        self._problem = ""
        self._steps = self._history.steps.arrays()
        self._steps_revision = 0

    def refresh(self) -> RunSnapshot:
        """Take in what is new and tell how things stand."""
        with self._lock:
            self._read_config()
            # The status first: what an ended run wrote is then all there to be read.
            status = derive(self.paths)
            self._history.read_on()
            return self._snapshot(status)

    def record(self, epoch: int) -> EpochRecord | None:
        """Counts and scores of an epoch that `refresh` has seen; None where its file cannot be read."""
        with self._lock:
            found = self._history.epochs.get(epoch)
            return None if found is None else self._record(found)

    def log_tail(self, lines: int = 200) -> str:
        """The last lines of the log; a progress bar's overwritten versions are left out."""
        return logs.tail(self.paths.log, lines)

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
        latest_epoch = max(history.epochs, default=None)
        points = tuple(self._point(found) for _, found in sorted(history.epochs.items()))
        return RunSnapshot(
            id=self.paths.id,
            config=self._config,
            problem=self._problem,
            status=status,
            attempt=history.attempt,
            classes=_classes(history.start),
            phase="" if status.over else history.phase,
            epoch=history.epoch,
            step=history.step,
            total_steps=total,
            fraction=_fraction(status, history.step, total),
            eta_s=self._eta(status),
            device=_text(history.start, "device"),
            precision=_text(history.start, "precision"),
            images_per_second=history.images_per_second,
            start=history.start,
            epochs=points,
            steps=self._step_arrays(),
            running=Running.load(self.paths.running),
            latest=None if latest_epoch is None else self._record(history.epochs[latest_epoch]),
            latest_epoch=latest_epoch,
            damaged_lines=history.skipped,
            revision=history.revision,
        )

    def _eta(self, status: RunStatus) -> float | None:
        last = self._history.last
        if last is None or status.state is not State.RUNNING:
            return None
        return remaining_s(self._history, max(Moment.now().since(last.time, last.mono, last.boot), 0.0))

    def _step_arrays(self) -> Steps:
        history = self._history
        if self._steps_revision != history.revision:
            self._steps = history.steps.arrays()
            self._steps_revision = history.revision
        return self._steps

    def _point(self, found: Validated) -> EpochPoint:
        event, key = found.event, (found.attempt, found.event.epoch)
        if key not in self._points:
            record = self._record(found)
            numbers = {metric: event.number(metric) for metric in METRICS}
            self._points[key] = EpochPoint(
                attempt=found.attempt,
                epoch=event.epoch,
                step=event.step,
                time=event.time,
                train_loss=event.number("train_loss"),
                duration_s=event.number("duration_s"),
                told={metric: value for metric, value in numbers.items() if math.isfinite(value)},
                measured=of_record(record) if record else None,
            )
        return self._points[key]

    def _record(self, found: Validated) -> EpochRecord | None:
        key = (found.attempt, found.event.epoch)
        if key not in self._records:
            try:
                self._records[key] = EpochRecord.load(self.paths.epoch(*key), scores=False)
            except EpochRecordError:
                self._records[key] = None  # it was complete before its event: trying again changes nothing
            while len(self._records) > _RECORDS_KEPT:
                self._records.popitem(last=False)
        self._records.move_to_end(key)
        return self._records[key]


def _classes(start: Event | None) -> tuple[str, ...]:
    names = start.values.get("classes") if start else None
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _text(start: Event | None, name: str) -> str:
    return str(start.values.get(name, "")) if start else ""


def _fraction(status: RunStatus, step: int, total: int) -> float:
    if status.state is State.FINISHED:
        return 1.0
    return min(step / total, 1.0) if total > 0 else 0.0
