"""A run of the app that is started as a page starts it, watched to its end, and read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.train.job import TRAINING, VALIDATING
from explorer.runs.life import launcher
from explorer.runs.life.control import end_now, request_stop
from explorer.runs.machine.machine import DeviceInfo
from explorer.runs.record.events import Event
from explorer.runs.record.history import History
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import State, derive

MEASURED = ("train_loss", "val_loss", "auroc")  # values of "epoch" events that are compared
_LOOK_EVERY_S = 0.05  # what torch has taken of a GPU it keeps, so no peak is missed
_STEP_LOOK_EVERY_S = 0.005  # two epochs may take less than a second
_PATIENCE_S = 900.0


@dataclass(frozen=True)
class Trained:
    """What is known of a run that is over.

    problem: why it is not finished; empty where it is. start: its first "start" event. epochs: its "epoch" events.
    speed: training images per second in its last epoch; nan where that is not known.
    peak: bytes of GPU memory that were taken while it trained and not before; None where the device has none.
    """

    config: RunConfig
    problem: str
    start: Event | None
    epochs: tuple[Event, ...]
    speed: float
    peak: int | None

    def differs(self, other: "Trained") -> tuple[float, ...]:
        """The largest difference in any epoch of each of MEASURED; nan where one of the two lacks epochs."""
        if not self.config.epochs == len(self.epochs) == len(other.epochs):
            return (float("nan"),) * len(MEASURED)
        pairs = list(zip(self.epochs, other.epochs, strict=True))
        return tuple(max(abs(a.number(name) - b.number(name)) for a, b in pairs) for name in MEASURED)


def train(config: RunConfig, device: DeviceInfo) -> Trained:
    """Train to the end. device: where the run trains, whose memory is watched."""
    with _started(config) as paths:
        return _read(paths, config, _wait(paths, device))


def train_with_a_break(config: RunConfig, device: DeviceInfo) -> Trained:
    """Ask the run to stop after its first step, resume it, and train to the end."""
    with _started(config) as paths:
        reader = EventReader(paths.events(1))
        while not any(event.kind == "step" for event in reader.read()) and not derive(paths).over:
            time.sleep(_STEP_LOOK_EVERY_S)
        request_stop(paths)
        peak = _wait(paths, device)
        status = derive(paths)
        if status.state is not State.STOPPED:
            return _read(paths, config, peak, f"It was to be stopped, and {status.state}: {status.reason}")
        print(f"{'':24}{status.reason}", flush=True)
        launcher.resume(paths)
        return _read(paths, config, _wait(paths, device))


@contextmanager
def _started(config: RunConfig) -> Iterator[RunPaths]:
    """A run that was started; ended on the way out, however that is taken."""
    paths = launcher.start(config)
    try:
        yield paths
    finally:
        end_now(paths)


def _wait(paths: RunPaths, device: DeviceInfo) -> int | None:
    """Wait until the run is over. Returns the bytes of GPU memory that it took at its peak; None without a GPU."""
    taken = [_taken(device)]
    deadline = time.monotonic() + _PATIENCE_S
    while not derive(paths).over:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{paths.id} took longer than {_PATIENCE_S:.0f} s:\n{paths.log.read_text()[-3000:]}")
        taken.append(_taken(device))
        time.sleep(_LOOK_EVERY_S)
    known = [count for count in taken if count is not None]
    return max(known) - known[0] if known else None


def _taken(device: DeviceInfo) -> int | None:
    """Bytes of GPU memory that anybody has taken; None where the device has none of its own."""
    if device.accelerator != "gpu":
        return None
    import torch  # here, since a rehearsal needs none of it

    free, total = torch.cuda.mem_get_info(device.index)
    return int(total - free)


def _read(paths: RunPaths, config: RunConfig, peak: int | None, problem: str = "") -> Trained:
    """What the folder of a run says once it is over."""
    history, status = History(paths), derive(paths)
    history.read_on()
    events = [event for attempt in paths.attempts() for event in EventReader(paths.events(attempt)).read()]
    start = next((event for event in events if event.kind == "start"), None)
    if not problem and status.state is not State.FINISHED:
        problem = f"it {status.state}: {status.reason}"
    epochs = tuple(found.event for _, found in sorted(history.epochs.items()))
    return Trained(config, problem, start, epochs, _speed(events, start), peak)


def _speed(events: list[Event], start: Event | None) -> float:
    """Training images per second from the beginning of the last epoch to the beginning of its validation."""
    began = ended = float("nan")
    for event in events:
        phase = event.values.get("phase")
        if phase == TRAINING:
            began = ended = event.mono
        elif phase == VALIDATING and ended == began:  # it says so again now and then
            ended = event.mono
    return start.number("train_images") / (ended - began) if start and ended > began else float("nan")
