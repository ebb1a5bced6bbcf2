"""`python -m explorer` as a real process: what it prints, and exit code 0 only on success."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer.augment.pipeline import Pipeline
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.cli.main import main
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.state.status import State, derive
from tests.runs.conftest import make_folder, wait_for_state

PROJECT = Path(explorer.__file__).parents[1]


def _call(module: str, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    call = [sys.executable, "-m", module, *arguments]
    return subprocess.run(call, cwd=PROJECT, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return _call("explorer", *arguments)


def _config(name: str) -> str:
    return dumps(RunConfig(name=name, dataset=DigitsSpec(), pipeline=Pipeline(), accelerator="cpu"))


def test_start_waits_for_the_end_and_succeeds_with_a_finished_run() -> None:
    good = _call("tests.runs.command", "start", "--wait", "-", stdin=_config("finishes"))
    assert good.returncode == 0, good.stderr
    assert good.stdout.strip() == list_runs()[0].id
    assert "finished: All 2 epochs are done." in good.stderr


def test_start_returns_once_the_run_has_checked_in_and_stop_waits_for_its_end(tmp_path: Path) -> None:
    (tmp_path / "내 설정.json").write_text(_config("works_until_stopped"))
    begun = _call("tests.runs.command", "start", str(tmp_path / "내 설정.json"))
    assert begun.returncode == 0, begun.stderr
    (paths,) = list_runs()
    assert begun.stdout.strip() == paths.id
    assert paths.events(1).exists()
    wait_for_state(paths, State.RUNNING)
    stopped = command("stop", paths.id[:15])
    assert stopped.returncode == 0, stopped.stderr
    assert "the work is saved" in stopped.stdout
    again = command("stop", "latest", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["state"] == "stopped"


def test_a_bad_config_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    values = json.loads(_config("x")) | {"learning_rate": 0, "batch": 3}
    (tmp_path / "bad.json").write_text(json.dumps(values))
    answer = command("start", "--json", str(tmp_path / "bad.json"))
    assert answer.returncode == 2
    told = json.loads(answer.stderr)
    assert "learning_rate: Learning rate must be above 0. You gave 0." in told["error"]
    assert set(told["errors"]) == {"learning_rate", "batch"}
    assert list_runs() == ()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("start", "/no/such.json"), 2, "/no/such.json cannot be read: No such file or directory."),
        (("show", "nobody"), 3, "There is no run 'nobody'"),
        (("stop", "../x"), 3, "is not the id of a run"),
        (("show", "latest"), 3, "There is no run 'latest'"),
        (("logs", "/etc/passwd"), 3, "is not the id of a run"),
        (("dance",), 2, "invalid choice"),
        (("list", "--state", "happy"), 2, "'happy'"),
        ((), 2, "required"),
        (("stop", "x", "--timeout", "nan"), 2, "must be seconds from 0 up"),
    ],
)
def test_what_cannot_be_done_says_why(
    arguments: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        answer = main(arguments)
    except SystemExit as error:  # of argparse
        answer = int(str(error.code))
    printed = capsys.readouterr()
    assert answer == code
    assert words in printed.err
    assert printed.out == ""


def test_a_process_says_what_cannot_be_done_without_a_traceback() -> None:
    answer = command("show", "nobody")
    assert answer.returncode == 3
    assert "There is no run 'nobody'" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


def test_an_empty_list_is_a_success(home: Path) -> None:
    answer = command("list")
    assert answer.returncode == 0
    assert str(home) in answer.stderr
    assert json.loads(command("list", "--json").stdout) == []


def test_list_and_show_tell_about_every_run(started: Callable[[str], RunPaths]) -> None:
    paths = started("finishes")
    wait_for_state(paths, State.FINISHED)
    damaged = make_folder("damaged")
    damaged.config.write_text("{")
    lines = command("list").stdout.splitlines()
    assert len(lines) == 3
    assert lines[1].split()[:3] == [paths.id, "finished", "0.750"]
    assert "never started" in lines[2]
    shown = command("show", paths.id)
    assert shown.returncode == 0
    assert "finished: All 2 epochs are done." in shown.stdout
    assert shown.stdout.count("0.7000") == 1
    answer: dict[str, Any] = json.loads(command("show", paths.id, "--json").stdout)
    assert (answer["state"], answer["over"], answer["step"], answer["total_steps"]) == ("finished", True, 8, 8)
    assert [epoch["auroc"] for epoch in answer["epochs"]] == [0.7, 0.71]


def test_the_beginning_of_several_ids_is_not_guessed() -> None:
    first, second = make_folder("one"), make_folder("two")
    answer = command("show", "2026")
    assert answer.returncode == 2
    assert first.id in answer.stderr
    assert second.id in answer.stderr


def test_stopping_a_run_that_does_not_listen_is_no_success(started: Callable[[str], RunPaths]) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    answer = command("stop", paths.id, "--timeout", "0.2")
    assert answer.returncode == 1
    assert "stopping" in answer.stdout
    assert derive(paths).state is State.STOPPING
    assert command("stop", paths.id, "--no-wait").returncode == 0


def test_a_closed_pipe_is_no_error_to_look_at() -> None:
    for number in range(40):
        make_folder(f"run-{number}")
    command = f"'{sys.executable}' -m explorer list | head -n 1"
    answer = subprocess.run(["sh", "-c", command], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert answer.stdout.startswith("ID ")
    assert answer.stderr == ""


def test_looking_at_runs_does_not_import_what_training_needs() -> None:
    heavy = "{'torch', 'albumentations', 'pydantic', 'cv2'}"
    code = f"import sys, explorer.runs.cli.main; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
