"""Folders of runs with any names and numbers, written without training."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline, Step
from explorer.data.cache.contents import content_of
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.runs.record import outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig


def written_run(
    name: str = "a run",
    classes: Sequence[str] = ("ants", "bees"),
    *,
    epochs: int = 2,
    images: int = 40,
    folder: Path | None = None,
    scores: bool = True,
    ended: bool = True,
    transform: str = "HorizontalFlip",
) -> RunPaths:
    """Write a run of a data set of images in a folder, or of generated shapes."""
    count = len(list(runs_root().iterdir()))
    paths = RunPaths(runs_root() / f"20261123-142501-written-{count:03}")
    paths.root.mkdir()
    spec: ImageFolderSpec | ShapesSpec = ImageFolderSpec(path=str(folder)) if folder else ShapesSpec()
    pipeline = Pipeline(nodes=(Step(id="n1", transform=transform, p=0.5),))
    config = RunConfig(name=name[:100], dataset=spec, pipeline=pipeline, epochs=epochs)
    paths.config.write_text(config.model_dump_json())
    split = spec.open().val if folder else None
    labels = split.labels if split else np.arange(images) % len(classes)
    if split is None:
        ids = tuple(f"image {number}" for number in range(len(labels)))
        ValidationImages(ids, labels, tuple(f"{number:032x}" for number in range(len(labels)))).save(paths.validation)
    else:
        hashes = tuple(content_of(split, index).hex() for index in range(len(split)))
        ValidationImages(split.ids, labels, hashes, split.reading).save(paths.validation)
    with EventWriter(paths, 1) as events:
        events.write(
            "start", promise_s=60.0, classes=list(classes), epochs=epochs, steps_per_epoch=4, total_steps=4 * epochs,
            identity={"torch": "2.13.0", "contents": "4a329c9ba4852899"}, val_images=len(labels), train_images=100,
        )  # fmt: skip
        for epoch in range(epochs):
            _validate(paths, events, epoch, labels, len(classes), scores)
    if ended:
        outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"epoch": epochs - 1}))
    return paths


def _validate(paths: RunPaths, events: EventWriter, epoch: int, labels: np.ndarray, classes: int, scores: bool) -> None:
    generator = np.random.default_rng(epoch)
    logits = (
        generator.normal(size=(len(labels), classes)).astype(np.float32) + np.eye(classes, dtype=np.float32)[labels]
    )
    histogram = score_histogram(logits, labels)
    areas = np.array([np.nan if area is None else area for area in auroc(logits, labels)])
    confusion = confusion_counts(labels, logits.argmax(axis=1), classes)
    record = EpochRecord(
        confusion,
        histogram.positives,
        histogram.negatives,
        logits if scores else None,
        labels if scores else None,
        areas,
    )
    record.save(paths.epoch(1, epoch))
    events.write("epoch", epoch=epoch, step=4 * epoch + 4, promise_s=60.0, train_loss=1.0 / (epoch + 1), val_loss=0.5)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The file of a report that is not there yet."""
    return tmp_path / "report.html"


def data_of(text: str) -> dict[str, Any]:
    """The numbers in a report, as a program reads them."""
    _, found, rest = text.partition('<script type="application/json" id="explorer-data">')
    assert found
    data: dict[str, Any] = json.loads(rest.partition("</script>")[0])
    return data
