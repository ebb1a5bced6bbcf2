"""Folders of runs that nobody trained: what a trainer would have written, in the blink of an eye."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from explorer.metrics.scores import score_histogram
from explorer.runs import meta, outcome
from explorer.runs.config import RunConfig, dumps, from_values
from explorer.runs.epochs import EpochRecord
from explorer.runs.launches import Launch, write_launch
from explorer.runs.outcome import Outcome
from explorer.runs.paths import RunPaths, runs_root
from explorer.runs.processes import Moment

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
        told = 0

        def tell(kind: str, epoch: int, step: int, **values: Any) -> None:
            nonlocal told
            time = 1.7e9 + told
            head = {"kind": kind, "seq": told, "time": time, "mono": told + 0.125, "boot": "a boot before this one"}
            record = head | {"epoch": epoch, "step": step, "promise_s": 30.0, "values": values}
            file.write(json.dumps(record) + "\n")
            told += 1

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


def run(number: int, count: int = 200, epochs: int = 4, *, over: bool = True) -> RunPaths:
    """The number-th run, with `count` events, a file for each epoch, two small checkpoints and a log."""
    paths = RunPaths(
        runs_root() / f"20261101-{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}-made-x{number}"
    )
    paths.root.mkdir()
    paths.config.write_text(dumps(config(f"made {number}", epochs)))
    events(paths.events(1), count, epochs)
    _epoch_files(paths, epochs)
    paths.checkpoints.mkdir()
    for file in (paths.best, paths.last, paths.log):
        file.write_bytes(bytes(1000))
    write_launch(paths, 1, Launch.prepared(Moment.now()))
    if over:
        best = {"epoch": 1, "auroc": 0.8 + number % 100 / 1000, "f1_macro": 0.7}
        outcome.write(paths, Outcome("finished", f"All {epochs} epochs are done.", 1.7e9 + number, best=best))
        meta.change(paths, tags=[f"series {number % 7}"])
    return paths


def _epoch_files(paths: RunPaths, epochs: int) -> None:
    labels = np.arange(64) % _CLASSES
    logits = np.random.default_rng(0).normal(size=(64, _CLASSES)).astype(np.float32) + 2 * np.eye(_CLASSES)[labels]
    histogram = score_histogram(logits, labels)
    counts = np.bincount(labels * _CLASSES + logits.argmax(axis=1), minlength=_CLASSES**2).reshape(_CLASSES, _CLASSES)
    record = EpochRecord(counts, histogram.positives, histogram.negatives, logits.astype(np.float32), labels)
    for epoch in range(epochs):
        record.save(paths.epoch(1, epoch))
