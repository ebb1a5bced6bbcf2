"""One life of a trainer: its folder, its number, and what it has reached so far."""

from dataclasses import dataclass, field
from typing import Any

from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, reason
from explorer.training.ranks import SilentWriter
from explorer.training.stopping import StopRequest


@dataclass
class Progress:
    """What the outcome says, also of a run that fails or is stopped.

    best: values of the best epoch so far, its `epoch` from 0. epochs: validated so far. epoch, step: where it stands.
    saved: the step of the latest checkpoint, None before the first.
    """

    best: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    saved: int | None = None

    @property
    def kept(self) -> Why:
        """What is safe of a run that ends before its time; empty before it has made a step."""
        if self.saved is not None:
            return reason("saved_step", step=self.saved)
        return reason("saved_nothing") if self.step else ""


@dataclass(frozen=True)
class Attempt:
    """What every part of the trainer shares."""

    paths: RunPaths
    number: int
    writer: EventWriter | SilentWriter
    stop: StopRequest
    progress: Progress = field(default_factory=Progress)

    @property
    def leads(self) -> bool:
        """Whether this process writes the run's folder; the others that train with it do not."""
        return isinstance(self.writer, EventWriter)
