"""The records of all attempts of a run, joined into one history without gaps and duplicates."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from explorer.base.processes import Moment
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.record.thinning import StepSeries

_RECENT = 60  # step times that the estimate is made from, about a minute
VALIDATION_SHARE = 0.4  # the share of a training image's time, until the first validation was measured


@dataclass(frozen=True)
class Validated:
    """An "epoch" event, the attempt it came from, and how long the run had worked then, in seconds."""

    attempt: int
    event: Event
    seconds: float


class History:
    """Reads events-<attempt>.jsonl in order, and continues where it stopped. Several threads must not share it.

    Attributes:
        steps: The series of steps, thinned out where it is long.
        epochs: All validated epochs by number, ascending.
        start: The latest "start" event.
        last: The latest event.
        epoch, step: How far the work is. A resumed attempt that is still starting leaves them unchanged.
        times: How long steps and validations take.
        revision: Grows with each record, so that an unchanged figure need not be drawn again.
    """

    def __init__(self, paths: RunPaths) -> None:
        self._paths = paths
        self._readers: dict[int, EventReader] = {}
        self._begun: set[int] = set()
        self.steps = StepSeries()
        self.epochs: dict[int, Validated] = {}
        self.start: Event | None = None
        self.last: Event | None = None
        self.epoch, self.step = 0, 0
        self.images_per_second = math.nan
        self.times = StepTimes()
        self._clock = WorkClock()
        self.revision = 0

    @property
    def skipped(self) -> int:
        """How many damaged lines were found so far."""
        return sum(reader.skipped for reader in self._readers.values())

    @property
    def attempt(self) -> int:
        """The latest attempt; 0 before the first."""
        return max(self._readers, default=0)

    @property
    def phase(self) -> str:
        """What the trainer is doing, one of those in `texts.Runs.PHASES`; empty before the first check-in."""
        if self.last is None:
            return ""
        if self.last.kind == "phase":
            return str(self.last.values.get("phase", ""))
        return {"step": "training", "start": "building model", "epoch": "saving"}.get(self.last.kind, "")

    @property
    def doing(self) -> Mapping[str, Any]:
        """The values of the latest event if it reports a phase, such as how far it is; else empty."""
        return self.last.values if self.last is not None and self.last.kind == "phase" else {}

    def read_on(self) -> None:
        """Read the records that came since the last call."""
        for attempt in self._paths.attempts():
            reader = self._readers.setdefault(attempt, EventReader(self._paths.events(attempt), self.steps.picks))
            # An attempt that a later one has continued has ended, so that nothing new can come from it.
            if any(later > attempt for later in self._begun):
                continue
            for event in reader.read():
                self._take(attempt, event)

    def _take(self, attempt: int, event: Event) -> None:
        self.revision += 1
        self._join(attempt, event)
        self.last = event
        self.times.take(event)
        seconds = self._clock.read(attempt, event)
        if event.kind in ("step", "epoch") or event.values.get("phase") in (
            "training",
            "validating",
            "saving",
        ):
            self.epoch, self.step = event.epoch, event.step
        if event.kind == "start":
            self.start = event
        elif event.kind == "step":
            self.steps.add(event, seconds)
            self.images_per_second = event.number("images_per_second")
        elif event.kind == "epoch":
            self.epochs[event.epoch] = Validated(attempt, event, seconds)

    def _join(self, attempt: int, event: Event) -> None:
        """Drop what earlier attempts did after the point that this attempt continues from."""
        resumed = event.values.get("resumed_from_step")
        if attempt in self._begun or (resumed is None and event.kind not in ("step", "epoch")):
            return
        self._begun.add(attempt)
        self.times = StepTimes()
        # An attempt that works and has not reported a step to resume from has started from the beginning.
        kept = int(resumed) if isinstance(resumed, int | float) else -1
        self.steps.drop_after(kept)
        self.epochs = {epoch: found for epoch, found in self.epochs.items() if found.event.step <= kept}
        self.epoch, self.step = event.epoch, max(kept, 0)


class WorkClock:
    """How long a run has worked: the time within its attempts, without waiting in the queue or between two attempts."""

    def __init__(self) -> None:
        self._attempt = 0
        self._first: Moment | None = None
        self._before = self._now = 0.0

    def read(self, attempt: int, event: Event) -> float:
        """Return the seconds that the run had worked when the event was written. Events come in their order."""
        if attempt != self._attempt or self._first is None:
            self._attempt, self._first, self._before = attempt, event.moment, self._now
        # A clock that was set back does not turn the curve back.
        self._now = max(self._now, self._before + event.moment.since(self._first))
        return self._now


class StepTimes:
    """How long a step and a validation take, measured within one attempt on the monotonic clock."""

    def __init__(self) -> None:
        self._previous: Event | None = None
        self._validating: Event | None = None
        self._step_s: list[float] = []
        self._validation_s: list[float] = []

    def take(self, event: Event) -> None:
        """Measure the time from the event before to this one."""
        before = self._previous
        if event.kind == "step":
            if before and _is_next_step(before, event):
                taken = (event.mono - before.mono) / (event.step - before.step)
                self._step_s = [*self._step_s[1 - _RECENT :], taken]
            if self._validating and self._validating.boot == event.boot:
                # From the start of a validation to the first step after it, so that saving is included.
                self._validation_s = [*self._validation_s[-4:], event.mono - self._validating.mono]
            self._validating = None
        elif event.values.get("phase") == "validating":
            self._validating = event
        self._previous = event

    def step_s(self) -> float | None:
        """Return the recent seconds per step; None before two steps were seen."""
        return median(self._step_s) if self._step_s else None

    def validation_s(self, guess: float) -> float:
        """Return the seconds per validation including saving; `guess` before the first."""
        return median(self._validation_s) if self._validation_s else guess


def _is_next_step(before: Event, event: Event) -> bool:
    # Only some steps of a long history are decoded, so that a validation may be between two of them.
    follows = before.kind == "step" and event.seq == before.seq + 1
    return follows and before.boot == event.boot and event.step > before.step


def remaining_s(history: History, now: Moment) -> float | None:
    """Estimate the seconds to the end from measured step and validation times; None while nothing was measured."""
    start, last, step_s = history.start, history.last, history.times.step_s()
    if start is None or last is None or step_s is None:
        return None
    total, per_epoch, epochs = (start.number(name) for name in ("total_steps", "steps_per_epoch", "epochs"))
    if not all(map(math.isfinite, (total, per_epoch, epochs))):
        return None
    share = start.number("val_images") / max(start.number("train_images"), 1)
    guess = VALIDATION_SHARE * per_epoch * step_s * (share if math.isfinite(share) else 0)
    validations = max(epochs - 1 - max(history.epochs, default=-1), 0)
    work = max(total - history.step, 0) * step_s + validations * history.times.validation_s(guess)
    return max(work - max(now.since(last.moment), 0.0), 0.0)
