"""Where attempts went on from, and where the next one would."""

import os
import time

import pytest

from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import Resumed, has_checkpoint, resumed, saved_step


def attempt(paths: RunPaths, number: int, **start: object) -> None:
    with EventWriter(paths, number) as writer:
        writer.write("phase", promise_s=60, phase="importing")
        writer.write("start", promise_s=60, **start)


def save(paths: RunPaths, step: int, name: str = "last") -> None:
    """What a trainer does: it says that it saves, and has saved a moment later."""
    with EventWriter(paths, 1) as writer:
        writer.write("step", step=step, promise_s=60, loss=0.1)
        writer.write("phase", step=step, promise_s=60, phase="saving")
    time.sleep(0.01)  # the clock of the file system is coarser than the record's
    paths.checkpoints.mkdir(exist_ok=True)
    getattr(paths, name).write_bytes(b"weights")
    time.sleep(0.01)


def test_each_attempt_after_the_first_says_where_it_went_on(folder: RunPaths) -> None:
    attempt(folder, 1)
    assert resumed(folder) == ()
    attempt(folder, 2, resumed_from_step=120)
    attempt(folder, 3, resumed_from_step=0)
    with EventWriter(folder, 4) as writer:
        writer.write("phase", promise_s=60, phase="importing")  # it has not come so far yet
    assert resumed(folder) == (Resumed(2, 120), Resumed(3, 0))


@pytest.mark.parametrize("content", [b"", b"\n", b"{", b"\xff\xfe\n" * 3])
def test_a_damaged_record_of_an_attempt_is_left_out(folder: RunPaths, content: bytes) -> None:
    folder.events(2).write_bytes(content)
    assert resumed(folder) == ()


def test_the_step_of_the_last_checkpoint_is_found_by_its_time(folder: RunPaths) -> None:
    assert (has_checkpoint(folder), saved_step(folder)) == (False, 0)
    save(folder, 30)
    assert (has_checkpoint(folder), saved_step(folder)) == (True, 30)
    save(folder, 60)
    assert saved_step(folder) == 60
    with EventWriter(folder, 1) as writer:  # killed in the midst of the next save
        writer.write("phase", step=90, promise_s=60, phase="saving")
    assert saved_step(folder) == 60


def test_the_best_checkpoint_counts_where_the_last_is_gone(folder: RunPaths) -> None:
    save(folder, 30, "best")
    save(folder, 60)
    folder.last.unlink()
    assert saved_step(folder) == 30


def test_an_attempt_that_has_saved_nothing_yet_leaves_the_checkpoint_of_the_one_before(folder: RunPaths) -> None:
    save(folder, 30)
    attempt(folder, 2, resumed_from_step=30)
    assert saved_step(folder) == 30


def test_a_checkpoint_that_no_record_speaks_of_is_told_as_unknown(folder: RunPaths) -> None:
    save(folder, 30)
    os.utime(folder.last, (1, 1))
    assert saved_step(folder) is None
