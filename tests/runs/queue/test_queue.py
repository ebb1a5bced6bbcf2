"""Runs that wait for their turn, as real processes: in order, not held up by any other, cheap while they wait."""

import concurrent.futures
import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import explorer
from explorer.base.home import ATTEMPT_VARIABLE
from explorer.runs.launchers import local
from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.queue import queue
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths, list_runs, queue_root
from explorer.runs.spec.devices import DEVICES
from explorer.runs.state.status import State, derive
from tests.runs.conftest import config_of, is_at_it, kill, pause, pid_of, turns, wait_for, wait_for_state

PROJECT = Path(explorer.__file__).parents[1]
FORK = multiprocessing.get_context("fork")  # launchers that need not import all of albumentations first


@pytest.fixture
def go(home: Path) -> Callable[[], None]:
    """Lets every run that takes a turn go on."""
    return (home / "go").touch


def turn() -> RunPaths:
    """A run that takes a turn, started now."""
    return launcher.start(config_of("takes_a_turn"))


def begun(home: Path) -> list[str]:
    """The runs that began, in order."""
    return [run_id for word, run_id in turns(home) if word == "begin"]


def wait_for_ends(runs: list[RunPaths]) -> None:
    wait_for(lambda: all(derive(run).over for run in runs), f"the end of {len(runs)} runs")


def test_twenty_runs_at_once_run_one_at_a_time_in_the_order_of_the_clicks(home: Path, go: Callable[[], None]) -> None:
    home.mkdir()
    go()
    runs = [turn() for _ in range(20)]
    wait_for_ends(runs)
    assert turns(home) == [(word, run.id) for run in runs for word in ("begin", "end")]
    assert queue.waiting() == []


def test_with_two_slots_two_train_at_once_and_a_lower_number_lets_them_end(home: Path, go: Callable[[], None]) -> None:
    queue.set_slots("cpu", 2)
    runs = [turn() for _ in range(4)]
    wait_for(lambda: len(begun(home)) == 2, "two of them training")
    assert {queue.find(run.id) is None for run in runs[:2]} == {True}
    assert queue.in_use("cpu") == 2
    queue.set_slots("cpu", 1)
    request_stop(runs[0])
    wait_for_state(runs[0], State.FINISHED)
    # One ended and one trains on: that is as many as there may be now.
    assert queue.try_begin(runs[2].id, lambda: None) is None
    assert derive(runs[2]).state is State.QUEUED
    go()
    wait_for_ends(runs)
    assert begun(home)[2:] == [run.id for run in runs[2:]]


@pytest.mark.usefixtures("head")
def test_lanes_do_not_hold_each_other_up() -> None:
    waits, other = turn(), launcher.start(config_of("finishes", "gpu"))
    wait_for_state(other, State.FINISHED)
    assert "on cpu: next in line" in derive(waits).reason


@pytest.mark.usefixtures("head")
def test_a_run_that_waits_says_where_it_stands() -> None:
    runs = [turn() for _ in range(3)]
    assert [derive(run).state for run in runs] == [State.QUEUED] * 3
    said = [derive(run).reason.removeprefix("Waiting for its turn on cpu: ") for run in runs]
    assert said == ["next in line.", "1 run before it.", "2 runs before it."]


def test_a_run_leaves_the_queue_when_it_is_stopped(head: RunPaths, home: Path, go: Callable[[], None]) -> None:
    first, second = turn(), turn()
    assert request_stop(first)
    assert "while it waited for its turn" in wait_for_state(first, State.STOPPED).reason
    wait_for(lambda: queue.find(first.id) is None, "its ticket being gone")
    go()
    request_stop(head)
    wait_for_ends([second])
    assert begun(home) == [second.id]


def test_moved_runs_begin_in_their_new_order(head: RunPaths, home: Path, go: Callable[[], None]) -> None:
    a, b, c, d = (turn() for _ in range(4))
    queue.move(d.id, 0)
    queue.move(a.id, 2)
    assert [place.id for place in queue.waiting()] == [d.id, b.id, a.id, c.id]
    assert all(place.alive for place in queue.waiting())
    go()
    request_stop(head)
    wait_for_ends([a, b, c, d])
    assert begun(home) == [d.id, b.id, a.id, c.id]


def test_runs_may_be_moved_while_others_begin_and_each_begins_once(
    head: RunPaths, home: Path, go: Callable[[], None]
) -> None:
    runs = [turn() for _ in range(6)]
    go()
    request_stop(head)
    while len(begun(home)) < len(runs):
        for run in reversed(runs):
            with contextlib.suppress(queue.QueueError):  # it has begun meanwhile
                queue.move(run.id, 0)
    wait_for_ends(runs)
    assert sorted(begun(home)) == sorted(run.id for run in runs)
    assert [word for word, _ in turns(home)] == ["begin", "end"] * len(runs)
    with pytest.raises(queue.QueueError, match="does not wait any more"):
        queue.move(runs[0].id, 0)


def test_what_fails_dies_or_freezes_does_not_hold_up_the_others(head: RunPaths) -> None:
    fails = launcher.start(config_of("fails"))
    killed, frozen, last = (launcher.start(config_of("finishes")) for _ in range(3))
    wait_for(lambda: is_at_it(killed) and is_at_it(frozen), "all of them waiting")
    kill(frozen, signal.SIGSTOP)
    kill(killed)
    request_stop(head)
    wait_for_state(fails, State.FAILED)
    wait_for_state(last, State.FINISHED)
    assert "paused" in derive(frozen).reason
    assert derive(frozen).state is State.QUEUED
    assert derive(killed).state is State.QUEUED  # until somebody looks, see test_tending
    kill(frozen, signal.SIGCONT)
    wait_for_state(frozen, State.FINISHED)


def test_a_launcher_that_is_killed_at_once_leaves_its_run_in_the_queue(home: Path, head: RunPaths) -> None:
    def start_and_die() -> None:
        turn()
        os.kill(os.getpid(), signal.SIGKILL)

    launcher_process = FORK.Process(target=start_and_die)
    launcher_process.start()
    launcher_process.join()
    assert launcher_process.exitcode == -signal.SIGKILL
    (paths,) = (run for run in list_runs() if run != head)
    assert derive(paths).state is State.QUEUED
    place = queue.find(paths.id)
    assert place is not None
    assert place.alive
    request_stop(head)
    wait_for(lambda: begun(home) == [paths.id], "its turn")


@pytest.mark.usefixtures("head")
def test_a_run_whose_launcher_could_not_note_its_process_notes_itself() -> None:
    paths = turn()
    text = paths.launch(1).read_text()
    pid = pid_of(paths)
    # As it is where the launcher was killed between making the process and writing its number down.
    paths.launch(1).write_text(text.replace(f'"pid": {pid}', '"pid": null'))
    wait_for(lambda: (launch := latest_launch(paths)) is not None and launch.pid == pid, "the note")


@pytest.mark.usefixtures("head")
def test_a_waiting_trainer_costs_little_and_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRAINER", "explorer.training")
    paths = turn()
    wait_for(lambda: is_at_it(paths), "its waiting")
    process = psutil.Process(pid_of(paths))
    files = " ".join(found.path for found in process.memory_maps())
    assert process.memory_info().rss < 30e6
    assert [name for name in ("torch", "numpy", "pydantic", "cv2") if f"/{name}" in files] == []
    request_stop(paths)
    wait_for_state(paths, State.STOPPED)


def test_launchers_that_start_runs_at_the_same_moment_share_one_queue(home: Path, go: Callable[[], None]) -> None:
    home.mkdir()
    go()
    launchers = [FORK.Process(target=lambda: [turn() for _ in range(3)]) for _ in range(2)]
    for one in launchers:
        one.start()
    for one in launchers:
        one.join()
    assert len(list_runs()) == 6
    wait_for_ends(list(list_runs()))
    assert sorted(begun(home)) == sorted(run.id for run in list_runs())
    assert [word for word, _ in turns(home)] == ["begin", "end"] * 6


@pytest.mark.usefixtures("head")
def test_threads_of_one_server_draw_different_tickets() -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        tickets = list(pool.map(lambda number: queue.take(f"run-{number}", "mps"), range(20)))
    places = [place for place in queue.waiting() if place.lane == "mps"]
    assert len({place.number for place in places}) == 20
    assert all(place.alive for place in places)
    for ticket in tickets:
        ticket.release()
    assert not any(place.alive for place in queue.waiting() if place.lane == "mps")


def test_runs_line_up_again_when_somebody_deletes_the_queue_and_what_trains_keeps_its_device(
    head: RunPaths, home: Path, go: Callable[[], None]
) -> None:
    runs = [turn() for _ in range(2)]
    wait_for(lambda: all(map(is_at_it, runs)), "both waiting")
    shutil.rmtree(queue_root().rename(home / "gone"))
    go()
    wait_for(lambda: queue.in_use("cpu") == 1 and len(queue.waiting()) == 2, "the device and the queue as they were")
    assert begun(home) == []
    request_stop(head)
    wait_for_ends(runs)
    assert sorted(begun(home)) == sorted(run.id for run in runs)
    assert [word for word, _ in turns(home)] == ["begin", "end"] * 2
    assert queue.waiting() == []


def test_who_waits_for_the_guard_of_a_home_that_is_moved_makes_no_home_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT_VARIABLE, "as in a trainer")
    home.mkdir()
    with concurrent.futures.ThreadPoolExecutor(1) as pool, queue.guard():
        waits = pool.submit(lambda: queue.set_slots("cpu", 2))
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.2)
        home.rename(home.with_name("gone"))
        with pytest.raises(FileNotFoundError):
            waits.result()
    assert not home.exists()


def test_a_device_is_kept_where_its_home_stays_and_makes_no_home_again(home: Path) -> None:
    ticket = queue.take("20261123-142501-moves-x7k", "cpu")
    slot = queue.try_begin("20261123-142501-moves-x7k", lambda: None)
    ticket.release()
    assert slot is not None
    shutil.rmtree(queue_root())
    slot.keep()
    assert queue.in_use("cpu") == 1
    home.rename(home.with_name("gone"))
    with pytest.raises(FileNotFoundError):
        slot.keep()
    assert not home.exists()
    slot.release()


def test_slots_that_make_no_sense_are_refused() -> None:
    for lane, count in (("abacus", 1), ("cpu", 0), ("cpu", 17), ("cpu", True)):
        with pytest.raises(ValueError, match=r"There is no device|must be a whole number from 1 to 16"):
            queue.set_slots(lane, count)
    assert queue.slots() == dict.fromkeys(DEVICES, 1)


def test_damaged_settings_mean_one_at_a_time() -> None:
    for content in ("", "{", '{"slots": 3}', '{"slots": {"cpu": "many", "gpu": -1, "mps": true}}'):
        (queue_root() / "settings.json").write_text(content)
        assert queue.slots() == dict.fromkeys(DEVICES, 1)


def test_a_run_on_any_device_can_wait_and_begin() -> None:
    for device in DEVICES:
        ticket = queue.take(f"run-{device}", device)
        slot = queue.try_begin(f"run-{device}", lambda: None)
        assert slot is not None
        assert (slot.lane, queue.in_use(device)) == (device, 1)
        slot.release()
        ticket.release()


def test_a_lane_that_is_not_there_is_an_error_of_the_queue() -> None:
    with pytest.raises(queue.QueueError, match="There is no queue for the device 'abacus'"):
        queue.take("a-run", "abacus")


def test_a_guard_that_is_held_for_long_says_by_whom() -> None:
    code = (
        "import sys, time\nfrom explorer.runs.queue import queue\n"
        "with queue.guard():\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        pause(holder.pid)
        with pytest.raises(queue.QueueError, match=f"by process {holder.pid}, which is paused"), queue.guard(0.05):
            pass
        os.kill(holder.pid, signal.SIGCONT)
        holder.communicate("")
    with queue.guard(1.0):
        pass
