"""What pages learn of a run's validations, also where files are damaged, missing, thinned out or of other images."""

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline
from explorer.base.kept import Kept
from explorer.data.fit import square
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.overview.evidence import Absent, Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record import budget
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps
from tests.runs.trainer import STEPS_PER_EPOCH, Work, save_epoch, train

LABELS = np.array([0, 1, 1])


@pytest.fixture
def work(folder: RunPaths) -> Work:
    """A run with four epochs, whose ids repeat."""
    ValidationImages(("a", "a", "b"), LABELS, ("01", "02", "")).save(folder.validation)
    with EventWriter(folder, 1) as writer:
        work = Work(folder, 1, writer)
        train(work, epochs=4)
    return work


def evidence_of(paths: RunPaths) -> Evidence:
    view = RunView(paths)
    view.refresh()
    return Evidence(view)


def test_scores_and_images_are_there(work: Work) -> None:
    evidence = evidence_of(work.paths)
    record, images = evidence.record(2), evidence.images
    assert record is not None
    assert images is not None
    np.testing.assert_array_equal(record.labels, LABELS)
    assert (images.ids, images.hashes) == (("a", "a", "b"), ("01", "02", ""))
    assert evidence.scored(range(9)) == (0, 1, 2, 3)
    assert (evidence.why_not(2), evidence.why_not(7)) == (None, Absent("not_validated"))


@pytest.mark.parametrize("damage", [None, b"", b"PK\x03\x04 and then nothing"])
def test_an_epoch_that_cannot_be_read_says_so(work: Work, damage: bytes | None) -> None:
    evidence, path = evidence_of(work.paths), work.paths.epoch(1, 1)
    assert evidence.record(1) is not None
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    assert evidence.record(1) is None
    assert evidence.why_not(1) == Absent("missing" if damage is None else "damaged")
    work.paths.validation.write_bytes(damage or b"")
    assert (evidence.images, evidence.why_no_images()) == (None, "damaged")


def test_an_epoch_that_cannot_be_read_for_a_moment_has_its_scores_again_after_it(work: Work) -> None:
    evidence, path = evidence_of(work.paths), work.paths.epoch(1, 1)
    away = path.rename(path.with_suffix(".away"))
    path.mkdir()  # reading it is an OSError
    assert 1 not in evidence.scored(range(4))
    path.rmdir()
    away.rename(path)
    assert 1 in evidence.scored(range(4))


def test_an_epoch_that_is_validated_again_is_read_again(work: Work) -> None:
    paths, view = work.paths, RunView(work.paths)
    evidence = Evidence(view)
    view.refresh()
    before = evidence.record(1)
    step = 2 * STEPS_PER_EPOCH
    with EventWriter(paths, 2) as writer:
        writer.write("start", step=STEPS_PER_EPOCH, promise_s=30, resumed_from_step=STEPS_PER_EPOCH)
        save_epoch(paths, 2, 1)
        writer.write("epoch", epoch=1, step=step, promise_s=30, val_loss=0.4)
    view.refresh()
    after = evidence.record(1)
    assert before is not None
    assert after is not None
    assert (before.confusion[1, 1], after.confusion[1, 1]) == (10, 20)
    assert evidence.scored(range(4)) == (0, 1)


def test_scores_of_other_images_are_not_given_with_the_listed_ones(work: Work) -> None:
    evidence = evidence_of(work.paths)
    ValidationImages(("a", "a", "b"), LABELS[::-1], ("", "", "")).save(work.paths.validation)
    record = evidence.record(0)
    assert record is not None
    assert (record.logits, evidence.why_not(0)) == (None, Absent("other_images"))


@pytest.mark.parametrize(
    ("name", "most", "expected"),
    [
        ("EPOCH_BYTES", 1, Absent("too_large", {"images": 10, "classes": 2, "megabytes": 0})),
        ("RUN_BYTES", 3 * ScoreBudget(10, 2, 1).epoch_bytes, Absent("thinned", {"every": 4})),
        ("RUN_BYTES", 1_000_000, Absent("not_stored")),
    ],
)
def test_it_says_why_an_epoch_has_no_scores(
    work: Work, monkeypatch: pytest.MonkeyPatch, name: str, most: int, expected: Absent
) -> None:
    path = work.paths.epoch(1, 2)
    EpochRecord.load(path).without_scores().save(path)
    monkeypatch.setattr(budget, name, most)
    monkeypatch.setattr("explorer.runs.overview.evidence.EPOCH_BYTES", budget.EPOCH_BYTES)
    evidence = evidence_of(work.paths)
    assert evidence.why_not(2) == expected
    assert evidence.record(2) is not None
    assert 2 not in evidence.scored(range(4))


def test_a_run_of_before_gets_the_images_of_a_data_set_with_the_recorded_listing(folder: RunPaths) -> None:
    config = RunConfig(dataset=DigitsSpec(), pipeline=Pipeline())
    folder.config.write_text(dumps(config))
    split = config.dataset.open().val
    listing = split.listing(square(config.image_size))
    with EventWriter(folder, 1) as writer:
        writer.write("start", promise_s=30, identity={"validation images": listing})
    evidence = evidence_of(folder)
    assert (evidence.images, evidence.why_no_images()) == (None, "not_listed")
    lost = evidence.lost_images()
    assert lost is not None
    assert (lost.image_size, lost.listing) == (config.image_size, listing)
    images = ValidationImages(split.ids, split.labels, ("",) * len(split))
    assert not evidence.restore(images, "another")
    assert evidence.images is None
    assert evidence.restore(images, listing)
    assert (evidence.images, evidence.why_no_images(), evidence.lost_images()) == (images, None, None)


def test_records_of_all_runs_share_one_budget(work: Work) -> None:
    view = RunView(work.paths)
    view.refresh()
    size = EpochRecord.load(work.paths.epoch(1, 0)).nbytes
    kept: Kept[EpochRecord | None] = Kept(2 * size, lambda record: record.nbytes if record else 0)
    first, second = Evidence(view, kept), Evidence(view, kept)
    for epoch in range(4):
        assert first.record(epoch) is second.record(epoch)
    assert kept.held == 2 * size
