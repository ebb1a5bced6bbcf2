"""Full disks, copied folders, newer versions, clocks that jump: each ends in words, none in a wrong state."""

import errno
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.base import locks
from explorer.runs.life import launcher, process
from explorer.runs.life.control import request_stop
from explorer.runs.overview.summary import summarize
from explorer.runs.queue import queue
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import RESERVED_BYTES, Outcome, reserve
from explorer.runs.record.paths import RunPaths, list_runs, runs_root
from explorer.runs.state.status import State, derive
from tests import disks
from tests.runs.conftest import config_of, wait_for, wait_for_state

Started = Callable[[str], RunPaths]


@pytest.fixture
def small_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """EXPLORER_HOME on a disk of 1 MB."""
    # The trainer of these tests needs next to no room, and a real one would be refused.
    monkeypatch.setattr(launcher.needs, "check_start", lambda config: None)
    with disks.small_disk(home, megabytes=1) as disk:
        yield disk


def test_a_run_whose_disk_is_full_says_so_in_its_outcome(small_disk: Path) -> None:
    paths = launcher.start(config_of("fills_the_disk"))
    status = wait_for_state(paths, State.FAILED)
    assert "No space left on device" in status.reason
    wait_for(lambda: not locks.is_held(paths.lock), "its end")
    assert os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize < RESERVED_BYTES


def test_last_words_need_the_room_that_was_kept_for_them(small_disk: Path, folder: RunPaths) -> None:
    words = Outcome("failed", "The disk is full.", time.time())
    with reserve(folder):
        disks.fill(small_disk)
        with pytest.raises(OSError, match="No space left"):
            outcome.write(folder, words)
        outcome.write_at_any_cost(folder, words)
        assert outcome.read(folder) == words
    assert sorted(path.name for path in folder.root.iterdir()) == ["outcome.json", "run.json"]


def test_start_on_a_full_disk_says_so_and_leaves_nothing_behind(small_disk: Path) -> None:
    runs_root()
    disks.fill(small_disk)
    with pytest.raises(launcher.LaunchError, match="No space left on device"):
        launcher.start(config_of("finishes"))
    assert list(runs_root().iterdir()) == []
    assert queue.waiting() == []
    (small_disk / "filling").unlink()
    wait_for_state(launcher.start(config_of("finishes")), State.FINISHED)


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_while_the_process_is_made_leaves_no_run_that_nobody_can_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as full:
        full.setattr(process, "write_launch", _full)
        full.setattr(outcome, "write", _full)
        with pytest.raises(launcher.LaunchError, match="No space left on device"):
            launcher.start(config_of("finishes"))
    assert list_runs() == ()
    assert queue.waiting() == []


def test_a_resume_that_cannot_be_written_does_not_hold_up_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = launcher.start(config_of("fails"))
    wait_for_state(paths, State.FAILED)
    with monkeypatch.context() as full:
        full.setattr(launcher, "write_launch", _full)
        with pytest.raises(launcher.LaunchError, match=r"could not be resumed: .*No space left"):
            launcher.resume(paths)
    assert queue.waiting() == []
    assert derive(paths).state is State.FAILED


def test_a_folder_copied_while_its_run_trains_is_lost_and_the_run_goes_on(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    copy = RunPaths(paths.root.with_name(f"{paths.id}-copy"))
    subprocess.run(["cp", "-r", paths.root, copy.root], check=True)
    status = derive(copy)
    assert status.state is State.LOST
    assert "This folder is a copy" in status.reason
    assert not request_stop(copy)
    assert derive(paths).state is State.RUNNING
    request_stop(paths)
    wait_for_state(paths, State.STOPPED)
    assert derive(copy).state is State.LOST


def test_a_copy_of_a_run_that_waits_has_no_place_in_the_queue() -> None:
    head = launcher.start(config_of("works_until_stopped"))
    wait_for_state(head, State.RUNNING)
    paths = launcher.start(config_of("takes_a_turn"))
    copy = RunPaths(paths.root.with_name(f"{paths.id}-copy"))
    subprocess.run(["cp", "-r", paths.root, copy.root], check=True)
    assert derive(paths).state is State.QUEUED
    assert derive(copy).state is State.LOST


def test_a_run_of_a_newer_version_is_listed_and_not_resumed() -> None:
    paths = launcher.start(config_of("fails"))
    wait_for_state(paths, State.FAILED)
    paths.config.write_text(json.dumps(json.loads(paths.config.read_text()) | {"version": 7}))
    assert summarize(paths).status.state is State.FAILED
    with pytest.raises(launcher.LaunchError, match="newer version of the explorer"):
        launcher.resume(paths)


@pytest.mark.parametrize("offset", [-1e6, 1e6])
@pytest.mark.parametrize("content", ["", '{"wall": 1, "mono": 1, "boot": "0123456789ab"}'])
def test_a_stop_with_a_time_of_another_clock_is_still_a_stop(folder: RunPaths, offset: float, content: str) -> None:
    folder.stop.parent.mkdir()
    folder.stop.write_text(content)
    os.utime(folder.stop, (time.time() + offset,) * 2)
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
        status = derive(folder)
        assert status.state is State.STOPPING
        assert "Saving before it stops, as requested at" in status.reason
    assert derive(folder).state is State.LOST
