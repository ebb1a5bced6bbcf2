"""Real trainers with loader workers whose folder is deleted, or which are paused: no process is left over."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from explorer.base import locks
from explorer.base.home import ATTEMPT_VARIABLE, made_home
from explorer.runs.life import housekeeping, launcher
from explorer.runs.life.control import request_stop
from explorer.runs.queue import queue
from explorer.runs.record import meta
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.state.status import State, derive
from explorer.training.checkpoints import AtomicCheckpointIO
from tests.runs.conftest import pause
from tests.training.conftest import SMALL, config_of, has_said, has_stepped, outcome_of, wait_until

LONG = {"kind": "shapes", "num_classes": 2, "train_images": 400, "val_images": 20, "image_size": 32}


def start(kind: str, **changes: object) -> tuple[RunPaths, int]:
    """A run with two loader workers, and its group."""
    values = {"dataset": LONG, "epochs": 1000, "batch_size": 4, "workers": 2, **SMALL, **changes}
    paths = launcher.start(config_of(kind=kind, **values))
    launch = read_launch(paths, 1)
    assert launch is not None
    assert launch.pid is not None
    return paths, launch.pid


def members(group: int) -> list[psutil.Process]:
    """The living processes of a group."""
    return list(_members(group))


def _members(group: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                yield process


@pytest.mark.parametrize(("kind", "phase"), [("train", "training"), ("check", "importing")])
def test_a_real_trainer_whose_folder_is_deleted_is_gone_with_all_it_started(kind: str, phase: str) -> None:
    paths, group = start(kind)
    wait_until(paths, has_said(phase)(paths))
    # Again where the trainer made a file at that moment: `rm` leaves the folder then, as it would for anybody.
    wait_until(paths, lambda: subprocess.run(["rm", "-rf", paths.root], check=False).returncode == 0)
    wait_until(paths, lambda: not members(group))
    assert not paths.root.exists()
    assert list_runs() == ()
    wait_until(paths, lambda: queue.in_use("cpu") == 0)  # held until the last of its threads is gone


def test_nothing_that_a_trainer_writes_makes_its_folder_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, counts = RunPaths(tmp_path / "gone"), np.ones((2, 2), np.int64)
    writes: dict[str, Callable[[], object]] = {
        "checkpoint": lambda: AtomicCheckpointIO(config_of()).save_checkpoint({"global_step": 1}, paths.last),
        "epoch": lambda: EpochRecord(counts, counts, counts).save(paths.epoch(1, 0)),
        "lock": lambda: locks.take(paths.lock),
        "meta": lambda: meta.change(paths, name="again"),
        "stop": lambda: request_stop(paths),
    }
    for name, write in writes.items():
        with contextlib.suppress(FileNotFoundError):
            write()
        assert not paths.root.exists(), name
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(ATTEMPT_VARIABLE, "1:2")  # as in a trainer
    assert made_home() == tmp_path / "home"
    assert not made_home().exists()


def test_a_paused_trainer_whose_folder_is_deleted_is_ended_by_its_workers() -> None:
    paths, group = start("train")
    wait_until(paths, has_stepped(paths))
    pause(group)  # before anything is removed: it would make files in the folder while `rm` empties it
    subprocess.run(["rm", "-rf", paths.root], check=True)
    wait_until(paths, lambda: not members(group))
    assert not paths.root.exists()


def test_a_real_group_that_is_paused_is_stopped_and_saves() -> None:
    paths, group = start("train")
    wait_until(paths, has_stepped(paths))
    pause(group)  # first, so that its workers stay the same
    pause(*(process.pid for process in members(group)))
    request_stop(paths)

    def over() -> bool:
        housekeeping.tend()
        return derive(paths).over

    wait_until(paths, over)
    assert derive(paths).state is State.STOPPED
    wait_until(paths, lambda: not members(group))
    assert paths.last.exists()


def test_a_trainer_that_has_ended_takes_its_paused_workers_along_also_when_nobody_looks() -> None:
    many = {"train_images": 40, "val_images": 600, "image_size": 48}
    paths, group = start("train", dataset=LONG | many)
    wait_until(paths, has_said("validating")(paths))
    pause(group)  # first, so that its workers stay the same
    pause(*(process.pid for process in members(group)))
    os.kill(group, signal.SIGTERM)
    os.kill(group, signal.SIGCONT)
    wait_until(paths, lambda: not members(group))
    assert derive(paths).state is State.STOPPED
    assert "by SIGTERM" in outcome_of(paths).reason
    assert paths.last.exists()
