"""Deleted runs, and how they come back."""

import errno
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.base import locks
from explorer.runs.life import launcher, trash
from explorer.runs.life.control import request_stop
from explorer.runs.life.trash import TrashError
from explorer.runs.record import ledger, meta, outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, list_runs, run_paths, trash_root
from explorer.runs.state.resting import RunAlive
from explorer.runs.state.status import State, derive
from tests.runs.conftest import is_alive, make_folder, wait_for, wait_for_state


@pytest.fixture
def over(folder: RunPaths) -> RunPaths:
    outcome.write(folder, Outcome("finished", "All 2 epochs are done.", 1.0))
    return folder


def test_the_looks_of_a_run_that_was_killed_are_noted_when_it_is_deleted(over: RunPaths) -> None:
    with EventWriter(over, 1) as writer:
        writer.write("start", promise_s=1, identity={"contents": "0123456789abcdef fedcba9876543210"})
        writer.write("epoch", epoch=0, promise_s=1)
    assert ledger.read().entries  # made from the runs that are there
    ledger.file().write_bytes(b"")  # as if the run had begun later
    trash.delete(over)
    assert ledger.read().looks("fedcba9876543210").validations == 1


def test_a_deleted_run_comes_back_as_it_was(over: RunPaths) -> None:
    meta.change(over, name="../개미 run", tags=["a b"])
    files = {path.name: path.read_bytes() for path in over.root.iterdir()}
    entry = trash.delete(over)
    assert list_runs() == ()
    (found,) = trash.deleted()
    assert (found.entry, found.id, found.name) == (entry, over.id, "../개미 run")
    assert abs(found.time - time.time()) < 60
    assert found.bytes >= sum(map(len, files.values()))
    assert trash.restore(entry) == over
    assert {path.name: path.read_bytes() for path in over.root.iterdir()} == files
    assert derive(over).reason == "All 2 epochs are done."
    assert trash.deleted() == ()


@pytest.mark.parametrize("behaviour", ["works_until_stopped", "ignores_stop"])
def test_a_run_that_lives_is_not_deleted(started: Callable[[str], RunPaths], behaviour: str) -> None:
    paths = started(behaviour)
    with pytest.raises(RunAlive, match=r"starting.*Stop it first"):
        trash.delete(paths)
    wait_for_state(paths, State.RUNNING)
    with pytest.raises(RunAlive, match=r"running.*Stop it first"):
        trash.delete(paths)
    assert run_paths(paths.id) == paths
    if behaviour == "works_until_stopped":
        request_stop(paths)
        wait_for_state(paths, State.STOPPED)
        trash.delete(paths)
        assert list_runs() == ()


def test_a_run_that_has_just_been_resumed_is_not_moved_away(started: Callable[[str], RunPaths]) -> None:
    paths = started("works_until_stopped")
    request_stop(paths)
    wait_for_state(paths, State.STOPPED)
    paths.stop.unlink()
    launcher.launch_attempt(paths, 2)
    with pytest.raises(RunAlive):
        trash.delete(paths)
    wait_for_state(paths, State.RUNNING)


def test_a_deleted_run_leaves_no_process_behind(started: Callable[[str], RunPaths]) -> None:
    paths = started("forks_a_worker")
    left = wait_for_state(paths, State.LOST).processes
    assert len(left) == 2
    trash.delete(paths)
    wait_for(lambda: not any(map(is_alive, left)), "their end")


def test_whoever_holds_the_lock_of_a_run_keeps_it(over: RunPaths) -> None:
    with locks.hold(over.lock), pytest.raises(RunAlive, match=r"is stopping.* Its process has not ended yet"):
        trash.delete(over)
    assert over.root.is_dir()


def test_a_run_whose_id_is_taken_again_stays_in_the_trash(over: RunPaths) -> None:
    entry = trash.delete(over)
    make_folder("ants-bees", "another")
    with pytest.raises(TrashError, match="exists again"):
        trash.restore(entry)
    assert [one.entry for one in trash.deleted()] == [entry]


@pytest.mark.parametrize(
    "entry",
    [
        "", ".", "..", "../runs", "/etc/passwd", "20261123T142501.123456Z_../../x", "x\x00y",
        "20261123T142501.123456Z_a/b", "20261123-142501-ants-bees-x7k", ".going-abc",
    ],
)  # fmt: skip
def test_the_name_of_an_entry_is_never_a_path(over: RunPaths, entry: str) -> None:
    with pytest.raises(TrashError, match="not the name of a deleted run"):
        trash.restore(entry)
    assert trash.remove([entry]) == 0
    assert over.root.is_dir()


def test_what_is_not_there_any_more_is_told(over: RunPaths) -> None:
    entry = trash.delete(over)
    with pytest.raises(TrashError, match="not there any more"):
        trash.delete(over)
    trash.restore(entry)
    with pytest.raises(TrashError, match="exists again"):
        trash.restore(entry)
    trash.delete(over)
    assert trash.remove(one.entry for one in trash.deleted()) == 1
    with pytest.raises(TrashError, match="not there any more"):
        trash.restore(entry)


def test_of_many_who_delete_the_same_run_one_succeeds_and_the_others_are_told(over: RunPaths) -> None:
    def attempt(action: Callable[[], object]) -> str:
        try:
            action()
        except (TrashError, RunAlive) as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(attempt, [lambda: trash.delete(over)] * 8))
        assert said.count("done") == 1
        (entry,) = (one.entry for one in trash.deleted())
        said = list(pool.map(attempt, [lambda: trash.restore(entry)] * 8))
    assert said.count("done") == 1
    assert list_runs() == (over,)


def test_the_last_deleted_is_listed_first_and_strangers_are_left_alone(over: RunPaths) -> None:
    second = make_folder("second")
    outcome.write(second, Outcome("failed", "No.", 1.0))
    (trash_root() / "notes of mine").mkdir()
    (trash_root() / f"20261399T999999.000000Z_{over.id}").mkdir()
    trash.delete(over)
    trash.delete(second)
    assert [one.id for one in trash.deleted()] == [second.id, over.id]
    assert trash.remove(one.entry for one in trash.deleted()) == 2
    assert {path.name for path in trash_root().iterdir()} == {"notes of mine", f"20261399T999999.000000Z_{over.id}"}


def test_only_what_was_deleted_long_ago_is_purged(over: RunPaths) -> None:
    second = make_folder("second")
    outcome.write(second, Outcome("failed", "No.", 1.0))
    old, new = trash.delete(over), trash.delete(second)
    aged = f"20200101T000000.000000Z_{over.id}"
    os.rename(trash_root() / old, trash_root() / aged)  # noqa: PTH104
    assert trash.purge() == 1
    assert [one.entry for one in trash.deleted()] == [new]
    assert trash.purge() == 0


def test_what_a_purge_did_not_live_to_remove_is_removed_by_the_next(over: RunPaths) -> None:
    (trash_root() / trash.delete(over)).rename(trash_root() / ".going-abc")
    assert trash.deleted() == ()
    assert trash.purge() == 0
    assert list(trash_root().iterdir()) == []


def test_a_run_that_cannot_be_moved_is_told_and_stays(over: RunPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", refuse)
        with pytest.raises(TrashError, match="could not be moved"):
            trash.delete(over)
    assert list_runs() == (over,)
    assert trash.deleted() == ()
