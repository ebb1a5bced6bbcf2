"""How the networks of a run's epochs judged its validation images."""

import gc
import weakref

import numpy as np
import pytest

from explorer.base.kept import Kept
from explorer.metrics.mistakes import judge
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.judgments import Judgments
from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from tests.runs.validated import ended_run, scored

EPOCHS = [(logits, scored(60)[1]) for logits, _ in (scored(60, seed=seed) for seed in range(4))]


def judgments_of(paths: RunPaths, threshold: float = 0.5) -> Judgments:
    view = RunView(paths)
    view.refresh()
    return Judgments(Evidence(view), threshold)


def test_an_epoch_is_judged_by_its_scores_and_the_threshold_of_the_run() -> None:
    paths = ended_run(EPOCHS, ("ants", "bees"))
    for threshold in (0.5, 0.2):
        found = judgments_of(paths, threshold).of(1)
        assert found is not None
        assert np.array_equal(found.predicted, judge(*EPOCHS[1], threshold).predicted)


def test_a_judged_epoch_does_not_keep_its_scores_in_memory() -> None:
    view = RunView(ended_run(EPOCHS, ("ants", "bees")))
    view.refresh()
    read: list[weakref.ref[EpochRecord]] = []

    def size(record: EpochRecord | None) -> int:
        assert record is not None
        read.append(weakref.ref(record))
        return 1

    kept: Kept[EpochRecord | None] = Kept(0, size)  # forgets each record at once
    judgments = Judgments(Evidence(view, kept))
    found = judgments.of(1)
    assert judgments.of(1) is found
    gc.collect()
    assert [one() for one in read] == [None, None]


def test_the_course_over_epochs_is_that_of_all_of_them_and_grows() -> None:
    judgments = judgments_of(ended_run(EPOCHS, ("ants", "bees")))
    right = np.array([logits.argmax(axis=1) == labels for logits, labels in EPOCHS])
    for count in (2, 4):
        course = judgments.course(range(count))
        assert course is not None
        assert course.epochs == tuple(range(count))
        assert course.never_learned.tolist() == np.flatnonzero(~right[:count].any(axis=0)).tolist()
        assert course.now.tolist() == right[count - 1].tolist()


@pytest.mark.parametrize("damage", ["other images", "not finite", "no file"])
def test_an_epoch_that_cannot_be_used_is_left_out_of_the_course(damage: str) -> None:
    paths = ended_run(EPOCHS, ("ants", "bees"))
    record = EpochRecord.load(paths.epoch(1, 2))
    logits, labels = EPOCHS[2]
    if damage == "no file":
        paths.epoch(1, 2).unlink()
    else:
        broken = np.where(np.arange(60)[:, None] == 7, np.nan, logits).astype(np.float32)
        given = (logits, 1 - labels) if damage == "other images" else (broken, labels)
        EpochRecord(record.confusion, record.positives, record.negatives, *given).save(paths.epoch(1, 2))
    judgments = judgments_of(paths)
    course = judgments.course(range(4))
    assert course is not None
    assert course.epochs == (0, 1, 3)
    if damage == "not finite":
        with pytest.raises(ValueError, match="1 of 60 samples"):
            judgments.of(2)


def test_a_run_without_scores_has_no_course() -> None:
    judgments = judgments_of(ended_run(EPOCHS, ("ants", "bees"), stored=False))
    assert judgments.of(0) is None
    assert judgments.course(range(4)) is None
