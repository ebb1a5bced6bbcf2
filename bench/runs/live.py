"""`python -m bench live`: what it costs that a run can be watched and taken apart while it trains.

First a tick of the page of a run with a million events beside that of one with a thousand: reading what is new, the
figures, and the evidence of the latest epoch. The ticks take turns, and count in seconds of the processor. Then the
share of a training's time that writing its evidence takes, for a small network on small images, whose epochs are so
short that little else could cost more; and what writing 50,000 images with 100 classes takes.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.runs import made
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import dumps, from_values
from explorer.training.stopping import StopRequest
from explorer.ui.components import plot
from explorer.ui.run.charts import _Figures

FEW, MANY = 1_000, 1_000_000
TICKS = 60
IMAGES, CLASSES = 50_000, 100
ASKED_TICK, ASKED_SHARE = 1.5, 2.0
_RUN = {
    "dataset": {"kind": "digits"},
    "pipeline": {"nodes": []},
    "backbone": "small-cnn",
    "weights": "none",
    "frozen": False,
    "image_size": 32,
    "batch_size": 64,
    "epochs": 3,
    "accelerator": "cpu",
    "precision": "32-true",
    "workers": 0,
    "threads": 1,
}


class _Page:
    """What a run's page computes with each tick while its curves are open."""

    def __init__(self, paths: RunPaths) -> None:
        self._view = RunView(paths)
        self._evidence = Evidence(self._view)
        self._figures = _Figures()

    def tick(self) -> None:
        snapshot = self._view.refresh()
        figures = self._figures.of(self._view, snapshot, best=1)
        for name, figure in figures.items():
            plot.data(figure, name, f"chart:{name}")
        latest = snapshot.latest_epoch
        assert latest is not None
        self._evidence.record(latest)
        self._evidence.scored([point.epoch for point in snapshot.epochs])


def ticks(many: int) -> list[float]:
    """Median seconds of the processor of a tick of both runs."""
    runs = [made.run(number, count, made.EPOCHS) for number, count in enumerate((FEW, many))]
    for paths in runs:
        paths.outcome.unlink()  # they still train
    pages, writers = [_Page(paths) for paths in runs], [EventWriter(paths, 1) for paths in runs]
    for page in pages:
        page.tick()
    times: list[list[float]] = [[] for _ in runs]
    for tick in range(TICKS):
        for page, writer, taken in zip(pages, writers, times, strict=True):
            writer.write("step", epoch=19, step=10**7 + tick, promise_s=30, loss=1.0, lr=1e-3, accuracy=0.5)
            begun = time.process_time()
            page.tick()
            taken.append(time.process_time() - begun)
    return [statistics.median(taken) for taken in times]


def share() -> tuple[float, float]:
    """Seconds that a training takes from its first epoch on, and seconds of them that writing its evidence takes."""
    paths = RunPaths(runs_root() / "20261101-000000-evidence-x7k")
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(from_values(_RUN)))
    command = [sys.executable, "-m", "bench.runs.live", str(paths.root)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return answer["trained"], answer["written"]


def largest() -> float:
    """Seconds to write an epoch of many images with many classes, and their list."""
    from explorer.training.tasks.classification import validate

    labels = np.arange(IMAGES) % CLASSES
    logits = np.random.default_rng(0).normal(size=(IMAGES, CLASSES)).astype(np.float32)
    record = validate(logits, labels, logits.argmax(axis=1), 0.5).record
    paths = RunPaths(runs_root() / "20261101-000001-largest-x7k")
    paths.root.mkdir()
    images = ValidationImages(tuple(f"val/class/{n:06}.jpg" for n in range(IMAGES)), labels, ("0" * 32,) * IMAGES)
    begun = time.perf_counter()
    images.save(paths.validation)
    record.save(paths.epoch(1, 0))
    return time.perf_counter() - begun


def main(many: int = MANY) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = scratch
        few, lots = ticks(many)
        trained, written = share()
        epoch = largest()
    print(f"{'events':>12}{'tick':>12}")
    for count, seconds in ((FEW, few), (many, lots)):
        print(f"{count:12,}{1000 * seconds:9.2f} ms")
    print(f"a tick: {lots / few:.2f} times (asked: {ASKED_TICK})")
    percent = 100 * written / trained
    print(
        f"evidence: {1000 * written:.0f} ms of {trained:.1f} s, {percent:.2f} % of the training (asked: {ASKED_SHARE})"
    )
    print(f"{IMAGES:,} images with {CLASSES} classes: {epoch:.2f} s for the list and the scores of an epoch")


def _timed(method: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return method(*given, **named)
        finally:
            spent.append(time.perf_counter() - begun)

    return run


def _train(folder: Path) -> None:
    from explorer.training import evidence, lost_workers
    from explorer.training.__main__ import run

    written: list[float] = []
    trained: list[float] = []
    writer: Any = evidence.EvidenceWriter
    # `list_images` comes before the first epoch; `save` calls it again, which does nothing then.
    for name in ("list_images", "save", "thin"):
        setattr(writer, name, _timed(getattr(writer, name), written))
    lost_workers.fit = _timed(lost_workers.fit, trained)
    paths = RunPaths(folder)
    run(paths, StopRequest(paths.stop))
    print(json.dumps({"trained": sum(trained), "written": sum(written)}))


if __name__ == "__main__":
    _train(Path(sys.argv[1]))
