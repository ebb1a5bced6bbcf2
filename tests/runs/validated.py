"""Runs that have ended, with validations of given scores, for tests of what is shown of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.digits import DigitsSpec
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.runs.record import outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig, dumps

Scored = tuple[NDArray[np.float32], NDArray[np.int64]]  # (N, C) logits and (N,) labels


def scored(images: int, classes: int = 2, seed: int = 0, apart: float = 2.0) -> Scored:
    """Return logits and labels of a network that is right more often than not."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    logits = rng.normal(0, 1.5, (images, classes))
    logits[np.arange(images), labels] += apart
    return logits.astype(np.float32), labels


def ended_run(epochs: Sequence[Scored], names: Sequence[str], *, stored: bool = True, best: int = 0) -> RunPaths:
    """Make a run that has ended.

    Args:
        epochs: What each validation gave.
        names: Of the classes.
        stored: Whether the scores of single images are stored, too.
        best: The epoch whose weights were kept, from 0.
    """
    paths = RunPaths(runs_root() / "20261123-142501-scored-x7k")
    paths.root.mkdir()
    config = RunConfig(name="scored", dataset=DigitsSpec(), pipeline=Pipeline(), epochs=len(epochs))
    paths.config.write_text(dumps(config))
    with EventWriter(paths, 1) as writer:
        told = {"classes": list(names), "train_images": 40, "val_images": len(epochs[0][1]), "steps_per_epoch": 2}
        writer.write("start", promise_s=60, total_steps=8, epochs=len(epochs), notes=[], **told)
        for epoch, (logits, labels) in enumerate(epochs):
            histogram = score_histogram(logits, labels)
            counts = confusion_counts(labels, logits.argmax(axis=1), len(names))
            kept = (logits, labels) if stored else (None, None)
            areas = np.array([np.nan if area is None else area for area in auroc(logits, labels)])
            record = EpochRecord(counts, histogram.positives, histogram.negatives, *kept, auroc=areas)
            record.save(paths.epoch(1, epoch))
            writer.write("epoch", epoch=epoch, step=2 * (epoch + 1), promise_s=60, train_loss=0.5, val_loss=0.4)
    outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"epoch": best}))
    return paths
