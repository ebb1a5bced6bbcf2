"""Folders of runs that nobody trained: what a trainer would have written, in the blink of an eye."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from explorer.base.processes import Moment
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.meta import Meta
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig, dumps, from_values
from explorer.training.tasks.classification import validate

EPOCHS = 20
_CLASSES = 3
_STEPS = ("HorizontalFlip", "Rotate", "GaussianBlur", "ColorJitter")


def config(name: str, epochs: int) -> RunConfig:
    """Of a run on generated shapes."""
    nodes = [{"kind": "step", "id": f"n{place}", "transform": step, "p": 0.5} for place, step in enumerate(_STEPS)]
    values = {"name": name, "dataset": {"kind": "shapes", "num_classes": _CLASSES}, "pipeline": {"nodes": nodes}}
    return from_values(values | {"epochs": epochs, "accelerator": "cpu"})


def events(path: Path, count: int, epochs: int = EPOCHS) -> None:
    """Write a file of `count` events, nearly all of them of steps, one a second."""
    per_epoch = count // epochs
    start = {"classes": ["a", "b", "c"], "steps_per_epoch": per_epoch, "total_steps": count, "epochs": epochs}
    start |= {"train_images": 8 * per_epoch, "val_images": 64, "device": "CPU", "precision": "32-true"}
    with path.open("w") as file:
        number = 0

        def tell(kind: str, epoch: int, step: int, **values: Any) -> None:
            nonlocal number
            time = 1.7e9 + number
            head = {"kind": kind, "seq": number, "time": time, "mono": number + 0.125, "boot": "a boot before this one"}
            record = head | {"epoch": epoch, "step": step, "promise_s": 30.0, "values": values}
            file.write(json.dumps(record) + "\n")
            number += 1

        tell("start", 0, 0, **start)
        for epoch in range(epochs):
            begun = epoch * per_epoch
            tell("phase", epoch, begun, phase="training")
            for step in range(begun + 1, begun + per_epoch - 3):
                loss, rate = 1 + math.sin(step), 1e-3 * math.cos(step / count)
                tell("step", epoch, step, loss=loss, lr=rate, images_per_second=31.25, seen=8 * step, accuracy=0.5)
            tell("phase", epoch, begun + per_epoch, phase="validating")
            scores = {"auroc": 0.8 + epoch / 200, "f1_macro": 0.7, "accuracy": 0.75}
            tell("epoch", epoch, begun + per_epoch, train_loss=0.5, val_loss=0.4, **scores, duration_s=100.0)
            tell("phase", epoch, begun + per_epoch, phase="saving")


def run(number: int, count: int = 200, epochs: int = 4) -> RunPaths:
    """The number-th run, with `count` events, a file for each epoch, two small checkpoints and a log; it is over."""
    clock = f"{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}"
    paths = RunPaths(runs_root() / f"20261101-{clock}-made-x{number}")
    paths.root.mkdir()
    paths.config.write_text(dumps(config(f"made {number}", epochs)))
    events(paths.events(1), count, epochs)
    _epoch_files(paths, epochs)
    paths.checkpoints.mkdir()
    for file in (paths.best, paths.last, paths.log):
        file.write_bytes(bytes(1000))
    best = {"epoch": 1, "auroc": 0.8 + number % 100 / 1000, "f1_macro": 0.7}
    reason = f"All {epochs} epochs are done."
    ended = {"state": "finished", "reason": reason, "time": 1.7e9 + number, "attempt": 1, "best": best}
    # Not by the functions that also make it survive a power cut: there are thousands.
    for path, value in (
        (paths.launch(1), asdict(Launch.prepared(Moment.now()))),
        (paths.outcome, ended),
        (paths.meta, asdict(Meta(tags=(f"series {number % 7}",)))),
    ):
        path.write_text(json.dumps(value))
    return paths


@contextmanager
def living() -> Iterator[RunPaths]:
    """A run whose trainer, a process of its own, tells of a step each second until the block ends."""
    paths = RunPaths(runs_root() / "20261102-000000-living-x1")
    paths.root.mkdir()
    paths.config.write_text(dumps(config("living", EPOCHS)))
    process = subprocess.Popen([sys.executable, "-m", "bench.runs.living", str(paths.root)])
    try:
        while not paths.events(1).exists():
            time.sleep(0.02)
        yield paths
    finally:
        process.kill()
        process.wait()


def _epoch_files(paths: RunPaths, epochs: int) -> None:
    paths.epoch(1, 0).parent.mkdir()
    model = runs_root().parent / "model.npz"
    if not model.exists():
        _record().save(model)
    for epoch in range(epochs):
        paths.epoch(1, epoch).hardlink_to(model)


def _record() -> EpochRecord:
    labels = np.arange(64) % _CLASSES
    logits = np.random.default_rng(0).normal(size=(64, _CLASSES)).astype(np.float32) + 2 * np.eye(_CLASSES)[labels]
    return validate(logits.astype(np.float32), labels, logits.argmax(axis=1), 0.5).record
