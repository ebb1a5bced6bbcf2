"""`python -m bench events`: the page of a run with a million events beside that of one with a thousand.

Each is read in a process of its own: the first look, what it holds afterwards and at its peak, and ticks with a new
record each, with the figures that a page draws of it. The ticks of both take turns, so that a busy moment meets both.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.runs import made
from explorer.figures import charts, step_charts
from explorer.runs.overview.view import RunView
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths

FEW, MANY = 1_000, 1_000_000
TICKS = 60
ASKED_TICK, ASKED_MB, ASKED_S = 1.5, 50.0, 2.0


@dataclass(frozen=True)
class Look:
    """The first look at a run: seconds, those of the processor, and MB above what the process held before: afterwards,
    and at most.
    """

    seconds: float
    worked: float
    held: float
    most: float


def main(many: int = MANY) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = scratch
        runs = [made.run(number, count, made.EPOCHS) for number, count in enumerate((FEW, many))]
        looks = [_look(paths) for paths in runs]
        ticks = _ticks(runs)
    print(f"{'events':>12}{'first look':>12}{'processor':>12}{'held':>9}{'at most':>9}{'tick':>10}")
    for count, look, tick in zip((FEW, many), looks, ticks, strict=True):
        seconds = f"{look.seconds:10.2f} s{look.worked:10.2f} s"
        memory = f"{look.held:6.1f} MB{look.most:6.1f} MB"
        print(f"{count:12,}{seconds}{memory}{1000 * tick:7.2f} ms")
    print(f"a tick: {ticks[1] / ticks[0]:.2f} times (asked: {ASKED_TICK})")
    print(f"memory: {looks[1].most - looks[0].most:.1f} MB more at most (asked: {ASKED_MB:.0f})")
    print(f"first look: {looks[1].seconds:.2f} s, of the processor {looks[1].worked:.2f} s (asked: {ASKED_S:.0f})")


def _look(paths: RunPaths) -> Look:
    command = [sys.executable, "-m", "bench.runs.events", str(paths.root)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Look(**json.loads(answer))


def _ticks(runs: list[RunPaths]) -> list[float]:
    """Median seconds of a tick of each."""
    views = [RunView(paths) for paths in runs]
    for view in views:
        _draw(view)
    writers = [EventWriter(paths, 1) for paths in runs]
    times: list[list[float]] = [[] for _ in runs]
    for tick in range(TICKS):
        for view, writer, taken in zip(views, writers, times, strict=True):
            writer.write("step", epoch=19, step=10**7 + tick, promise_s=30, loss=1.0, lr=1e-3, accuracy=0.5)
            begun = time.perf_counter()
            _draw(view)
            taken.append(time.perf_counter() - begun)
    return [statistics.median(taken) for taken in times]


def _draw(view: RunView) -> None:
    snapshot = view.refresh()
    figures = charts.figures(snapshot) | {"accuracy": step_charts.accuracy(snapshot)}
    json.dumps(figures | {"lr": step_charts.learning_rate(snapshot, None)})


def _first(folder: Path) -> Look:
    process = psutil.Process()
    _draw(RunView(made.run(2)))  # what the first run of a process costs is not the matter
    before = process.memory_info().rss / 1e6
    view = RunView(RunPaths(folder))
    begun, worked = time.perf_counter(), time.process_time()
    _draw(view)
    taken, worked = time.perf_counter() - begun, time.process_time() - worked
    most = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    peak = int(most.split()[1]) * 1024 / 1e6
    return Look(taken, worked, process.memory_info().rss / 1e6 - before, peak - before)


if __name__ == "__main__":
    os.environ["EXPLORER_HOME"] = tempfile.mkdtemp()
    print(json.dumps(vars(_first(Path(sys.argv[1])))))
