"""`python -m bench train`: images per second of a run, of plain Lightning of equal work, and of a beginner's script.

All three are started, and take turns: each works for an epoch while the others wait, so that whatever else the machine
does hits all alike. The first epoch does not count. `train` counts the training images by the time until the
validation begins; `epoch` counts training and validation images by the whole epoch, saving included. Asked for is what
ours does to what each of the others does, the middle of the turns. `python -m bench train 4` takes so many turns.
"""

import os
import signal
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.train import pictures
from bench.train.contenders import PIPELINE, Contender, ours, reference
from bench.train.job import Job
from explorer.runs.life import launcher
from explorer.runs.life.control import end_now
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import from_values

TURNS = 6
SIZE, BATCH = 160, 16
FIRST_NUMBER_S = 10.0


@dataclass(frozen=True)
class Setting:
    """asked: of ours to plain and to the beginner's; None where it depends on the processor."""

    name: str
    frozen: bool
    precision: str
    asked: tuple[float, float | None]


SETTINGS = (
    Setting("frozen, fp32", True, "32-true", (0.98, 1.25)),
    Setting("frozen, bf16", True, "bf16-mixed", (0.98, 2.2)),
    Setting("all layers, fp32", False, "32-true", (0.98, 1.5)),
    Setting("all layers, bf16", False, "bf16-mixed", (0.98, 1.5)),
)


def main(turns: int = TURNS) -> None:
    """Measure and print."""
    # As Ctrl-C does: those who wait for their turn must not be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = str(Path(scratch) / "home")
        folder = pictures.folder(Path(scratch))
        _print_first_number(folder)
        print(f"\nEfficientNet-Lite0, {SIZE} px, batch {BATCH}, {folder.name}; {turns} turns of an epoch each")
        print(f"{'':18}{'':10}{'train/s':>9}{'epoch/s':>9}{'ours/it train':>15}{'ours/it epoch':>15}{'asked':>8}")
        for setting in SETTINGS:
            _print(setting, *measure(setting, folder, turns))


def measure(setting: Setting, folder: Path, turns: int) -> tuple[Event, dict[str, tuple[list[float], list[float]]]]:
    """The run's start event, and of each contender images per second: of training, and of whole epochs."""
    job = Job(str(folder), SIZE, BATCH, turns + 1, setting.frozen, setting.precision, 1e-3)
    images = len(job.files("train")), len(job.files("train")) + len(job.files("val"))
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        run, paths = ours(job, Path(scratch))
        stack.callback(run.end)
        run.run_to(1)
        start = next(event for event in EventReader(paths.events(1)).read() if event.kind == "start")
        same = replace(job, workers=int(start.number("workers")), threads=int(start.number("threads")))
        others = [reference(name, same, Path(scratch)) for name in ("plain", "beginner")]
        for other in others:
            stack.callback(other.end)
        contenders = [run, *others]
        for turn in range(1, turns + 2):
            for contender in contenders:
                contender.run_to(turn)
            contenders.append(contenders.pop(0))
        return start, {one.name: _speeds(one, images) for one in contenders}


def _speeds(contender: Contender, images: tuple[int, int]) -> tuple[list[float], list[float]]:
    training, whole = contender.seconds()
    return [images[0] / seconds for seconds in training[1:]], [images[1] / seconds for seconds in whole[1:]]


def _print(setting: Setting, start: Event, speeds: dict[str, tuple[list[float], list[float]]]) -> None:
    asked = dict(zip(("plain", "beginner"), setting.asked, strict=True))
    print(f"{setting.name}: {start.number('threads'):.0f} threads, {start.number('workers'):.0f} workers")
    for name in ("ours", "plain", "beginner"):
        middle = [statistics.median(values) for values in speeds[name]]
        line = f"{'':18}{name:10}{middle[0]:9.1f}{middle[1]:9.1f}"
        if name in asked:
            for mine, other in zip(speeds["ours"], speeds[name], strict=True):
                ratio = statistics.median(a / b for a, b in zip(mine, other, strict=False))
                line += f"{ratio:15.2f}"
            line += f"{asked[name]:8}"
        print(line, flush=True)


def _print_first_number(folder: Path) -> None:
    """From the start of a run, as a page starts it, to its first step: with nothing decoded before, and again."""
    config = from_values({"dataset": {"kind": "image_folder", "path": str(folder)}, "pipeline": PIPELINE, "epochs": 1})
    for name in ("nothing cached", "cached"):
        begun = time.time()
        paths = launcher.start(config)
        first = _first_step(paths)
        end_now(paths)
        print(f"Start to the first number, {name}: {first - begun:.1f} s (asked: less than {FIRST_NUMBER_S:.0f})")


def _first_step(paths: RunPaths) -> float:
    reader = EventReader(paths.events(1))
    while True:
        for event in reader.read():
            if event.kind == "step":
                return event.time
        time.sleep(0.02)
