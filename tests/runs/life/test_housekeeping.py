"""What whoever looks does in passing: waiting runs start again, leftovers go, the end is told once."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.base.processes import Moment, is_paused, pid_alive, start_ticks
from explorer.runs.launchers import local, table
from explorer.runs.life import housekeeping, launcher
from explorer.runs.life.control import end_now, request_stop
from explorer.runs.overview import index
from explorer.runs.overview.index import summaries
from explorer.runs.queue import queue
from explorer.runs.record.launch_record import Launch, latest_launch, write_launch
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.state import escalation
from explorer.runs.state.escalation import end_leftovers
from explorer.runs.state.status import State, derive
from tests.runs.conftest import config_of, is_alive, kill, pause, pid_of, turns, wait_for, wait_for_state

Tend = Callable[[], None]
Started = Callable[[str], RunPaths]


def kill_waiting(paths: RunPaths) -> None:
    """End a waiting run's process, as a restart of the computer does."""
    kill(paths)
    wait_for(lambda: (place := queue.find(paths.id)) is not None and not place.alive, "its death")


def test_dead_waiting_runs_start_again_in_their_order_when_somebody_looks(
    head: RunPaths, home: Path, tend: Tend
) -> None:
    runs = [launcher.start(config_of("takes_a_turn")) for _ in range(3)]
    before = [pid_of(run) for run in runs]
    for run in runs:
        kill_waiting(run)
    assert "will start again soon" in derive(runs[0]).reason
    tend()
    assert [place.id for place in queue.waiting()] == [run.id for run in runs]
    assert all(place.alive for place in queue.waiting())
    assert not {pid_of(run) for run in runs} & set(before)
    (home / "go").touch()
    request_stop(head)
    for run in runs:
        wait_for_state(run, State.FINISHED)
    assert [run_id for word, run_id in turns(home) if word == "begin"] == [run.id for run in runs]
    assert [run.attempts() for run in runs] == [(1,)] * 3


def test_a_resumed_run_that_waits_starts_again_as_the_attempt_that_it_is(tend: Tend) -> None:
    paths = launcher.start(config_of("finishes"))
    wait_for_state(paths, State.FINISHED)
    paths.outcome.unlink()  # as one that got lost
    head = launcher.start(config_of("works_until_stopped"))
    wait_for_state(head, State.RUNNING)
    launcher.resume(paths)
    os.kill(pid_of(paths, 2), 9)
    wait_for(lambda: (place := queue.find(paths.id)) is not None and not place.alive, "its death")
    tend()
    assert derive(paths).state is State.QUEUED
    request_stop(head)
    wait_for_state(paths, State.FINISHED)
    assert paths.attempts() == (1, 2)


@pytest.mark.usefixtures("head")
def test_a_run_that_dies_again_and_again_before_its_turn_is_given_up(tend: Tend) -> None:
    paths = launcher.start(config_of("takes_a_turn"))
    for _ in range(housekeeping.MOST_TRIES):
        kill_waiting(paths)
        tend()
    status = derive(paths)
    assert status.state is State.FAILED
    assert f"ended {housekeeping.MOST_TRIES} times before it began" in status.reason
    assert queue.find(paths.id) is None


@pytest.mark.usefixtures("head")
def test_a_restart_of_the_computer_does_not_count_as_a_failed_try(tend: Tend) -> None:
    paths = launcher.start(config_of("takes_a_turn"))
    kill_waiting(paths)
    launch = latest_launch(paths)
    assert launch is not None
    write_launch(paths, 1, replace(launch, boot="0123456789ab", tries=housekeeping.MOST_TRIES))
    tend()
    after = latest_launch(paths)
    assert after is not None
    assert (derive(paths).state, after.tries) == (State.QUEUED, 1)


@pytest.mark.usefixtures("head")
def test_a_dead_waiting_run_that_was_cancelled_is_stopped_and_does_not_begin(home: Path, tend: Tend) -> None:
    paths = launcher.start(config_of("takes_a_turn"))
    kill_waiting(paths)
    assert request_stop(paths)
    assert derive(paths).state is State.STOPPING
    tend()
    status = derive(paths)
    assert (status.state, status.reason) == (State.STOPPED, "It was taken out of the queue before it began.")
    assert turns(home) == []


@pytest.mark.usefixtures("head")
def test_one_that_cannot_be_started_again_does_not_hold_up_the_rest(tend: Tend) -> None:
    broken, good = (launcher.start(config_of("takes_a_turn")) for _ in range(2))
    for run in (broken, good):
        kill_waiting(run)
    broken.log.unlink()
    broken.log.mkdir()
    tend()
    assert "could not be started: [Errno 21] Is a directory" in derive(broken).reason
    assert derive(good).state is State.QUEUED
    assert [place.id for place in queue.waiting()] == [good.id]


def test_tickets_of_runs_that_are_gone_or_had_begun_are_taken_away(started: Started, tend: Tend) -> None:
    begun = started("finishes")
    wait_for_state(begun, State.FINISHED)
    for run_id in ("20261123-142501-gone-x7k", begun.id):
        queue.take(run_id, "cpu").release()
    tend()
    assert queue.waiting() == []
    assert not (runs_root() / "20261123-142501-gone-x7k").exists()


def test_tending_is_done_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(housekeeping, "_last", -1e9)
    monkeypatch.setattr(housekeeping, "_queue", lambda: looks.append(1))
    housekeeping.tend()
    housekeeping.tend()
    assert looks == [1]


def test_workers_that_outlive_a_killed_trainer_are_named_and_ended_and_nothing_else_is(
    started: Started, tend: Tend
) -> None:
    paths = started("forks_a_worker")
    lost = wait_for_state(paths, State.LOST)
    worker, helper, other = (int((paths.root / name).read_text()) for name in ("worker", "helper", "other"))
    assert os.getpgid(worker) == os.getpgid(helper) == pid_of(paths)
    assert set(lost.processes) == {worker, helper}
    assert f"These of its processes have not ended yet: {worker}, {helper}." in lost.reason
    ticks = start_ticks(other)
    tend()
    wait_for(lambda: not is_alive(worker) and not is_alive(helper), "their end")
    assert derive(paths).processes == ()
    tend()
    assert pid_alive(other, ticks)
    os.kill(other, 9)


def test_tending_goes_on_after_an_outcome_until_no_process_is_left(
    started: Started, tend: Tend, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = started("ends_before_its_worker")
    wait_for_state(paths, State.RUNNING)
    worker = int((paths.root / "worker").read_text())
    pause(pid_of(paths), worker)
    request_stop(paths)
    monkeypatch.setattr(escalation, "CONTINUE_AFTER_S", 0.0)
    tend()
    wait_for(paths.outcome.exists, "the outcome")
    pause(worker)
    tend()
    wait_for(lambda: not is_paused(worker, start_ticks(worker)), "going on")
    assert derive(paths).state is State.STOPPING
    monkeypatch.setattr(escalation, "END_AFTER_S", 0.0)
    tend()
    wait_for_state(paths, State.STOPPED)
    wait_for(lambda: not is_alive(worker), "its end")


def test_a_lost_run_with_living_processes_is_read_again_by_the_list(
    started: Started, tend: Tend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SETTLED_S", -1.0)  # as if nothing had changed for a while
    paths = started("forks_a_worker")
    wait_for_state(paths, State.LOST)
    wait_for(lambda: paths.ended(1).exists(), "the note of its end")
    paths.announced(1).touch()  # nothing of its folder changes from now on
    (run,) = summaries()
    assert len(run.status.processes) == 2
    tend()
    wait_for(lambda: derive(paths).processes == (), "their end")
    (run,) = summaries()
    assert run.status.processes == ()
    os.kill(int((paths.root / "other").read_text()), 9)


def test_a_resume_ends_what_the_last_attempt_has_left_behind() -> None:
    paths = launcher.start(config_of("forks_a_worker"))
    left = wait_for_state(paths, State.LOST).processes
    assert len(left) == 2
    other = int((paths.root / "other").read_text())
    launcher.resume(paths)
    wait_for(lambda: not any(map(is_alive, left)), "their end")
    os.kill(other, 9)


@pytest.mark.parametrize("mark", ["no mark", "0:0"])
def test_a_group_of_the_number_of_a_dead_trainer_without_a_process_of_the_run_is_left_alone(
    folder: RunPaths, mark: str
) -> None:
    # A later owner of the pid has led a group and is gone; its child lives on.
    shell = ["sh", "-c", "sleep 60 & echo $!"]
    owner = subprocess.Popen(
        shell, start_new_session=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "EXPLORER_ATTEMPT": mark}
    )
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    owner.wait()
    try:
        launch = replace(Launch.prepared(Moment.now(), folder), pid=owner.pid, ticks=start_ticks(child))
        write_launch(folder, 1, launch)
        assert os.getpgid(child) == owner.pid
        assert end_leftovers(folder) == 0
        assert pid_alive(child, start_ticks(child))
    finally:
        os.kill(child, 9)


def test_a_later_owner_of_the_pid_is_left_alone(folder: RunPaths) -> None:
    later = subprocess.Popen(["sh", "-c", "sleep 60; true", str(folder.root)], start_new_session=True)
    other = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        launch = replace(Launch.prepared(Moment.now(), folder), pid=other.pid, ticks=(start_ticks(other.pid) or 1) - 1)
        write_launch(folder, 1, launch)
        assert end_leftovers(folder) == 0
        # In its command line, but of another group; and one of the group, but of another boot.
        write_launch(folder, 1, replace(launch, pid=later.pid, boot="0123456789ab"))
        assert end_leftovers(folder) == 0
        assert (later.poll(), other.poll()) == (None, None)
    finally:
        for process in (later, other):
            os.killpg(process.pid, 9)
            process.wait()


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[list[str]]]:
    """What EXPLORER_ON_FINISH was told: id, state, folder and reason of each end."""
    file = tmp_path / "told here.txt"
    values = "|".join(f"$EXPLORER_RUN_{name}" for name in ("ID", "STATE", "FOLDER", "REASON"))
    monkeypatch.setenv("EXPLORER_ON_FINISH", f'echo "{values}" >> "{file}"')
    return lambda: [line.split("|") for line in file.read_text().splitlines()] if file.exists() else []


def _ends(behaviour: str, started: Started) -> RunPaths:
    paths = started(behaviour)
    if behaviour == "works_until_stopped":
        wait_for_state(paths, State.RUNNING)
        request_stop(paths)
    if behaviour == "hangs_with_a_worker":
        wait_for_state(paths, State.STALLED)
        end_now(paths)
    return paths


@pytest.mark.parametrize(
    ("behaviour", "state", "words"),
    [
        ("finishes", "finished", "All 2 epochs are done."),
        ("fails", "failed", "The loss became nan at step 7."),
        ("works_until_stopped", "stopped", "the work is saved"),
        ("dies_of_memory", "lost", "without a result"),
        ("hangs_with_a_worker", "stopped", "It was ended without saving"),
    ],
)
def test_the_end_of_a_run_is_told_exactly_once(
    started: Started, told: Callable[[], list[list[str]]], tend: Tend, behaviour: str, state: str, words: str
) -> None:
    paths = _ends(behaviour, started)
    wait_for_state(paths, State(state))
    wait_for(lambda: not process_lives(paths), "its end")
    for _ in range(3):
        tend()
    housekeeping._settled.clear()  # as another process, which has seen nothing yet
    tend()
    wait_for(lambda: bool(told()), "the telling")
    assert len(told()) == 1
    assert told()[0][:3] == [paths.id, state, str(paths.root)]
    assert words in told()[0][3]


def process_lives(paths: RunPaths) -> bool:
    """Whether its process still lives, and may be about to tell."""
    launch = latest_launch(paths)
    return launch is not None and table.alive(launch)


def test_a_resumed_run_is_told_of_again(told: Callable[[], list[list[str]]]) -> None:
    paths = launcher.start(config_of("fails"))
    wait_for(lambda: len(told()) == 1, "the first telling")
    launcher.resume(paths)
    wait_for(lambda: len(told()) == 2, "the second telling")


@pytest.mark.usefixtures("head")
def test_a_run_that_leaves_the_queue_is_told_of_by_the_real_trainer(
    told: Callable[[], list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "TRAINER", "explorer.training")
    paths = launcher.start(config_of("x"))
    request_stop(paths)
    wait_for(lambda: bool(told()), "the telling")
    assert told()[0][:2] == [paths.id, "stopped"]


def test_the_end_of_a_copy_and_of_long_ago_is_no_news(
    started: Started, told: Callable[[], list[list[str]]], tend: Tend
) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    copy = RunPaths(paths.root.with_name(f"{paths.id}-copy"))
    subprocess.run(["cp", "-r", paths.root, copy.root], check=True)
    old = RunPaths(paths.root.with_name("20200101-000000-old-x7k"))
    old.root.mkdir()
    old.outcome.write_text('{"state": "finished", "reason": "Long ago.", "time": 1577836800}')
    old.launch(1).write_text("{}")
    tend()
    assert copy.announced(1).exists()
    assert old.announced(1).exists()
    kill(paths)
    wait_for_state(paths, State.LOST)
    tend()
    wait_for(lambda: bool(told()), "the telling")
    assert [line[0] for line in told()] == [paths.id]
