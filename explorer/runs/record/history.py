"""The records of all attempts of a run joined into one history, without gaps and without doubles."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.record.thinning import StepSeries

_RECENT = 60  # step times that the estimate is made from: about a minute
VALIDATION_SHARE = 0.4  # of a training image's time, until the first validation has been measured


@dataclass(frozen=True)
class Validated:
    """An "epoch" event and the attempt it came from."""

    attempt: int
    event: Event


class History:
    """Reads events-<attempt>.jsonl in order, and reads on where it was. Not for several threads at once.

    steps: their series, thinned out where it is long. epochs: by epoch, ascending, all of them.
    start, last: the latest such event.
    epoch, step: how far the work is; a resumed attempt that is still starting leaves them as they were.
    revision: grows with each record, so that an unchanged figure need not be drawn again.
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
        self.revision = 0

    @property
    def skipped(self) -> int:
        """Damaged lines met so far."""
        return sum(reader.skipped for reader in self._readers.values())

    @property
    def attempt(self) -> int:
        """The latest attempt; 0 before the first."""
        return max(self._readers, default=0)

    @property
    def phase(self) -> str:
        """What it is doing, one of events.PHASES; empty before the first check-in."""
        if self.last is None:
            return ""
        if self.last.kind == "phase":
            return str(self.last.values.get("phase", ""))
        return {"step": "training", "start": "building model", "epoch": "saving"}.get(self.last.kind, "")

    def read_on(self) -> None:
        """Take in what came since the last call."""
        for attempt in self._paths.attempts():
            reader = self._readers.setdefault(attempt, EventReader(self._paths.events(attempt), self.steps.picks))
            # An attempt that a later one has joined on to has ended: nothing new can come from it.
            if any(later > attempt for later in self._begun):
                continue
            for event in reader.read():
                self._take(attempt, event)

    def _take(self, attempt: int, event: Event) -> None:
        self.revision += 1
        self._join(attempt, event)
        self.last = event
        self.times.take(event)
        if event.kind in ("step", "epoch") or event.values.get("phase") in (
            "training",
            "validating",
            "saving",
        ):
            self.epoch, self.step = event.epoch, event.step
        if event.kind == "start":
            self.start = event
        elif event.kind == "step":
            self.steps.add(event)
            self.images_per_second = event.number("images_per_second")
        elif event.kind == "epoch":
            self.epochs[event.epoch] = Validated(attempt, event)

    def _join(self, attempt: int, event: Event) -> None:
        """Drop what earlier attempts did after the point that this one goes on from."""
        resumed = event.values.get("resumed_from_step")
        if attempt in self._begun or (resumed is None and event.kind not in ("step", "epoch")):
            return
        self._begun.add(attempt)
        self.times = StepTimes()
        # One that works and has not said where it goes on from began again.
        kept = int(resumed) if isinstance(resumed, int | float) else -1
        self.steps.drop_after(kept)
        self.epochs = {epoch: found for epoch, found in self.epochs.items() if found.event.step <= kept}
        self.epoch, self.step = event.epoch, max(kept, 0)


class StepTimes:
    """How long a step and a validation take, measured within one attempt on the monotonic clock."""

    def __init__(self) -> None:
        self._previous: Event | None = None
        self._validating: Event | None = None
        self._step_s: list[float] = []
        self._validation_s: list[float] = []

    def take(self, event: Event) -> None:
        """Measure the way from the event before to this one."""
        before = self._previous
        if event.kind == "step":
            if before and _is_next_step(before, event):
                taken = (event.mono - before.mono) / (event.step - before.step)
                self._step_s = [*self._step_s[1 - _RECENT :], taken]
            if self._validating and self._validating.boot == event.boot:
                # From the start of a validation to the first step after it: saving is part of it.
                self._validation_s = [*self._validation_s[-4:], event.mono - self._validating.mono]
            self._validating = None
        elif event.values.get("phase") == "validating":
            self._validating = event
        self._previous = event

    def step_s(self) -> float | None:
        """Seconds per step of late; None before two steps were seen."""
        return median(self._step_s) if self._step_s else None

    def validation_s(self, guess: float) -> float:
        """Seconds per validation with its saving; `guess` before the first."""
        return median(self._validation_s) if self._validation_s else guess


def _is_next_step(before: Event, event: Event) -> bool:
    # Of a long history only some steps are decoded: what lies between two of these may be a validation.
    follows = before.kind == "step" and event.seq == before.seq + 1
    return follows and before.boot == event.boot and event.step > before.step


def remaining_s(history: History, age_s: float) -> float | None:
    """Seconds to the end by measured step and validation times; None while there is nothing to go by.

    age_s: how long ago the last record came.
    """
    start, last, step_s = history.start, history.last, history.times.step_s()
    if start is None or last is None or step_s is None:
        return None
    total, per_epoch, epochs = (start.number(name) for name in ("total_steps", "steps_per_epoch", "epochs"))
    if not all(map(math.isfinite, (total, per_epoch, epochs))):
        return None
    share = start.number("val_images") / max(start.number("train_images"), 1)
    guess = VALIDATION_SHARE * per_epoch * step_s * (share if math.isfinite(share) else 0)
    validations = max(epochs - _validated(history.epochs), 0)
    work = max(total - history.step, 0) * step_s + validations * history.times.validation_s(guess)
    return max(work - age_s, 0.0)


def _validated(epochs: Iterable[int]) -> int:
    return max(epochs, default=-1) + 1
