"""One attempt of a run: its folder, its number, and what it has reached so far."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, reason
from explorer.training.ranks import SilentWriter
from explorer.training.stopping import StopRequest

PROMISE_S = 60.0  # until the next event, wherever nothing better is known
_REPORT_EVERY_S = 1.0


class Throttle:
    """Lets reports through once a second at most. at_once: Whether the first one is let through immediately."""

    def __init__(self, at_once: bool = True) -> None:
        self._last = time.monotonic() - (_REPORT_EVERY_S if at_once else 0.0)

    def due(self) -> bool:
        """Whether to report now; if so, the next report is due a second later."""
        now = time.monotonic()
        if now - self._last < _REPORT_EVERY_S:
            return False
        self._last = now
        return True


@dataclass
class Progress:
    """What the outcome says, also that of a run that fails or is stopped.

    Attributes:
        best: Values of the best epoch so far, with its number `epoch`, from 0.
        epochs: Epochs validated so far.
        epoch: The current epoch, from 0.
        step: Optimizer steps made so far.
        saved: The step of the latest checkpoint; None before the first.
    """

    best: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    saved: int | None = None

    @property
    def kept(self) -> Why:
        """What is saved of a run that ends early; empty before its first step."""
        if self.saved is not None:
            return reason("saved_step", step=self.saved)
        return reason("saved_nothing") if self.step else ""


@dataclass(frozen=True)
class Attempt:
    """What all parts of the trainer share."""

    paths: RunPaths
    number: int
    writer: EventWriter | SilentWriter
    stop: StopRequest
    progress: Progress = field(default_factory=Progress)

    @property
    def leads(self) -> bool:
        """Whether this process writes into the run's folder; the other ranks do not."""
        return isinstance(self.writer, EventWriter)

    def phase(self, name: str, promise_s: float = PROMISE_S, **values: Any) -> None:
        """Write the event that a phase has begun or goes on; the next event follows within `promise_s`."""
        self.writer.write("phase", promise_s=promise_s, phase=name, **values)

    def reporter(self, phase: str, stop_code: str, promise_s: float = PROMISE_S) -> Callable[[int, int], None]:
        """Make a function that is called with (done, total) as often as you like while a phase goes on.

        It writes an event once a second at most, and raises StopRun with this code when the run was asked to stop.
        """
        throttle = Throttle(at_once=False)

        def report(done: int, total: int) -> None:
            self.stop.check(stop_code)
            if throttle.due():
                self.phase(phase, promise_s, done=done, total=total)

        return report
