"""A run that does not answer a stop: first SIGTERM to its process, then SIGKILL to its group, never to anybody else."""

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from explorer.base.processes import Moment, is_paused, pid_alive, start_ticks
from explorer.runs.life import launcher
from explorer.runs.life.control import end_now, request_stop, stop_age
from explorer.runs.record.launch_record import latest_launch, write_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.escalation import (
    CONTINUE_AFTER_S,
    END_AFTER_S,
    KILL_AFTER_S,
    TERMINATE_AFTER_S,
    Unreachable,
    end_after_outcome,
    escalate,
)
from explorer.runs.state.escalation import kill as end
from explorer.runs.state.status import State, derive
from tests.runs.conftest import config_of, is_alive, kill, later, pid_of, wait_for, wait_for_state

Started = Callable[[str], RunPaths]


def test_one_that_ignores_the_file_gets_a_sigterm_after_ten_seconds_and_only_one(started: Started) -> None:
    paths = started("obeys_sigterm")
    wait_for_state(paths, State.RUNNING)
    request_stop(paths)
    escalate(paths, TERMINATE_AFTER_S - 1, Moment.now())
    assert not paths.terminated(1).exists()
    escalate(paths, TERMINATE_AFTER_S, Moment.now())
    assert wait_for_state(paths, State.STOPPED).reason == "Stopped by SIGTERM; the work is saved."
    assert paths.terminated(1).exists()


def test_one_that_ignores_both_and_is_silent_is_ended_with_its_workers(started: Started) -> None:
    paths = started("hangs_with_a_worker")
    wait_for_state(paths, State.STALLED)
    worker = int((paths.root / "worker").read_text())
    request_stop(paths)
    escalate(paths, KILL_AFTER_S, later(1))
    assert is_alive(pid_of(paths))  # a SIGTERM first, however late anybody looks
    escalate(paths, KILL_AFTER_S - 1, later(1))
    assert not paths.killed(1).exists()
    escalate(paths, KILL_AFTER_S + 1, later(1))
    status = wait_for_state(paths, State.STOPPED)
    assert status.reason.startswith("It did not answer the stop for 31 s and was ended. Last update at ")
    wait_for(lambda: not is_alive(worker), "the worker's end")


def test_one_that_keeps_its_promises_is_not_ended(started: Started) -> None:
    paths = started("ignores_stop")  # it promised to check in within 30 s
    wait_for_state(paths, State.RUNNING)
    request_stop(paths)
    for seconds in (TERMINATE_AFTER_S, KILL_AFTER_S + 1, 3600.0):
        escalate(paths, seconds, Moment.now())
    assert not paths.killed(1).exists()
    assert derive(paths).state is State.STOPPING
    escalate(paths, 3600.0, later(31))
    wait_for_state(paths, State.STOPPED)


def test_a_paused_one_is_continued_so_that_it_can_save(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    pid = kill(paths, signal.SIGSTOP)
    wait_for(lambda: is_paused(pid, start_ticks(pid)), "the pause")
    request_stop(paths)
    escalate(paths, CONTINUE_AFTER_S - 1, Moment.now())
    assert is_paused(pid, start_ticks(pid))
    escalate(paths, CONTINUE_AFTER_S, Moment.now())
    assert "the work is saved" in wait_for_state(paths, State.STOPPED).reason


def pause(paths: RunPaths, who: str) -> int:
    """Stop the whole group of a run, or its worker alone, by SIGSTOP; returns the pid of the worker."""
    worker = int((paths.root / "worker").read_text())
    if who == "group":
        os.killpg(pid_of(paths), signal.SIGSTOP)
    else:
        os.kill(worker, signal.SIGSTOP)
    wait_for(lambda: is_paused(worker, start_ticks(worker)), "the pause")
    return worker


@pytest.mark.parametrize("who", ["group", "worker"])
def test_a_paused_worker_is_continued_too(started: Started, who: str) -> None:
    paths = started("waits_for_its_worker")
    wait_for_state(paths, State.RUNNING)
    worker = pause(paths, who)
    request_stop(paths)
    escalate(paths, CONTINUE_AFTER_S - 1, Moment.now())
    assert is_paused(worker, start_ticks(worker))
    escalate(paths, CONTINUE_AFTER_S, Moment.now())
    assert "the work is saved" in wait_for_state(paths, State.STOPPED).reason
    wait_for(lambda: not is_alive(worker), "the worker's end")


def leaving(started: Started) -> tuple[RunPaths, int]:
    """A run that has said how it ended and lives on, for its worker is paused."""
    paths = started("ends_before_its_worker")
    wait_for_state(paths, State.RUNNING)
    worker = pause(paths, "worker")
    request_stop(paths)
    wait_for(paths.outcome.exists, "the outcome")
    return paths, worker


def test_a_run_is_over_only_when_its_processes_are_gone_and_names_those_that_are_not(started: Started) -> None:
    paths, worker = leaving(started)
    status = derive(paths)
    assert (status.state, status.processes) == (State.STOPPING, (pid_of(paths), worker))
    assert "Stopped in epoch 2; the work is saved. These of its processes have not ended yet: " in status.reason
    assert f"{pid_of(paths)}, {worker} (paused)." in status.reason
    kill(paths)  # its worker alone is left
    wait_for(lambda: derive(paths).processes == (worker,), "the end of the trainer")
    assert derive(paths).reason.endswith(f"Its process {worker} (paused) has not ended yet.")
    os.kill(worker, signal.SIGKILL)
    wait_for_state(paths, State.STOPPED)
    assert derive(paths).reason == "Stopped in epoch 2; the work is saved."


def test_what_lives_on_after_the_outcome_is_continued_and_then_ended(started: Started) -> None:
    paths, worker = leaving(started)
    end_after_outcome(paths, CONTINUE_AFTER_S - 1)
    assert is_paused(worker, start_ticks(worker))
    end_after_outcome(paths, CONTINUE_AFTER_S)
    wait_for(lambda: not is_paused(worker, start_ticks(worker)), "going on")
    end_after_outcome(paths, END_AFTER_S - 1)
    assert is_alive(worker)
    end_after_outcome(paths, END_AFTER_S)
    wait_for_state(paths, State.STOPPED)
    # A process that is being killed has lost the environment that marks it a moment before it is gone.
    wait_for(lambda: not is_alive(worker) and not is_alive(pid_of(paths)), "their end")


def test_a_copied_folder_never_sends_a_signal(started: Started) -> None:
    paths = started("hangs_with_a_worker")
    wait_for_state(paths, State.STALLED)
    copy = RunPaths(paths.root.with_name(f"{paths.id}-copy"))
    shutil.copytree(paths.root, copy.root)
    for seconds in (CONTINUE_AFTER_S, TERMINATE_AFTER_S, KILL_AFTER_S, KILL_AFTER_S + 1):
        escalate(copy, seconds, later(60))
    with pytest.raises(Unreachable, match="not known on this computer"):
        end(copy, "It was ended.")
    assert not copy.terminated(1).exists()
    assert is_alive(pid_of(paths))
    assert derive(paths).state is State.STALLED


@pytest.mark.parametrize("change", [{"host": "lab-7"}, {"boot": "0123456789ab"}, {"ticks": 1}, {"pid": None}])
def test_a_process_that_is_not_surely_the_run_gets_no_signal(started: Started, change: dict[str, object]) -> None:
    paths = started("hangs_with_a_worker")
    wait_for_state(paths, State.STALLED)
    pid, ticks, launch = pid_of(paths), start_ticks(pid_of(paths)), latest_launch(paths)
    assert launch is not None
    write_launch(paths, 1, replace(launch, **change))  # type: ignore[arg-type]
    escalate(paths, KILL_AFTER_S + 1, later(60))
    with pytest.raises(Unreachable):
        end(paths, "It was ended.")
    assert pid_alive(pid, ticks)
    write_launch(paths, 1, launch)


def test_end_now_ends_at_once_and_says_so(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    assert end_now(paths)
    assert "It was ended without saving, as requested." in wait_for_state(paths, State.STOPPED).reason
    assert not end_now(paths)


def test_one_that_was_ended_can_be_resumed() -> None:
    paths = launcher.start(config_of("ignores_stop"))
    wait_for_state(paths, State.RUNNING)
    end_now(paths)
    wait_for_state(paths, State.STOPPED)
    launcher.resume(paths)
    wait_for_state(paths, State.RUNNING)
    assert paths.attempts() == (1, 2)
    assert stop_age(paths, Moment.now()) is None


def test_the_age_of_a_stop_does_not_jump_with_the_clock(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    request_stop(paths)
    now = Moment.now()
    for jump in (-86400.0, 86400.0):
        age = stop_age(paths, replace(now, wall=now.wall + jump))
        assert age is not None
        assert 0 <= age < 20
