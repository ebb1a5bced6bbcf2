"""Runs are started quickly, as processes of their own that outlive whoever started them."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import explorer
from explorer.augment.pipeline import Pipeline
from explorer.base import locks
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.runs.launchers import table
from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.record.launch_record import how_it_ended, read_launch
from explorer.runs.record.paths import RunPaths, list_runs, runs_root
from explorer.runs.record.reasons import in_words
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.state.status import State, derive
from tests.runs.conftest import log_of, pid_of, wait_for, wait_for_state

PROJECT = Path(explorer.__file__).parents[1]


def _config(name: str) -> RunConfig:
    return RunConfig(name=name, dataset=DigitsSpec(), pipeline=Pipeline(), accelerator="cpu")


def test_start_returns_and_the_run_goes_on_by_itself() -> None:
    paths = launcher.start(_config("works_until_stopped"))
    assert loads(paths.config.read_bytes()) == _config("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    assert request_stop(paths)
    wait_for_state(paths, State.STOPPED)
    assert not request_stop(paths)
    wait_for(lambda: in_words(how_it_ended(paths, 1)) == "exit code 0", "the note of how it ended")


def test_what_the_trainer_prints_is_in_the_log() -> None:
    paths = launcher.start(_config("finishes"))
    wait_for_state(paths, State.FINISHED)
    assert log_of(paths) == "training begins\n"


def test_the_trainer_leads_a_group_and_a_session_of_its_own() -> None:
    pid = pid_of(launcher.start(_config("works_until_stopped")))
    assert os.getpgid(pid) == pid != os.getpgid(0)
    assert os.getsid(pid) == pid != os.getsid(0)


def test_the_run_outlives_a_parent_that_is_killed_with_its_whole_group(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(dumps(_config("works_until_stopped")))
    command = [sys.executable, "-m", "tests.runs.command", "start", "--wait", str(tmp_path / "config.json")]
    parent = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: bool(list_runs()), "a run")
        (paths,) = list_runs()
        wait_for_state(paths, State.RUNNING)
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()
    assert derive(paths).state is State.RUNNING
    assert locks.is_held(paths.lock)
    request_stop(paths)
    assert "the work is saved" in wait_for_state(paths, State.STOPPED).reason


def test_a_relative_data_folder_is_meant_from_where_the_run_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = _config("fails").model_copy(update={"dataset": ImageFolderSpec(path="내 사진/train")})
    paths = launcher.start(config)
    assert json.loads(paths.config.read_text())["dataset"]["path"] == str(tmp_path / "내 사진" / "train")


def test_a_run_of_the_same_name_gets_a_folder_of_its_own() -> None:
    ids = {launcher.start(_config("fails")).id for _ in range(3)}
    assert len(ids) == 3
    assert {paths.id for paths in list_runs()} == ids


def test_where_no_folder_can_be_made_it_says_so(home: Path) -> None:
    home.mkdir()
    (home / "runs").write_text("a file in the way")
    with pytest.raises(launcher.LaunchError, match=r"No folder could be made for the run: .*runs"):
        launcher.start(_config("finishes"))
    (home / "runs").unlink()


def test_where_no_process_can_be_made_the_run_says_so_in_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(launcher.LaunchError, match="process could not be started"):
        launcher.start(_config("finishes"))
    (paths,) = list_runs()
    status = derive(paths)
    assert status.state is State.FAILED
    assert "/no/such/python" in status.reason


def test_half_made_folders_are_not_runs_and_are_swept_when_old() -> None:
    old, young = runs_root() / ".new-000000000000", runs_root() / ".new-111111111111"
    for folder in (old, young):
        folder.mkdir()
        RunPaths(folder).config.write_text("{}")
    os.utime(old, (time.time() - 7200,) * 2)
    assert list_runs() == ()
    launcher.start(_config("fails"))
    assert not old.exists()
    assert young.exists()


def test_the_launch_record_names_the_process() -> None:
    paths = launcher.start(_config("works_until_stopped"))
    launch = read_launch(paths, 1)
    assert launch is not None
    assert table.alive(launch)
    assert not table.alive(replace(launch, boot="another boot"))


def test_two_trainers_never_train_the_same_run(folder: RunPaths) -> None:
    with (
        locks.hold(folder.lock),
        pytest.raises(locks.LockHeld, match="being trained by another process"),
        locks.hold(folder.lock, timeout=0.05),
    ):
        pass
    assert not locks.is_held(folder.lock)
