"""The ledger of looks at validation images: written by several processes, kept when runs are deleted."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.base import locks
from explorer.data.cache.contents import joined_digest
from explorer.runs.record import ledger
from explorer.runs.record.events import EventWriter
from explorer.runs.record.ledger import Entry, Looks
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import SCORES, images_path, part_path
from explorer.runs.record.validation import ValidationImages

HASHES = ("00ff", "01ff", "02ff")
KEY = ledger.key_of(HASHES)


def trained(name: str, epochs: int, *, listed: bool = True) -> RunPaths:
    """A run that has validated so many epochs."""
    paths = RunPaths(runs_root() / name)
    paths.root.mkdir()
    paths.config.write_text(json.dumps({"kind": "train"}))
    contents = joined_digest(map(bytes.fromhex, HASHES))
    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=1, identity={"contents": f"0123456789abcdef {contents}"})
        for epoch in range(epochs):
            writer.write("epoch", epoch=epoch, promise_s=1)
    if listed:
        ValidationImages(("a", "b", "c"), np.zeros(3, np.int64), HASHES).save(paths.validation)
    return paths


def studied(name: str) -> RunPaths:
    """A study of all images, of which the last three are those for validation."""
    paths = RunPaths(runs_root() / name)
    paths.study.mkdir(parents=True)
    paths.config.write_text(json.dumps({"kind": "study", "study": {"ask": "effects"}}))
    zeros = np.zeros(5, np.int64)
    StudyImages(tuple("abcde"), ("07", "08", *HASHES), zeros, zeros, 2, ("x", "y")).save(images_path(paths))
    part_path(paths, SCORES, 0).touch()
    return paths


def test_runs_of_before_are_counted_once_and_stay_counted_when_they_are_deleted() -> None:
    old, unlisted = trained("old", 3), trained("unlisted", 2, listed=False)
    trained("nothing-yet", 0)
    assert ledger.read().looks(KEY) == Looks(validations=5, runs=2)
    assert ledger.key_of_run(unlisted) == KEY == joined_digest(map(bytes.fromhex, HASHES))
    shutil.rmtree(old.root)
    ledger.note_run(studied("study"))
    assert ledger.read().looks(KEY) == Looks(validations=5, runs=2, studies=1, studied=1)
    assert ledger.read().looks("other").total == 0


def test_a_map_of_runs_looks_once_at_the_images_of_its_runs() -> None:
    runs = [trained(name, 2).id for name in ("one", "two")]
    paths = RunPaths(runs_root() / "map")
    paths.study.mkdir(parents=True)
    plan = {"ask": "immunity", "runs": [*runs, "gone", "../one"]}
    paths.config.write_text(json.dumps({"kind": "study", "study": plan}))
    assert ledger.read().looks(KEY) == Looks(validations=4, runs=2), "it has judged nothing yet"
    answers.write(paths, answers.CLEAN, {"about": np.zeros(1)})
    for _ in range(2):
        ledger.note_run(paths)
    assert ledger.read().looks(KEY) == Looks(validations=4, runs=2, studies=1, studied=1)
    ledger.file().unlink()
    assert ledger.read().looks(KEY).studies == 1


def test_a_study_counts_from_its_first_part_on_and_a_confirmation_with_its_validations() -> None:
    paths = studied("study")
    part_path(paths, SCORES, 0).unlink()
    assert ledger.note_run(paths) is None
    paths.config.write_text(json.dumps({"kind": "study", "study": {"ask": "confirm", "pairs": 6}}))
    for number, epochs in ((0, 3), (1, 2)):
        member = paths.member(number)
        member.root.mkdir(parents=True)
        with EventWriter(member, 1) as writer:
            for epoch in range(epochs):
                writer.write("epoch", epoch=epoch, promise_s=1)
    ledger.note_run(paths)
    found = ledger.read().looks(KEY)
    assert (found, found.total) == (Looks(studies=1, studied=5), 5)


def test_a_resumed_run_counts_all_of_its_epochs_once() -> None:
    ledger.read()
    paths = trained("run", 2)
    ledger.note_run(paths)
    ledger.note_run(paths)
    with EventWriter(paths, 2) as writer:
        for epoch in (1, 2):  # it has validated the second epoch again
            writer.write("epoch", epoch=epoch, promise_s=1)
    ledger.note_run(paths)
    assert len(ledger.read().entries) == 2
    assert ledger.read().looks(KEY) == Looks(validations=3, runs=1)


def test_damaged_and_torn_lines_are_skipped_and_counted() -> None:
    ledger.note(Entry("train", KEY, "one"))
    with ledger.file().open("ab") as file:
        file.write(b'{"kind": "train", "key": 7}\n\x00\xff\n{"kind": "tr')
    ledger.note(Entry("train", KEY, "two"))
    found = ledger.read()
    assert found.looks(KEY).runs == 2
    assert found.skipped == 3


def test_lines_of_many_writers_do_not_mix() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ledger.note(Entry("train", KEY, f"run-{number}")), range(80)))
    found = ledger.read()
    assert (found.looks(KEY).runs, found.skipped) == (80, 0)


def test_nobody_writes_while_another_process_makes_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    trained("old", 3)
    monkeypatch.setattr(ledger, "_LOCK_S", 0.0)
    with locks.take(ledger.file().with_suffix(".lock")) as held:
        assert held is not None
        with pytest.raises(OSError, match="Another window has been changing the ledger"):
            ledger.note(Entry("final", KEY, "one"))
        assert ledger.read().problem
        assert not ledger.file().exists()
    ledger.note(Entry("final", KEY, "one", images=("00ff", "01ff")))
    assert len(ledger.read().opened(["01ff", "03ff"])) == 1
    assert ledger.read().opened(["03ff"]) == ()


def test_a_home_that_cannot_be_written_still_counts_its_runs() -> None:
    trained("old", 3)
    ledger.file().with_suffix(".lock").mkdir()  # it cannot be made, also not by root
    found = ledger.read()
    assert found.looks(KEY).validations == 3
    assert found.problem
    with pytest.raises(OSError, match="directory"):
        ledger.note(Entry("train", KEY, "one"))
