"""Every command of `python -m explorer` but the plainest: what it does, prints, and ends with. See also test_cli.py."""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer.augment.pipeline import Pipeline
from explorer.runs.cli import main as cli
from explorer.runs.cli.exit_codes import FAILED, INTERRUPTED, NOT_FOUND, OK, USAGE, WRONG_STATE
from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.machine import machine
from explorer.runs.queue import queue
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.spec.config import dumps
from explorer.runs.spec.devices import DEVICES
from explorer.runs.state.status import State, derive
from tests.runs.conftest import config_of, interruptible, kill, make_folder, wait_for, wait_for_state
from tests.runs.machine.test_machine import ANSWER, machine_of

PROJECT = Path(explorer.__file__).parents[1]
Started = Callable[[str], RunPaths]

pytestmark = pytest.mark.usefixtures("tend")


@dataclass(frozen=True)
class Answer:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value that it printed."""
        return json.loads(self.out)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Calls a command in this process, which has imported already what the start of a run needs."""

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        try:
            code = cli.main(arguments)
        except SystemExit as wrong_usage:
            code = int(wrong_usage.code or 0)
        return Answer(code, *capsys.readouterr())

    return call


Command = Callable[..., Answer]


@pytest.fixture
def waits(head: RunPaths) -> RunPaths:  # noqa: ARG001 - it keeps the device busy
    """A run that waits behind another."""
    return launcher.start(config_of("takes_a_turn"))


@pytest.fixture
def over() -> RunPaths:
    """A run that has failed."""
    paths = launcher.start(config_of("fails"))
    wait_for_state(paths, State.FAILED)
    return paths


@pytest.mark.usefixtures("head")
def test_start_of_a_run_that_has_to_wait_returns_at_once(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "나의 설정 file.json"
    config.write_text(dumps(config_of("takes_a_turn")))
    answer = command("start", str(config), "--json")
    assert (answer.code, answer.value["state"]) == (OK, "queued")
    assert "next in line" in answer.value["reason"]
    crop = {"kind": "step", "id": "c", "transform": "RandomResizedCrop", "params": {"size": [64, 64]}, "p": 1.0}
    crops = Pipeline.model_validate({"nodes": [crop]})
    config.write_text(dumps(config_of("takes_a_turn").model_copy(update={"pipeline": crops})))
    second = command("start", str(config))
    assert second.code == OK
    assert "caution: pipeline: The smallest crops of RandomResizedCrop have" in second.err
    assert second.out.strip() in {run.id for run in list_runs()} - {answer.value["id"]}
    assert "queued: Waiting for its turn on cpu: 1 run before it." in second.err


def test_start_that_waits_for_a_run_that_fails_is_a_failure(command: Command, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(dumps(config_of("fails")))
    answer = command("start", "--wait", "--json", str(tmp_path / "config.json"))
    assert answer.code == FAILED
    assert (answer.value["state"], answer.value["reason"]) == ("failed", "The loss became nan at step 7.")


def test_start_refuses_weights_that_a_network_does_not_have(command: Command, tmp_path: Path) -> None:
    machine.remember(machine_of(ANSWER))
    config = config_of("finishes").model_copy(update={"weights": "advprop"})
    (tmp_path / "config.json").write_text(dumps(config))
    answer = command("start", str(tmp_path / "config.json"))
    assert answer.code == USAGE
    assert "weights: EfficientNet-Lite0 has no advprop weights here. Set weights to " in answer.err
    assert not list_runs()


def test_start_where_nothing_can_be_written_is_a_failure(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text(dumps(config_of("finishes")))
    monkeypatch.setattr(launcher.locks, "probe", lambda _: "its file system has no locks")
    answer = command("start", "--json", str(tmp_path / "config.json"))
    assert answer.code == FAILED
    told = json.loads(answer.err)
    assert "Set EXPLORER_HOME" in told["error"]
    assert told["errors"] == {}


def test_every_command_lets_waiting_runs_start_again(waits: RunPaths, command: Command) -> None:
    kill(waits)
    wait_for(lambda: (place := queue.find(waits.id)) is not None and not place.alive, "its death")
    assert command("list").code == OK
    place = queue.find(waits.id)
    assert place is not None
    assert place.alive


def test_list_leaves_out_what_was_not_asked_for(over: RunPaths, waits: RunPaths, command: Command) -> None:
    def ids(*options: str) -> set[str]:
        return {run["id"] for run in command("list", "--json", *options).value}

    meta.change(over, tags=["벌 bees", "night"])
    assert ids("--state", "failed") == {over.id}
    assert ids("--state", "failed", "--state", "queued") == {over.id, waits.id}
    assert ids("--tag", "벌 bees") == ids("--tag", "벌 bees", "--tag", "night") == {over.id}
    assert ids("--tag", "bees") == set()
    meta.change(over, archived=True)
    assert over.id not in ids()
    assert over.id in ids("--all")
    assert "on cpu: next in line" in command("list").out
    nothing = command("list", "--tag", "none")
    assert (nothing.code, nothing.out) == (OK, "")


def test_show_tells_the_place_the_attempts_and_what_people_say(
    over: RunPaths, waits: RunPaths, command: Command
) -> None:
    meta.change(over, name="개미 vs bees", tags=["night"], note="Too high a rate.")
    launcher.resume(over)
    shown = command("show", over.id, "--json").value
    assert command("show", waits.id, "--json").value["place"] == 1
    assert (shown["place"], shown["attempts"], shown["tags"]) == (2, [1, 2], ["night"])
    assert (shown["note"], shown["archived"], shown["name"]) == ("Too high a rate.", False, "개미 vs bees")
    assert shown["bytes"] > 0
    text = command("show", over.id).out
    assert all(words in text for words in ("개미 vs bees", "attempts 2", "tags night", "note Too high a rate.", "kB"))
    assert command("show", "latest", "--json").value["id"] == list_runs()[0].id


def test_stop_takes_a_waiting_run_out_of_the_queue(waits: RunPaths, command: Command) -> None:
    answer = command("stop", waits.id, "--json")
    assert (answer.code, answer.value["state"]) == (OK, "stopped")
    assert queue.find(waits.id) is None


def test_stop_goes_up_the_ladder_while_it_waits(
    started: Started, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.runs.state.escalation.TERMINATE_AFTER_S", 0.1)
    paths = started("obeys_sigterm")
    wait_for_state(paths, State.RUNNING)
    answer = command("stop", paths.id, "--timeout", "20")
    assert answer.code == OK
    assert "Stopped by SIGTERM" in answer.out


def test_stop_now_does_not_wait_for_work_to_be_saved(started: Started, command: Command) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    answer = command("stop", "--now", paths.id)
    assert answer.code == OK
    assert "ended without saving" in answer.out


def test_stop_now_where_the_process_cannot_be_reached_is_a_failure(started: Started, command: Command) -> None:
    paths = started("ignores_stop")
    wait_for_state(paths, State.RUNNING)
    record = paths.launch(1).read_text()
    paths.launch(1).write_text(record.replace('"host": "', '"host": "not-'))
    answer = command("stop", "--now", paths.id)
    assert answer.code == FAILED
    assert "not known on this computer" in answer.err
    paths.launch(1).write_text(record)


def test_cancel_is_for_runs_that_wait(head: RunPaths, waits: RunPaths, command: Command) -> None:
    answer = command("cancel", waits.id)
    assert answer.code == OK
    assert "stopped: Stopped on request while it waited for its turn." in answer.out
    for paths, words in ((head, "it is running"), (waits, "it is stopped")):
        refused = command("cancel", paths.id)
        assert refused.code == WRONG_STATE
        assert words in refused.err
    assert derive(head).state is State.RUNNING


def test_cancel_works_for_a_run_whose_process_has_died(waits: RunPaths, command: Command) -> None:
    kill(waits)
    wait_for(lambda: (place := queue.find(waits.id)) is not None and not place.alive, "its death")
    assert command("cancel", waits.id).code == OK
    assert derive(waits).state is State.STOPPED


def test_resume_lets_a_run_go_on_and_wait_tells_how_it_ended(over: RunPaths, command: Command) -> None:
    answer = command("resume", over.id, "--wait", "--json")
    assert (answer.code, answer.value["state"]) == (FAILED, "failed")
    assert over.attempts() == (1, 2)


def test_what_lives_or_has_finished_is_not_resumed(head: RunPaths, waits: RunPaths, command: Command) -> None:
    for paths, words in ((head, "is running"), (waits, "is queued")):
        refused = command("resume", paths.id, "--json")
        assert refused.code == WRONG_STATE
        assert words in json.loads(refused.err)["error"]
    done = launcher.start(config_of("finishes", "gpu"))
    wait_for_state(done, State.FINISHED)
    refused = command("resume", done.id)
    assert refused.code == WRONG_STATE
    assert "extend it" in refused.err


def test_extend_starts_a_new_run_from_the_weights_of_another(command: Command) -> None:
    paths = launcher.start(config_of("finishes"))
    wait_for_state(paths, State.FINISHED)
    assert command("extend", paths.id, "--epochs", "2").code == FAILED  # no checkpoint
    paths.checkpoints.mkdir()
    paths.last.write_bytes(b"weights")
    answer = command("extend", paths.id, "--epochs", "2", "--wait", "--json")
    assert answer.code == OK, answer.err
    config = answer.value["config"]
    assert (config["start_from"], config["epochs"], config["name"]) == (paths.id, 2, "finishes, 2 more")
    wrong = command("extend", paths.id, "--epochs", "0", "--json")
    assert wrong.code == USAGE
    assert set(json.loads(wrong.err)["errors"]) == {"epochs"}
    assert command("extend", paths.id).code == USAGE


def test_extend_waits_for_no_living_run(head: RunPaths, command: Command) -> None:
    assert command("extend", head.id, "--epochs", "2").code == WRONG_STATE


def test_move_lets_waiting_runs_come_earlier_or_later(head: RunPaths, command: Command) -> None:
    a, b, c = (launcher.start(config_of("takes_a_turn")) for _ in range(3))

    def after(run: RunPaths, place: str) -> list[str]:
        answer = command("move", run.id, place, "--json")
        assert answer.code == OK, answer.err
        assert answer.value["waiting"][answer.value["place"] - 1] == run.id
        return [{a.id: "a", b.id: "b", c.id: "c"}[run_id] for run_id in answer.value["waiting"]]

    assert after(c, "first") == ["c", "a", "b"]
    assert after(c, "up") == ["c", "a", "b"]
    assert after(a, "down") == ["c", "b", "a"]
    assert after(a, "up") == ["c", "a", "b"]
    assert after(c, "2") == ["a", "c", "b"]
    assert after(a, "99") == ["c", "b", "a"]
    assert after(c, "last") == ["b", "a", "c"]
    assert f"{b.id}: place 1 of 3 on cpu" in command("move", b.id, "1").out
    assert command("move", head.id, "first").code == WRONG_STATE
    for place in ("0", "-1", "sideways", "²"):
        assert command("move", b.id, place).code == USAGE


@pytest.mark.usefixtures("head")
def test_slots_are_printed_and_set(waits: RunPaths, command: Command) -> None:
    assert command("slots", "--json").value["cpu"] == {"slots": 1, "training": 1, "waiting": 1}
    assert set(command("slots", "--json").value) == set(DEVICES)
    answer = command("slots", "cpu", "2", "--json")
    assert (answer.code, answer.value["cpu"]["slots"]) == (OK, 2)
    wait_for_state(waits, State.STARTING)
    assert command("slots", "cpu").out.splitlines()[1].split() == ["cpu", "2", "2", "0"]
    for wrong in (("cpu", "0"), ("cpu", "many"), ("abacus", "1")):
        assert command("slots", *wrong).code == USAGE


def test_logs_prints_the_end_or_what_holds_a_text(over: RunPaths, command: Command) -> None:
    over.log.write_text("안녕 Loss 1\nsecond\nloss 3\n")
    assert command("logs", over.id).out == "안녕 Loss 1\nsecond\nloss 3\n"
    assert command("logs", over.id, "--lines", "1").out == "loss 3\n"
    assert command("logs", over.id, "--grep", "LOSS").out == "1: 안녕 Loss 1\n3: loss 3\n"
    assert command("logs", over.id, "--json", "--lines", "2").value["lines"] == ["second", "loss 3"]
    assert command("logs", over.id, "--json", "--grep", "안녕").value == [{"line": 1, "text": "안녕 Loss 1"}]
    assert command("logs", over.id, "-f", "--grep", "second").out == "second\n"
    assert command("logs", over.id, "-f", "--json").code == USAGE
    over.log.unlink()
    assert (command("logs", over.id).code, command("logs", over.id).out) == (OK, "")


@pytest.mark.usefixtures("in_background")
def test_following_a_log_ends_with_the_run_or_with_ctrl_c(started: Started) -> None:
    paths = started("prints_a_lot")
    wait_for_state(paths, State.RUNNING)
    call = [sys.executable, "-m", "explorer", "logs", "-f", paths.id]
    both = [interruptible(call, PROJECT) for _ in range(2)]
    first, second = both
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "안녕 first line\n"
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=60)
    assert first.returncode == INTERRUPTED
    assert "Traceback" not in err
    request_stop(paths)
    out, _ = second.communicate(timeout=60)
    assert (second.returncode, out) == (OK, "Last LINE\n")


def test_label_changes_what_people_say_about_a_run(over: RunPaths, command: Command) -> None:
    answer = command(
        "label", over.id, "--name", "개미 & bees", "--tag", "a", "--tag", "b", "--note", "one\ntwo", "--json"
    )
    assert answer.code == OK, answer.err
    assert (answer.value["name"], answer.value["tags"], answer.value["note"]) == ("개미 & bees", ["a", "b"], "one\ntwo")
    text = command("label", over.id, "--untag", "a", "--tag", "c", "--archive").out
    assert "tags b, c" in text
    assert "archived" in text
    assert meta.read(over) == meta.Meta("개미 & bees", ("b", "c"), "one\ntwo", archived=True)
    command("label", over.id, "--unarchive", "--untag", "b", "--untag", "c", "--name", "")
    assert meta.read(over) == meta.Meta(note="one\ntwo")
    assert command("label", over.id).code == USAGE
    assert command("label", over.id, "--name", "x" * 101).code == USAGE
    assert command("label", over.id, "--archive", "--unarchive").code == USAGE


def test_deleted_runs_come_back(over: RunPaths, command: Command) -> None:
    other = make_folder("other-one")
    answer = command("delete", over.id, other.id, "--json")
    assert answer.code == OK, answer.err
    assert [found["id"] for found in answer.value] == [over.id, other.id]
    assert list_runs() == ()
    assert {found["entry"] for found in command("restore", "--json").value} == {one["entry"] for one in answer.value}
    assert over.id in command("restore").out
    back = command("restore", answer.value[0]["entry"], "--json")
    assert (back.code, back.value["id"], back.value["state"]) == (OK, over.id, "failed")
    assert command("restore", other.id).code == OK
    assert set(list_runs()) == {over, other}


def test_delete_refuses_all_where_one_lives_or_is_not_there(
    over: RunPaths, head: RunPaths, waits: RunPaths, command: Command
) -> None:
    for living in (head, waits):
        refused = command("delete", over.id, living.id)
        assert refused.code == WRONG_STATE
        assert "Stop it first." in refused.err
    for wrong in ("nobody", f"../runs/{over.id}", str(over.root)):
        assert command("delete", over.id, wrong).code == NOT_FOUND
    assert over in list_runs()


@pytest.mark.parametrize("entry", ["nobody", "../runs", "20261123T142501.000000Z_../x"])
def test_what_is_not_in_the_trash_cannot_be_restored(command: Command, entry: str) -> None:
    answer = command("restore", entry, "--json")
    assert answer.code == NOT_FOUND
    assert "in the trash" in json.loads(answer.err)["error"]
    assert command("restore", "--json").value == []


def test_restore_does_not_overwrite_a_run(over: RunPaths, command: Command) -> None:
    entry = command("delete", over.id).out.strip()
    over.root.mkdir()
    over.config.write_text("{}")
    answer = command("restore", entry)
    assert answer.code == FAILED
    assert "exists again" in answer.err


FOR_A_RUN = ("show", "logs", "stop", "cancel", "resume", "label", "delete", "move", "extend")


@pytest.mark.parametrize("name", FOR_A_RUN)
@pytest.mark.parametrize("run_id", ["nobody", "../x", "/etc/passwd", "개미 bees"])
def test_a_run_that_is_not_there_is_code_3_in_every_command(command: Command, name: str, run_id: str) -> None:
    more = {"move": ["first"], "extend": ["--epochs", "1"], "label": ["--name", "x"]}.get(name, [])
    answer = command(name, "--json", run_id, *more)
    assert answer.code == NOT_FOUND
    assert answer.out == ""
    assert set(json.loads(answer.err)) == {"error", "errors"}


@pytest.mark.usefixtures("in_background")
def test_ctrl_c_while_waiting_leaves_the_run_alone(head: RunPaths) -> None:
    call = [sys.executable, "-m", "explorer", "stop", "--json", head.id]
    process = kill(head, signal.SIGSTOP)
    waiting = interruptible(call, PROJECT)
    wait_for(head.stop.exists, "the request")
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=60)
    os.kill(process, signal.SIGCONT)
    assert waiting.returncode == INTERRUPTED
    assert "continues" in err


def test_every_code_and_every_command_is_in_the_help(command: Command) -> None:
    text = command("--help").out
    for code in (OK, FAILED, USAGE, NOT_FOUND, WRONG_STATE, INTERRUPTED):
        assert f"{code} " in text
    for name in (*FOR_A_RUN, "start", "list", "slots", "restore"):
        assert f"    {name} " in text
    assert "EXPLORER_ON_FINISH" in text
