"""What somebody may delete under a living trainer: its folder, which ends it, and its lock, record and device."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import explorer
from explorer.base import locks
from explorer.base.processes import find
from explorer.runs.life import launcher
from explorer.runs.queue import queue
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import dumps
from explorer.runs.state.resting import resting
from explorer.runs.state.status import State, derive
from explorer.training.claim import Claim
from tests.runs.conftest import (
    config_of,
    is_alive,
    is_at_it,
    make_folder,
    pause,
    pid_of,
    turns,
    wait_for,
    wait_for_state,
)

PROJECT = Path(explorer.__file__).parents[1]
Started = Callable[[str], RunPaths]
Tend = Callable[[], None]


def delete(paths: RunPaths) -> None:
    subprocess.run(["rm", "-rf", paths.root], check=True)


def move(paths: RunPaths) -> None:
    paths.root.rename(paths.root.with_name("elsewhere"))


def replace(paths: RunPaths) -> None:
    move(paths)
    subprocess.run(["cp", "-r", paths.root.with_name("elsewhere"), paths.root], check=True)
    (paths.root / "worker").unlink(missing_ok=True)


def empty(paths: RunPaths) -> None:
    # As `rm -rf` leaves a folder in which the trainer makes a file at that moment.
    for found in list(paths.root.iterdir()):
        shutil.rmtree(found) if found.is_dir() else found.unlink()
    (paths.root / "running.npz").touch()


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


GONE = pytest.mark.parametrize("act", [delete, move, replace, empty], ids=lambda act: act.__name__)


@GONE
def test_a_trainer_whose_folder_is_gone_ends_with_its_workers_and_the_next_run_begins(
    act: Callable[[RunPaths], None],
) -> None:
    paths = launcher.start(config_of("hangs_with_a_worker"))
    wait_for_state(paths, State.STALLED)
    pid, worker = pid_of(paths), int((paths.root / "worker").read_text())
    following = launcher.start(config_of("finishes"))
    assert derive(following).state is State.QUEUED
    act(paths)
    left = listing(paths.root)
    wait_for(lambda: not is_alive(pid) and not is_alive(worker), "their end")
    wait_for_state(following, State.FINISHED)
    assert listing(paths.root) == left


@GONE
def test_a_run_that_waits_leaves_the_queue_when_its_folder_is_gone(act: Callable[[RunPaths], None]) -> None:
    head = launcher.start(config_of("works_until_stopped"))
    wait_for_state(head, State.RUNNING)
    paths = launcher.start(config_of("takes_a_turn"))
    wait_for(lambda: is_at_it(paths), "its waiting")
    pid = pid_of(paths)
    act(paths)
    left = listing(paths.root)
    wait_for(lambda: not is_alive(pid), "its end")
    assert queue.waiting() == []
    assert listing(paths.root) == left
    assert derive(head).state is State.RUNNING


def test_a_folder_that_goes_while_its_trainer_asks_whether_to_stop_leaves_no_ticket() -> None:
    head = launcher.start(config_of("works_until_stopped"))
    wait_for_state(head, State.RUNNING)
    gone = launcher.start(config_of("loses_its_folder_while_it_waits"))
    wait_for(lambda: not any(place.alive for place in queue.waiting()), "the end of the one that waits")
    assert queue.waiting() == []
    assert not gone.root.exists()
    assert derive(head).state is State.RUNNING


def test_a_paused_process_whose_folder_is_gone_holds_up_nobody_and_is_ended_when_somebody_looks(tend: Tend) -> None:
    paths = launcher.start(config_of("works_until_stopped"))
    wait_for_state(paths, State.RUNNING)
    waits = launcher.start(config_of("takes_a_turn"))
    wait_for(lambda: is_at_it(waits), "its waiting")
    following = launcher.start(config_of("finishes"))
    pids = pid_of(paths), pid_of(waits)
    for pid in pids:
        os.killpg(pid, signal.SIGSTOP)
    delete(waits)
    delete(paths)
    tend()
    wait_for(lambda: not any(map(is_alive, pids)), "their end")
    wait_for_state(following, State.FINISHED)
    tend()
    assert queue.waiting() == []
    assert not waits.root.exists()


def test_a_paused_process_that_waits_is_passed_over_also_where_its_folder_is_gone(home: Path) -> None:
    head = launcher.start(config_of("works_until_stopped"))
    wait_for_state(head, State.RUNNING)
    waits = launcher.start(config_of("takes_a_turn"))
    wait_for(lambda: is_at_it(waits), "its waiting")
    following = launcher.start(config_of("finishes"))
    pid = pid_of(waits)
    os.kill(pid, signal.SIGSTOP)
    delete(waits)
    head.stop.touch()
    wait_for_state(following, State.FINISHED)
    assert turns(home) == []
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not is_alive(pid), "its end")


def test_all_of_the_home_may_be_moved_away_and_nothing_comes_back(home: Path) -> None:
    paths = launcher.start(config_of("works_until_stopped"))
    wait_for_state(paths, State.RUNNING)
    waits = launcher.start(config_of("takes_a_turn"))
    wait_for(lambda: is_at_it(waits), "its waiting")
    pids = pid_of(paths), pid_of(waits)
    home.rename(home.with_name("gone"))
    wait_for(lambda: not any(map(is_alive, pids)), "their end")
    assert not home.exists()


def test_how_a_process_ended_is_not_noted_in_another_folder_of_its_name(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    pid = pid_of(paths)
    replace(paths)
    wait_for(lambda: find(pid) is None, "its end, and that it was collected")
    other = started("dies_of_memory")  # its end is noted by then
    wait_for(lambda: other.ended(1).exists(), "the note of another")
    assert not paths.ended(1).exists()
    assert not paths.outcome.exists()


@pytest.mark.parametrize("stranger", [True, False], ids=["another file in its place", "nothing in its place"])
def test_a_deleted_lock_changes_no_state_and_is_taken_again(stranger: bool) -> None:
    paths = launcher.start(config_of("ignores_stop"))
    wait_for_state(paths, State.RUNNING)
    paths.lock.unlink()
    if stranger:
        paths.lock.touch()
    assert derive(paths).state is State.RUNNING
    with pytest.raises(launcher.WrongState, match="is running: there is nothing to resume"):
        launcher.resume(paths)
    assert paths.attempts() == (1,)
    wait_for(lambda: locks.is_held(paths.lock), "its lock")


def by_hand(paths: RunPaths) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.runs.trainer", str(paths.root)]
    return subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)


def test_a_second_trainer_refuses_where_the_lock_of_the_first_was_deleted(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    pause(pid_of(paths))  # so that it cannot take its lock again
    paths.lock.unlink()
    second = by_hand(paths)
    said = second.communicate()[1]
    assert second.returncode != 0
    assert "is being trained by another process. Stop that one first." in said
    assert paths.attempts() == (1,)


def test_a_trainer_that_is_started_by_hand_is_noted_and_takes_again_what_is_deleted() -> None:
    paths = make_folder("by-hand", "works_until_stopped")
    paths.stop.parent.mkdir()
    trainer = by_hand(paths)
    wait_for_state(paths, State.RUNNING)
    assert pid_of(paths) == trainer.pid
    paths.launch(1).unlink()
    paths.lock.unlink()
    wait_for(lambda: paths.launch(1).exists() and locks.is_held(paths.lock), "both of them")
    assert pid_of(paths) == trainer.pid
    paths.stop.touch()
    assert trainer.wait() == 0
    assert derive(paths).state is State.STOPPED


def test_a_trainer_by_hand_does_not_begin_while_a_run_is_tidied_up(
    folder: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome.write(folder, Outcome("stopped", "Stopped.", 1.0))
    code = (
        "import sys\nfrom pathlib import Path\nfrom explorer.runs.record.paths import RunPaths\n"
        "from explorer.runs.state.resting import resting\n"
        "with resting(RunPaths(Path(sys.argv[1]))):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    call = [sys.executable, "-c", code, str(folder.root)]
    tidying = subprocess.Popen(call, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with tidying:
        assert tidying.stdout is not None
        assert tidying.stdout.readline() == "held\n"
        with monkeypatch.context() as patch:
            patch.setattr(queue, "guard", partial(queue.guard, 0.05))
            with pytest.raises(queue.QueueError), Claim(folder).held():
                pass
        assert not folder.lock.exists()
        assert derive(folder).state is State.STOPPED
        tidying.communicate("")
    with Claim(folder).held():
        assert locks.is_held(folder.lock)


def test_a_dead_run_never_says_that_it_runs_while_it_is_tidied_up(started: Started) -> None:
    paths = started("dies_of_memory")
    wait_for_state(paths, State.LOST)
    with resting(paths):
        assert derive(paths).state is State.LOST
        assert not locks.is_held(paths.lock)


def hard_link(paths: RunPaths) -> RunPaths:
    copy = RunPaths(runs_root() / f"{paths.id}-copy")
    subprocess.run(["cp", "-al", paths.root, copy.root], check=True)
    assert paths.lock.stat().st_ino == copy.lock.stat().st_ino
    return copy


def test_a_copy_of_hard_links_is_no_living_run(started: Started) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    copy = hard_link(paths)
    status = derive(copy)
    assert status.state is State.LOST
    assert f"This folder is a copy of a run that goes on as process {pid_of(paths)}." in status.reason
    assert derive(paths).state is State.RUNNING


def test_a_copy_of_hard_links_is_resumed_with_a_lock_of_its_own(started: Started) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    copy = hard_link(paths)
    copy.config.unlink()
    copy.config.write_text(dumps(config_of("works_until_stopped")))
    launcher.resume(copy)
    assert wait_for_state(copy, State.RUNNING)
    assert not paths.log.samefile(copy.log)
    assert derive(paths).state is State.RUNNING
    os.kill(pid_of(paths), signal.SIGKILL)
    wait_for_state(paths, State.LOST)
    assert derive(copy).state is State.RUNNING
    assert read_launch(copy, 2) is not None


def test_a_trainer_by_hand_in_a_copy_of_hard_links_does_not_hold_the_lock_of_the_original(started: Started) -> None:
    paths = started("dies_of_memory")
    wait_for_state(paths, State.LOST)
    copy = hard_link(paths)
    copy.config.unlink()
    copy.config.write_text('{"name": "works_until_stopped"}')
    trainer = by_hand(copy)
    wait_for_state(copy, State.RUNNING)
    assert derive(paths).state is State.LOST
    copy.stop.parent.mkdir(exist_ok=True)
    copy.stop.touch()
    trainer.communicate()
