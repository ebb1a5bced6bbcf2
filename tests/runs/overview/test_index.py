"""The list of runs is read from a cache only where that gives what a fresh look would give."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.base.processes import Moment
from explorer.runs.life import launcher, trash
from explorer.runs.life.control import request_stop
from explorer.runs.overview import index
from explorer.runs.overview.index import summaries
from explorer.runs.overview.sizes import disk_use, keep_best_only
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.record import meta, outcome
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.record.studies.part_names import part_path
from explorer.runs.state.status import State
from tests.runs.conftest import make_folder, wait_for_state


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that were read again. What is done in a test counts as done long ago."""
    read: list[str] = []

    def noted(paths: RunPaths) -> RunSummary:
        read.append(paths.id)
        return summarize(paths)

    monkeypatch.setattr(index, "SETTLED_S", -1.0)
    monkeypatch.setattr(index, "WRITE_EVERY_S", 0.0)
    monkeypatch.setattr(index, "EVERY_FILE_S", 3600.0)
    monkeypatch.setattr(index, "summarize", noted)
    monkeypatch.setattr(index, "_caches", {})
    return read


@pytest.fixture
def over(folder: RunPaths) -> RunPaths:
    outcome.write(folder, Outcome("finished", "All epochs are done.", 1.0, best={"auroc": 0.75}))
    meta.change(folder, name="개미 ../", tags=["a b"])
    return folder


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process: only the file is left."""
    monkeypatch.setattr(index, "_caches", {})


def test_a_run_that_is_over_is_read_once(over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = summaries()
    assert (first[0].name, first[0].meta.tags, first[0].bytes) == ("개미 ../", ("a b",), disk_use(over).total)
    assert summaries() == first == (summarize(over),)
    forget(monkeypatch)
    assert summaries() == first
    assert reads == [over.id]


def _renamed(paths: RunPaths) -> None:
    meta.change(paths, name="another")


def _ended_again(paths: RunPaths) -> None:
    outcome.write(paths, Outcome("failed", "The disk is full.", 2.0))


def _edited_in_place(paths: RunPaths) -> None:
    paths.meta.write_text(paths.meta.read_text().replace("개미 ../", "개미 ..!"))  # of the same size


def _resumed(paths: RunPaths) -> None:
    write_launch(paths, 1, Launch.prepared(Moment.now()))


def _lighter(paths: RunPaths) -> None:
    assert keep_best_only(paths) > 0


def _without_outcome(paths: RunPaths) -> None:
    paths.outcome.unlink()


def _config_edited(paths: RunPaths) -> None:
    paths.config.write_text('{"name": "x", "epochs": 7}')


def _with_checkpoints(paths: RunPaths) -> None:
    paths.checkpoints.mkdir()
    paths.best.write_bytes(b"b")
    paths.last.write_bytes(b"l" * 9000)


@pytest.mark.parametrize("change", [_renamed, _ended_again, _resumed, _lighter, _without_outcome])
@pytest.mark.parametrize("from_file", [False, True])
def test_a_run_that_the_app_has_changed_is_read_again_at_once(
    over: RunPaths,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[RunPaths], None],
    from_file: bool,
) -> None:
    _with_checkpoints(over)
    before = summaries()
    if from_file:
        forget(monkeypatch)
    change(over)
    assert summaries() == (summarize(over),) != before
    assert len(reads) == 2


@pytest.mark.parametrize("change", [_edited_in_place, _config_edited])
def test_a_run_that_was_edited_by_hand_in_its_place_is_read_again_a_moment_later(
    over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch, change: Callable[[RunPaths], None]
) -> None:
    before = summaries()
    change(over)
    monkeypatch.setattr(index, "EVERY_FILE_S", 0.0)
    assert summaries() == (summarize(over),) != before
    assert len(reads) == 2


def test_a_look_asks_for_the_folder_of_each_run_and_for_what_lives(
    reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        outcome.write(make_folder(f"run-{number}"), Outcome("finished", "All epochs are done.", 1.0))
    for _ in range(2):
        first = summaries()  # the second one looks at every file, and from then on all are known
    asked: list[str] = []
    stat = os.stat

    def noted(path: Any, *args: Any, **more: Any) -> os.stat_result:
        asked.append(str(path))
        return stat(path, *args, **more)

    monkeypatch.setattr(os, "stat", noted)
    again = summaries()
    monkeypatch.undo()
    assert sorted(path for path in asked if "/runs/" in path) == sorted(str(run.paths.root) for run in first)
    assert len(reads) == 30
    assert all(new is old for new, old in zip(again, first, strict=True))


def test_a_run_that_is_resumed_is_alive_at_once_and_never_cached(
    started: Callable[[str], RunPaths], reads: list[str]
) -> None:
    paths = started("works_until_stopped")
    request_stop(paths)
    wait_for_state(paths, State.STOPPED)
    summaries()
    reads.clear()
    paths.stop.unlink()
    launcher.launch_attempt(paths, 2)
    assert not summaries()[0].status.over
    wait_for_state(paths, State.RUNNING)
    assert [summaries()[0].status.state for _ in range(3)] == [State.RUNNING] * 3
    assert len(reads) == 4
    assert paths.id not in _stored()["runs"]


def _stored() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(index._file().read_text())
    return found


def test_what_has_just_changed_is_read_again(over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SETTLED_S", 3600.0)
    summaries()
    summaries()
    assert reads == [over.id] * 2


def test_a_restart_of_the_computer_changes_what_is_said_of_a_lost_run(
    over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = make_folder("lost")
    assert {run.id: run.status.state for run in summaries()} == {over.id: State.FINISHED, lost.id: State.LOST}
    for boot in ("0123456789ab", "ba9876543210"):
        monkeypatch.setattr(index, "boot_id", lambda boot=boot: boot)
        forget(monkeypatch)
        summaries()
        summaries()
    assert sorted(reads) == sorted([over.id] + [lost.id] * 3)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"format": 1}', "\x00\xff",
     '{"format": 3, "runs": []}', '{"format": 3, "runs": {"ID": 3}}',
     '{"format": 3, "runs": {"ID": {"attempt": 0, "signature": [], "run": {"status": {"why": ""}}, "boot": ""}}}',
     '{"format": 3, "runs": {"../../x": {"attempt": [], "signature": 7, "run": [], "boot": ""}}}'],
)  # fmt: skip
def test_a_damaged_cache_is_ignored(
    over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    good = summaries()
    index._file().write_text(content.replace("ID", over.id))
    forget(monkeypatch)
    assert summaries() == good
    assert reads == [over.id] * 2


def test_a_value_of_the_cache_that_makes_no_sense_is_read_again(
    over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = summaries()
    text = index._file().read_text()
    index._file().write_text(text.replace('"finished"', '"asleep"'))
    forget(monkeypatch)
    assert summaries() == good
    assert reads == [over.id] * 2


@pytest.mark.usefixtures("reads")
def test_a_deleted_run_is_gone_from_the_list_and_from_the_cache(over: RunPaths) -> None:
    other = make_folder("other")
    summaries()
    entry = trash.delete(over)
    assert [run.id for run in summaries()] == [other.id]
    assert set(_stored()["runs"]) == {other.id}
    trash.restore(entry)
    assert [run.id for run in summaries()] == [paths.id for paths in list_runs()]


@pytest.mark.usefixtures("reads")
def test_a_cache_that_cannot_be_written_keeps_nobody_from_the_list(over: RunPaths) -> None:
    index._file().parent.write_text("a file where a folder should be")
    assert [run.id for run in summaries()] == [over.id]
    assert summaries()[0].status.state is State.FINISHED


@pytest.mark.usefixtures("reads")
def test_the_cache_is_not_written_at_every_look(over: RunPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "WRITE_EVERY_S", 3600.0)
    summaries()
    first = index._file().stat()
    meta.change(over, name="another")
    assert summaries()[0].name == "another"
    assert index._file().stat().st_ino == first.st_ino


def test_homes_do_not_mix(over: RunPaths, reads: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert [run.id for run in summaries()] == [over.id]
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "second"))
    assert summaries() == ()
    monkeypatch.setenv("EXPLORER_HOME", str(over.root.parent.parent))
    assert [run.id for run in summaries()] == [over.id]
    assert reads == [over.id]


def test_a_summary_knows_how_much_was_done(started: Callable[[str], RunPaths]) -> None:
    paths = started("finishes")
    wait_for_state(paths, State.FINISHED)
    found = summarize(paths)
    assert found.epochs == 2
    assert found.asked_epochs is None
    assert found.worked_s is not None
    assert 0 < found.worked_s < 60
    assert found.bytes == disk_use(paths).total


@pytest.mark.parametrize(
    ("plan", "kind", "parts", "shown"),
    [
        ({"ask": "effects", "repeats": 6}, "scores", 2, (2, 6)),
        ({"ask": "worth", "repeats": 6}, "curves", 3, (3, 6)),
        ({"ask": "search", "repeats": 3, "folds": 2}, "outer", 5, (2, 3)),
        ({"ask": "immunity", "repeats": 6}, "answers", 5, (0, None)),
        ({"ask": "confirm", "pairs": 6}, "member", 5, (0, None)),
    ],
)
def test_a_list_counts_the_repeats_of_each_kind_of_study(
    plan: dict[str, Any], kind: str, parts: int, shown: tuple[int, int | None], folder: RunPaths
) -> None:
    folder.config.write_text(json.dumps({"kind": "study", "study": plan, "dataset": {"kind": "digits"}}))
    folder.study.mkdir()
    for number in range(parts):
        part_path(folder, kind, number).touch()
    found = summarize(folder)
    assert (found.repeats, found.asked_repeats) == shown
