"""Stopping a run that is a process of its own, and runs that were asked too early to begin."""

import contextlib
import os
import signal

import psutil
import pytest
import torch

from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import State, derive
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest
from tests.training.conftest import (
    SMALL,
    config_of,
    folder_of,
    has_said,
    has_stepped,
    outcome_of,
    run_and_meet,
    run_here,
    wait_for_end,
    wait_until,
)

LONG = {"kind": "shapes", "num_classes": 2, "train_images": 400, "val_images": 20, "image_size": 32}
VALIDATES_LONG = {"train_images": 40, "val_images": 600, "image_size": 48}


def _pid(paths: RunPaths) -> int:
    launch = read_launch(paths, 1)
    assert launch is not None
    assert launch.pid is not None
    return launch.pid


def test_a_stop_file_saves_in_the_middle_of_an_epoch() -> None:
    config = config_of(dataset=LONG, epochs=1000, batch_size=4, **SMALL)
    paths, outcome = run_and_meet(config, lambda paths: paths.stop.touch(), has_stepped)
    assert outcome.state == "stopped", outcome.reason
    assert derive(paths).state is State.STOPPED
    checkpoint = torch.load(paths.last, weights_only=True)
    assert checkpoint["global_step"] > 0
    assert f"after step {checkpoint['global_step']}" in outcome.reason


class StopInPhase(StopRequest):
    """A stop request that is made once the run has reported this phase."""

    def __init__(self, paths: RunPaths, phase: str) -> None:
        super().__init__(paths.stop)
        self._said = has_said(phase)(paths)

    @property
    def asked(self) -> bool:
        return self._said()


@pytest.mark.parametrize(("phase", "words"), [("validating", "in the validation of"), ("reading data", "reading")])
def test_a_stop_falls_wherever_the_run_is_at_work(phase: str, words: str) -> None:
    paths = folder_of(config_of(dataset=LONG | VALIDATES_LONG, epochs=1000, batch_size=4, **SMALL))
    run(paths, StopInPhase(paths, phase))
    outcome = outcome_of(paths)
    assert outcome.state == "stopped"
    assert words in outcome.reason
    assert paths.last.exists() is (phase == "validating")


def test_a_living_run_is_neither_resumed_nor_extended_and_a_stop_is_visible_saves_and_leaves_no_process() -> None:
    paths = launcher.start(config_of(dataset=LONG | VALIDATES_LONG, epochs=1000, batch_size=4, workers=2, **SMALL))
    group = _pid(paths)
    wait_until(paths, has_said("validating")(paths))
    with pytest.raises(launcher.LaunchError, match="nothing to resume"):
        launcher.resume(paths)
    with pytest.raises(launcher.LaunchError, match="not over yet"):
        launcher.extend(paths, 1)
    assert request_stop(paths)
    assert derive(paths).state in (State.STOPPING, State.STOPPED)
    outcome = wait_for_end(paths)
    assert outcome.state == "stopped"
    assert paths.last.exists()
    wait_until(paths, lambda: not _members(group))


def _members(group: int) -> list[int]:
    """The processes of a group, also those that are dead and not yet collected."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getpgid(process.pid) == group:
                found.append(process.pid)
    return found


def test_sigterm_during_the_import_stops_it() -> None:
    paths = launcher.start(config_of(dataset=LONG, **SMALL))
    wait_until(paths, lambda: paths.events(1).exists())
    os.kill(_pid(paths), signal.SIGTERM)
    outcome = wait_for_end(paths)
    assert (outcome.state, outcome.reason) == ("stopped", "Stopped by SIGTERM before it began.")


def test_a_run_that_was_asked_to_stop_before_it_began_does_not_train() -> None:
    paths = folder_of(config_of(), "asked")
    paths.stop.touch()
    assert run(paths, StopRequest(paths.stop)) == 0
    assert outcome_of(paths).reason == "Stopped on request before it began."


def test_a_second_attempt_writes_its_own_events() -> None:
    paths, _ = run_here(config_of(epochs=1, **SMALL))
    assert run(paths, StopRequest(paths.stop)) == 0
    assert paths.attempts() == (1, 2)
    assert outcome_of(paths).attempt == 2
