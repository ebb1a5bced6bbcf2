"""Those who train: each a process of its own, which can be made to wait in the middle of its work."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.train.job import TRAINING, VALIDATING, Job
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, dumps, from_values

TRAINER = (sys.executable, "-m", "explorer.training")
NICENESS = 10  # a run's own; all get the same, so that whatever else the machine does hits all alike
_LOOK_EVERY_S = 0.005
_PATIENCE_S = 600.0
PIPELINE = {
    "nodes": [
        {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5},
        {"kind": "step", "id": "n2", "transform": "RandomBrightnessContrast", "p": 0.5},
    ]
}

Mark = tuple[float, str]  # seconds on the monotonic clock, what begins


@dataclass
class Contender:
    """marks: what it has told so far. waited: (from, to) on the monotonic clock, when it was made to wait."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    marks: Callable[[], list[Mark]]
    waited: list[tuple[float, float]] = field(default_factory=list)
    _since: float = 0.0

    def epochs(self) -> int:
        """How many are over."""
        return max(0, sum(what == TRAINING for _, what in self.marks()) - 1)

    def run_to(self, epochs: int) -> None:
        """Let it work until so many epochs are over, then make it wait. Raises RuntimeError where it ends before."""
        if self._since:
            os.killpg(self.process.pid, signal.SIGCONT)
            self.waited.append((self._since, time.monotonic()))
        deadline = time.monotonic() + _PATIENCE_S
        while self.epochs() < epochs:
            if (self.process.poll() is not None and self.epochs() < epochs) or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not get to epoch {epochs}:\n{self.log.read_text()[-3000:]}")
            time.sleep(_LOOK_EVERY_S)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGSTOP)
        self._since = time.monotonic()

    def end(self) -> None:
        """Kill it, with its workers."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()

    def seconds(self) -> tuple[list[float], list[float]]:
        """Of each epoch: until its validation begins, and until the next epoch does; without the time it waited."""
        marks = self.marks()
        starts = [at for at, what in marks if what == TRAINING]
        middles = [at for at, what in marks if what == VALIDATING]
        training = [self._worked(*span) for span in zip(starts, middles, strict=False)]
        whole = [self._worked(*span) for span in itertools.pairwise(starts)]
        return training, whole

    def _worked(self, start: float, end: float) -> float:
        return end - start - sum(max(0.0, min(end, to) - max(start, since)) for since, to in self.waited)


class Written(Protocol):
    """A job that a script can be started with."""

    def dumps(self) -> str:
        """As JSON."""


def reference(name: str, job: Written, scratch: Path) -> Contender:
    """One of the scripts."""
    marks, log = scratch / f"{name}.marks", scratch / f"{name}.log"
    process = start([sys.executable, "-m", f"bench.train.{name}", job.dumps(), str(marks)], log, NICENESS)

    def read() -> list[Mark]:
        lines = marks.read_text().splitlines() if marks.exists() else []
        return [(float(at), what) for at, what in (line.split() for line in lines)]

    return Contender(name, process, log, read)


def ours(job: Job, scratch: Path) -> tuple[Contender, RunPaths]:
    """A job as a run of the app."""
    return run_of(config_of(job), scratch)


def run_of(config: RunConfig, scratch: Path) -> tuple[Contender, RunPaths]:
    """A run of the app, read through its events."""
    paths = run_folder(config)
    reader, found = EventReader(paths.events(1)), list[Mark]()
    # The trainer makes itself nice.
    process = start([*TRAINER, str(paths.root)], scratch / "ours.log", 0)

    def read() -> list[Mark]:
        for event in reader.read():
            if event.kind == "phase" and event.values.get("phase") in (TRAINING, VALIDATING):
                found.append((event.mono, str(event.values["phase"])))
        return found

    return Contender("ours", process, scratch / "ours.log", read), paths


def config_of(job: Job) -> RunConfig:
    """The job as a run."""
    values: dict[str, Any] = {
        "dataset": {"kind": "image_folder", "path": job.folder},
        "pipeline": PIPELINE,
        "image_size": job.size,
        "batch_size": job.batch_size,
        "epochs": job.epochs + 1,  # the last one is never looked at: what follows it is the end
        "frozen": job.frozen,
        "precision": job.precision,
        "learning_rate": job.learning_rate,
        "accelerator": job.accelerator,
        "workers": job.workers,
        "threads": job.threads,
    }
    return from_values(values)


def run_folder(config: RunConfig) -> RunPaths:
    """The folder of a run that nobody has started."""
    paths = RunPaths(runs_root() / f"20261123-142501-bench-{time.monotonic_ns():x}")
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(config))
    return paths


def start(command: list[str], log: Path, niceness: int) -> "subprocess.Popen[bytes]":
    """A process in a group of its own, so that its loader workers are stopped and killed with it."""
    with log.open("wb") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: os.nice(niceness),
        )
