"""Runs on handwritten digits that are wrong about given images, for tests that compare runs."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline, Step
from explorer.data.cache.contents import content_of
from explorer.data.dataset import Split
from explorer.data.formats.digits import DigitsSpec
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.runs.record import outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps

CLASSES = tuple(str(digit) for digit in range(10))
STEPS = 3  # of each epoch


@functools.cache
def digits() -> tuple[Split, tuple[str, ...]]:
    """Return the validation images of the data set, and the hashes of their contents."""
    split = DigitsSpec().open().val
    return split, tuple(content_of(split, index).hex() for index in range(len(split)))


def logits_of(labels: NDArray[np.int64], wrong: Sequence[int], seed: int = 0) -> NDArray[np.float32]:
    """Return logits that are right but for some images, each of which is taken for the next class."""
    guesses = (labels + np.isin(np.arange(len(labels)), wrong)) % 10
    return (4 * np.eye(10)[guesses] + np.random.default_rng(seed).random((len(labels), 10))).astype(np.float32)


def digits_run(
    name: str,
    wrong: Sequence[int] = (),
    *,
    epochs: int = 2,
    rows: Sequence[int] | None = None,
    listed: bool = True,
    changed: Sequence[int] = (),
    scores: bool = True,
    classes: Sequence[str] = CLASSES,
    state: str = "finished",
    steps: Sequence[str] = (),
    identity: Mapping[str, str] | None = None,
    **recipe: Any,
) -> RunPaths:
    """Make a run whose last epoch is the best.

    Args:
        name: Its name, which is also part of its id.
        wrong: Places of validation images that it gets wrong in its best epoch.
        epochs: How many it has validated.
        rows: The validation images that it has; all of them by default.
        listed: Whether it has a list of its validation images.
        changed: Places of images whose contents are others.
        scores: Whether the scores of single images are stored.
        classes: Their names.
        state: Of its outcome; "" for a run without one.
        steps: The transforms of its pipeline.
        identity: What it has recorded about data and versions.
        **recipe: Other fields of its config.
    """
    paths = RunPaths(runs_root() / f"20261123-142501-{name}-x7k")
    paths.root.mkdir()
    pipeline = Pipeline(nodes=tuple(Step(id=f"n{place}", transform=step) for place, step in enumerate(steps)))
    config = RunConfig(name=name, dataset=DigitsSpec(), pipeline=pipeline, epochs=max(epochs, 1), **recipe)
    paths.config.write_text(dumps(config))
    split, hashes = digits()
    kept = np.arange(len(split)) if rows is None else np.array(rows)
    labels = np.asarray(split.labels, np.int64)
    if listed:
        contents = tuple("0" * 32 if row in changed else hashes[row] for row in kept)
        ValidationImages(tuple(split.ids[row] for row in kept), labels[kept], contents).save(paths.validation)
    with EventWriter(paths, 1) as writer:
        told = {"classes": list(classes), "train_images": 100, "val_images": len(kept), "steps_per_epoch": STEPS}
        writer.write("start", promise_s=60, total_steps=STEPS * epochs, epochs=epochs, identity=identity or {}, **told)
        for epoch in range(epochs):
            for step in range(STEPS * epoch + 1, STEPS * (epoch + 1) + 1):
                writer.write("step", epoch=epoch, step=step, promise_s=60, loss=1 / step, lr=0.01)
            logits = logits_of(labels, wrong, seed=epoch)[kept]
            _validate(paths, writer, epoch, logits, labels[kept], scores)
    if state:
        best = {"epoch": epochs - 1} if epochs else {}
        outcome.write(paths, Outcome(state, "It has ended.", 1.0, best=best))  # type: ignore[arg-type]
    return paths


def _validate(
    paths: RunPaths,
    writer: EventWriter,
    epoch: int,
    logits: NDArray[np.float32],
    labels: NDArray[np.int64],
    scores: bool,
) -> None:
    histogram, counts = score_histogram(logits, labels), confusion_counts(labels, logits.argmax(axis=1), 10)
    areas = np.array([np.nan if area is None else area for area in auroc(logits, labels)])
    record = EpochRecord(counts, histogram.positives, histogram.negatives, logits, labels, areas)
    (record if scores else record.without_scores()).save(paths.epoch(1, epoch))
    step = STEPS * (epoch + 1)
    writer.write("epoch", epoch=epoch, step=step, promise_s=60, train_loss=0.5, val_loss=0.4, auroc=0.9 + epoch / 100)
