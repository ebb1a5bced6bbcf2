"""The launcher that the operator has chosen starts new runs; records of any launcher can be read."""

import pytest

from explorer.runs.launchers import table
from explorer.runs.life import launcher
from explorer.runs.record.launch_record import read_launch, write_launch
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.state.status import State, derive
from tests.runs.conftest import config_of, wait_for_state


def test_a_launcher_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(table.VARIABLE, "pigeon")
    with pytest.raises(launcher.LaunchError, match=r"names no launcher: .pigeon"):
        launcher.start(config_of("finishes"))
    assert [derive(paths).state for paths in list_runs()] == [State.FAILED]


def test_the_record_names_its_launcher_and_one_of_an_unknown_launcher_is_read() -> None:
    paths: RunPaths = launcher.start(config_of("finishes"))
    wait_for_state(paths, State.FINISHED)
    launch = read_launch(paths, 1)
    assert launch is not None
    assert launch.launcher == "local"
    paths.outcome.unlink()
    write_launch(paths, 1, type(launch)(**{**vars(launch), "launcher": "pigeon", "folder": None}))
    assert derive(paths).state is State.LOST
