"""`python -m bench cells`: the server's time for a click on a cell of a matrix, of 50,000 images in 100 classes.

A page is run without a browser, as Streamlit's AppTest does it: the time of a click is that of the whole page with the
first images of the cell, less what is still drawn after `pictures.PATIENCE`. No picture comes from memory, because each
click is on another cell. Beside it stands what the same page takes that shows no images.
"""

import os
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.data.cache.contents import source_hash
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.photographs import photographs
from explorer.metrics.counts import confusion_counts
from explorer.runs.record import outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps
from explorer.ui.background.fills import Fill
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import pictures
from explorer.ui.session.keys import widget_key
from scripts.server import PROJECT

IMAGES, CLASSES, CLICKS = 50_000, 100, 15
ASKED_MS = 300.0
_SIDES = (500, 375)  # px of an image, as in ImageNet
_FILES = 200  # different ones; the others are links to them


def main(images: int = IMAGES) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        home, folder = Path(scratch) / "home", Path(scratch) / "images"
        os.environ |= {"EXPLORER_HOME": str(home), "EXPLORER_DATA_ROOTS": str(scratch)}
        labels, hashes = _files(folder, images)
        paths = _run(folder, labels, hashes)
        page = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
        page.query_params["run"] = paths.id
        page.session_state[widget_key("run", paths.id, "section")] = "Matrix"
        page.switch_page("explorer/ui/pages/runs.py").run()
        plain = [_seconds(page) for _ in range(CLICKS)]
        clicks, complete = [], []
        for row in range(CLICKS):
            page.session_state[widget_key("matrix_opened", paths.id)] = Opened(row, (row + 1) % CLASSES, 0)
            clicks.append(_seconds(page))
            fill: Fill = page.session_state[widget_key("opened", widget_key("matrix_pictures", paths.id))].fill
            complete.append(fill.done / fill.count)
    print(f"{images:,} images of {CLASSES} classes, {CLICKS} clicks, milliseconds of the server")
    for words, found in (("page without images", plain), ("first click, reads the scores", clicks[:1])):
        print(f"{words:32}{1000 * statistics.median(found):8.0f}")
    times = [1000 * found for found in clicks[1:]]
    print(f"{'click':32}{statistics.median(times):8.0f}   worst {max(times):.0f}   asked {ASKED_MS:.0f}")
    print(f"{'of its images there at once':32}{statistics.mean(complete):8.0%}   waits {pictures.PATIENCE:g} s at most")


def _seconds(page: AppTest) -> float:
    begun = time.perf_counter()
    page.run()
    assert not page.exception, page.exception
    return time.perf_counter() - begun


def _files(folder: Path, images: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Write the images in class folders; returns labels and hashes."""
    pixels = [cv2.resize(one.load().image, _SIDES) for one in photographs().values()]
    kept = []
    folder.mkdir()
    for number in range(_FILES):
        kept.append(folder / f"{number}.jpg")
        cv2.imwrite(str(kept[-1]), np.roll(pixels[number % len(pixels)], number, axis=1))
    labels = np.arange(images) % CLASSES
    for name in range(CLASSES):
        (folder / f"class {name}").mkdir()
    for index, label in enumerate(labels.tolist()):
        os.link(kept[index % _FILES], folder / f"class {label}" / f"{index}.jpg")
    hashes = [source_hash(file).hex() for file in kept]
    return labels, tuple(hashes[index % _FILES] for index in range(images))


def _run(folder: Path, labels: np.ndarray, hashes: tuple[str, ...]) -> RunPaths:
    """A run that has validated these images once."""
    paths = RunPaths(runs_root() / "20261123-142501-cells-x7k")
    paths.root.mkdir()
    config = RunConfig(dataset=ImageFolderSpec(path=str(folder)), pipeline=Pipeline(), epochs=1)
    paths.config.write_text(dumps(config))
    ids = tuple(f"class {label}/{index}.jpg" for index, label in enumerate(labels.tolist()))
    ValidationImages(ids, labels, hashes, "by_image").save(paths.validation)
    logits = np.random.default_rng(0).normal(size=(len(labels), CLASSES)).astype(np.float32)
    logits[np.arange(len(labels)), labels] += 2.0
    logits[np.arange(len(labels)), (labels + 1) % CLASSES] += 1.5  # so that these cells have several pages
    counts = confusion_counts(labels, logits.argmax(axis=1), CLASSES)
    empty = np.zeros((CLASSES, 64), np.int64)
    EpochRecord(counts, empty, empty, logits, labels, np.full(CLASSES, 0.9)).save(paths.epoch(1, 0))
    names = [f"class {name}" for name in range(CLASSES)]
    identity = {name: version(name) for name in ("albumentations", "opencv-python-headless")} | {"depth": "by_image"}
    start_values: dict[str, Any] = {
        "classes": names,
        "val_images": len(labels),
        "train_images": 1,
        "steps_per_epoch": 1,
        "identity": identity,
    }
    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=60, total_steps=1, epochs=1, notes=[], **start_values)
        writer.write("epoch", epoch=0, step=1, promise_s=60, train_loss=0.5, val_loss=0.4)
    outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"epoch": 0}))
    return paths
