"""The status of real processes: living, stalled, stopped, killed, frozen, restarted, copied."""

import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from explorer.base import locks
from explorer.base.processes import Moment, pid_alive, start_ticks
from explorer.runs.life.control import request_stop
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter, last_event
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.facts import START_GRACE_S
from explorer.runs.state.status import FIRST_CHECK_IN_S, State, derive
from tests.runs.conftest import kill, later, pid_of, wait_for, wait_for_state

Started = Callable[[str], RunPaths]


def test_a_run_goes_from_starting_to_finished(started: Started) -> None:
    paths = started("finishes")
    seen = {derive(paths).state for _ in range(3)}
    assert seen <= {State.STARTING, State.RUNNING, State.FINISHED}
    status = wait_for_state(paths, State.FINISHED)
    assert status.over
    assert status.reason == "All 2 epochs are done."
    assert status.since == outcome.read(paths).time  # type: ignore[union-attr]


def test_a_process_without_lock_and_check_in_is_starting(started: Started) -> None:
    paths = started("never_takes_its_lock")
    status = wait_for_state(paths, State.STARTING)
    assert "started at" in status.reason
    request_stop(paths)
    lost = wait_for_state(paths, State.LOST)
    assert "without a result" in lost.reason
    assert "never sent an update" in lost.reason
    assert "A stop was requested" in lost.reason


def test_start_up_has_phases_of_its_own(started: Started) -> None:
    paths = started("imports_for_ever")
    wait_for(lambda: last_event(paths.events(1)) is not None, "a check-in")
    status = derive(paths)
    assert status.state is State.STARTING
    assert re.fullmatch(r"importing · updated \d+ s ago", status.reason)


def test_a_running_run_says_where_it_is(started: Started) -> None:
    paths = started("ignores_stop")
    status = wait_for_state(paths, State.RUNNING)
    assert re.fullmatch(r"epoch 3 · updated \d+ s ago", status.reason), status.reason
    asked = json.loads(paths.config.read_text())
    for changes, words in (({"epochs": 5}, "epoch 3 of 5"), ({"epochs": 5, "kind": "rate"}, "step 120")):
        paths.config.write_text(json.dumps(asked | changes))
        assert re.fullmatch(rf"{words} · updated \d+ s ago", derive(paths).reason), derive(paths).reason
    assert not status.over


def test_a_trainer_killed_by_the_system_is_lost_with_its_last_words(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    last = last_event(paths.events(1))
    kill(paths)
    status = wait_for_state(paths, State.LOST)
    assert "The process ended without a result" in status.reason
    assert "epoch 3, step 120" in status.reason
    assert status.reason.endswith("See the log.")
    assert last is not None
    assert status.since == last.time
    wait_for(
        lambda: "killed by SIGKILL, though not by the system for lack of memory" in derive(paths).reason, "the cause"
    )


def test_a_kill_is_seen_at_the_very_next_look(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    ticks = start_ticks(pid_of(paths))
    pid = kill(paths)
    # Linux calls a process dead once its first thread is, while another may hold the files for a moment longer.
    wait_for(lambda: not pid_alive(pid, ticks) and threads(pid) <= 1, "death")
    assert derive(paths).state is State.LOST


def threads(pid: int) -> int:
    """How many threads a process still has; 0 where it is gone, or where there is no /proc to ask."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0


def test_a_crash_before_the_first_check_in_is_lost_and_says_see_the_log(started: Started) -> None:
    paths = started("crashes_at_once")
    status = wait_for_state(paths, State.LOST)
    assert "The process never sent an update. See the log." in status.reason
    wait_for(lambda: "exit code 1" in derive(paths).reason, "the exit code")
    assert "No module named 'torch'" in paths.log.read_text()


def test_a_failed_run_says_its_own_reason(started: Started) -> None:
    assert wait_for_state(started("fails"), State.FAILED).reason == "The loss became nan at step 7."


def test_a_worker_that_outlives_its_trainer_does_not_keep_the_run_alive(started: Started) -> None:
    paths = started("forks_a_worker")
    try:
        wait_for_state(paths, State.LOST)
        worker = int((paths.root / "worker").read_text())
        assert start_ticks(worker) is not None
    finally:
        (paths.root / "worker may go").touch()


def test_a_broken_promise_is_stalled_and_keeping_it_again_is_not(started: Started) -> None:
    paths = started("falls_silent")
    status = wait_for_state(paths, State.STALLED)
    assert "one was due within 0.1 s" in status.reason
    assert "epoch 3, step 120" in status.reason
    assert not status.over


def test_a_slow_but_honest_step_is_not_stalled(folder: RunPaths) -> None:
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=200, loss=1.0)
        assert derive(folder, later(199)).state is State.RUNNING
        assert derive(folder, later(201)).state is State.STALLED


def test_a_clock_that_is_set_breaks_no_promise(folder: RunPaths) -> None:
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
        now = Moment.now()
        for jump in (-86400.0, 86400.0):
            assert derive(folder, replace(now, wall=now.wall + jump)).state is State.RUNNING


def test_a_frozen_process_is_shown_as_paused(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    pid = kill(paths, signal.SIGSTOP)
    status = wait_for_state(paths, State.STALLED)
    assert "paused" in status.reason
    assert f"kill -CONT {pid}" in status.reason
    kill(paths, signal.SIGCONT)
    wait_for_state(paths, State.RUNNING)


def test_a_run_that_waits_for_a_paused_worker_names_it(started: Started) -> None:
    paths = started("hangs_with_a_worker")
    assert "paused" not in wait_for_state(paths, State.STALLED).reason
    worker = int((paths.root / "worker").read_text())
    os.kill(worker, signal.SIGSTOP)
    wait_for(lambda: f"`kill -CONT {worker}` continues it." in derive(paths).reason, "the name")
    assert derive(paths).state is State.STALLED


def test_stopping_is_visible_until_the_work_is_saved(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    kill(paths, signal.SIGSTOP)
    assert request_stop(paths)
    asked = paths.stop.read_bytes()
    status = derive(paths)
    assert status.state is State.STOPPING
    assert "Saving before it stops" in status.reason
    assert request_stop(paths)
    assert paths.stop.read_bytes() == asked
    kill(paths, signal.SIGCONT)
    assert "the work is saved" in wait_for_state(paths, State.STOPPED).reason
    assert not request_stop(paths)


def test_a_lock_without_check_in_is_starting_and_then_stalled(folder: RunPaths) -> None:
    write_launch(folder, 1, Launch.prepared(Moment.now()))
    with locks.hold(folder.lock):
        assert derive(folder).state is State.STARTING
        assert derive(folder, later(FIRST_CHECK_IN_S + 1)).state is State.STALLED


def test_a_launcher_that_died_half_way_leaves_a_lost_run_after_its_grace(folder: RunPaths) -> None:
    write_launch(folder, 1, Launch.prepared(Moment.now()))
    assert derive(folder).state is State.STARTING
    status = derive(folder, later(START_GRACE_S + 1))
    assert status.state is State.LOST
    assert "interrupted" in status.reason


def test_a_reused_pid_is_not_taken_for_the_trainer(folder: RunPaths) -> None:
    launch = replace(Launch.prepared(Moment.now()), pid=os.getpid(), ticks=(start_ticks(os.getpid()) or 0) - 1)
    write_launch(folder, 1, launch)
    assert derive(folder).state is State.LOST
    write_launch(folder, 1, replace(launch, ticks=start_ticks(os.getpid())))
    assert derive(folder).state is State.STARTING


def _of_another_boot(folder: RunPaths, host: str | None = None) -> None:
    """Make the run one of before a restart, or one copied from another computer."""
    text = folder.events(1).read_text().replace(Moment.now().boot, "0123456789ab")
    folder.events(1).write_text(text)
    launch = replace(Launch.prepared(Moment.now()), boot="0123456789ab", pid=os.getpid())
    write_launch(folder, 1, replace(launch, ticks=start_ticks(os.getpid()), host=host or launch.host))


@pytest.mark.parametrize(("host", "words"), [(None, "computer restarted"), ("lab-7", "another computer (lab-7)")])
def test_a_run_of_before_a_restart_or_of_another_computer_is_lost(
    folder: RunPaths, host: str | None, words: str
) -> None:
    with EventWriter(folder, 1) as writer:
        writer.write("step", epoch=1, step=33, promise_s=1e6, loss=1.0)
    _of_another_boot(folder, host)
    status = derive(folder)
    assert status.state is State.LOST
    assert "epoch 2, step 33" in status.reason
    assert words in status.reason


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"state": "finished"}', '{"state": "great", "time": 1}'])
def test_a_damaged_outcome_is_no_outcome(folder: RunPaths, content: str) -> None:
    with EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
    folder.outcome.write_text(content)
    status = derive(folder)
    assert status.state is State.LOST
    assert "outcome.json is damaged" in status.reason


def test_the_outcome_of_an_earlier_attempt_does_not_speak_for_a_later_one(folder: RunPaths) -> None:
    outcome.write(folder, Outcome("stopped", "Stopped.", 100.0, attempt=1))
    with EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
    assert derive(folder).state is State.STOPPED
    with locks.hold(folder.lock), EventWriter(folder, 2) as writer:
        writer.write("step", epoch=0, step=4, promise_s=20, loss=1.0, resumed_from_step=3)
        assert derive(folder).state is State.RUNNING
    assert derive(folder).state is State.LOST


def test_a_folder_in_which_nothing_began_says_so(folder: RunPaths) -> None:
    assert "never started" in derive(folder).reason
    folder.config.write_text('{"name": ')
    assert "run.json is damaged" in derive(folder).reason
    folder.config.unlink()
    assert "no run.json" in derive(folder).reason


def test_looking_changes_nothing(folder: RunPaths) -> None:
    with EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
    write_launch(folder, 1, Launch.prepared(Moment.now()))

    def listing() -> list[tuple[str, int]]:
        return sorted((path.name, path.stat().st_mtime_ns) for path in Path(folder.root).rglob("*"))

    before = listing()
    derive(folder)
    assert listing() == before


@pytest.mark.parametrize("damage", ["", "{", '{"pid": 1}', json.dumps(asdict(Launch("x", "y", 0, 0, "z"))) + "]"])
def test_a_damaged_launch_record_does_not_hide_the_run(folder: RunPaths, damage: str) -> None:
    folder.launch(1).write_text(damage)
    assert derive(folder).state is State.LOST
    with locks.hold(folder.lock), EventWriter(folder, 1) as writer:
        writer.write("step", epoch=0, step=3, promise_s=20, loss=1.0)
        assert derive(folder).state is State.RUNNING
