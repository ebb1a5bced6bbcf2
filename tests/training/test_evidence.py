"""What a training leaves behind for pages that take its metrics apart."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from explorer.base.names import shown
from explorer.data.fit import square
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import score_histogram
from explorer.runs.record import budget
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import loads
from explorer.training.attempt import Attempt
from explorer.training.evidence import EvidenceWriter, images_of
from explorer.training.prepared import Prepared
from explorer.training.stopping import StopRequest
from tests.training.conftest import config_of, folder_of, make_image_folder

IMAGES = ValidationImages(("a", "b", "c"), np.array([0, 1, 0]), ("", "", ""))


def record_of(seed: int) -> EpochRecord:
    logits = np.random.default_rng(seed).normal(size=(3, 2)).astype(np.float32)
    histogram = score_histogram(logits, IMAGES.labels)
    confusion = confusion_counts(IMAGES.labels, logits.argmax(1), 2)
    areas = np.full(2, 0.5)
    return EpochRecord(confusion, histogram.positives, histogram.negatives, logits, IMAGES.labels, areas)


def writer_of(paths: RunPaths, epochs: int, number: int = 1) -> EvidenceWriter:
    with EventWriter(paths, number) as events:
        return EvidenceWriter(
            Attempt(paths, number, events, StopRequest(paths.stop)), IMAGES, ScoreBudget(3, 2, epochs)
        )


def scored(paths: RunPaths, attempt: int, epochs: int) -> list[int]:
    records = {epoch: EpochRecord.load(paths.epoch(attempt, epoch)) for epoch in range(epochs)}
    return [epoch for epoch, found in records.items() if found.logits is not None]


def test_a_run_lists_its_validation_images_with_the_hashes_of_their_contents(trained: RunPaths) -> None:
    config = loads(trained.config.read_bytes())
    split = config.dataset.open().val
    images = ValidationImages.load(trained.validation)
    assert images.ids == split.ids
    np.testing.assert_array_equal(images.labels, split.labels)
    words = [shown(str(split.source(index))).encode() for index in range(len(split))]
    assert list(images.hashes) == [hashlib.blake2b(each, digest_size=16).hexdigest() for each in words]


@pytest.mark.parametrize("keep", [True, False])
def test_hashes_of_files_are_those_of_their_bytes_whether_images_are_kept_or_not(tmp_path: Path, keep: bool) -> None:
    folder = make_image_folder(tmp_path, {"ants": 2, "bees": 2})
    make_image_folder(tmp_path, {"ants": 2, "bees": 1}, "val")
    split = config_of(dataset={"kind": "image_folder", "path": str(folder)}).dataset.open().val
    val = Prepared(split, square(32), keep=keep)
    val.read(1, lambda done: None)
    files = [Path(str(split.source(index))).read_bytes() for index in range(3)]
    assert list(images_of(val).hashes) == [hashlib.blake2b(each, digest_size=16).hexdigest() for each in files]


def test_a_resumed_run_of_before_gets_the_list_too_and_a_full_disk_only_delays_it() -> None:
    paths = folder_of(config_of())
    paths.validation.mkdir()  # nothing can be written there
    evidence = writer_of(paths, epochs=2)
    evidence.list_images()
    evidence.save(record_of(0), 0)
    assert scored(paths, 1, 1) == [0]
    paths.validation.rmdir()
    evidence.save(record_of(1), 1)
    assert ValidationImages.load(paths.validation).ids == IMAGES.ids


def test_scores_beyond_the_budget_of_a_run_stay_for_every_kth_the_best_and_the_latest_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "RUN_BYTES", 5 * ScoreBudget(3, 2, 1).epoch_bytes)
    paths, epochs = folder_of(config_of()), 9
    evidence = writer_of(paths, epochs)
    for epoch in range(6):
        evidence.save(record_of(epoch), epoch)
        evidence.thin(best=min(epoch, 1), latest=epoch)
    assert scored(paths, 1, 6) == [0, 1, 3, 5]
    # It is resumed from its fourth epoch, and finds a better one.
    again = writer_of(paths, epochs, number=2)
    for epoch in range(4, 8):
        again.save(record_of(epoch + 10), epoch)
        again.thin(best=4, latest=epoch)
    assert scored(paths, 1, 6) == [0, 3]
    assert [epoch for epoch in range(4, 8) if EpochRecord.load(paths.epoch(2, epoch)).logits is not None] == [4, 6, 7]
    thinned = EpochRecord.load(paths.epoch(1, 2))
    np.testing.assert_array_equal(thinned.confusion, record_of(2).confusion)
    np.testing.assert_array_equal(thinned.positives, record_of(2).positives)


def test_scores_that_are_too_large_for_one_epoch_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "EPOCH_BYTES", 1)
    paths = folder_of(config_of())
    writer_of(paths, 1).save(record_of(0), 0)
    assert scored(paths, 1, 1) == []
