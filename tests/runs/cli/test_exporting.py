"""`python -m explorer export`: a run as code and as weights, from a terminal."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from explorer.export.facts import config_of as config_of_run
from explorer.export.facts import of_run
from explorer.export.script import script
from explorer.runs.record.paths import runs_root
from tests.runs.cli.test_cli import command
from tests.runs.conftest import make_folder
from tests.training.conftest import config_of, folder_of, run_here


def test_code_and_weights_of_a_run_are_written(tmp_path: Path) -> None:
    done, outcome = run_here(config_of(backbone="small-cnn", weights="none", frozen=False, epochs=1))
    assert outcome.state == "finished", outcome.reason
    code, weights = tmp_path / "내 코드.py", tmp_path / "w.safetensors"
    answer = command("export", "latest", "--code", str(code), "--weights", str(weights), "--which", "last", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {"id": done.id, "code": str(code), "weights": str(weights)}
    expected = script(config_of_run(done), of_run(done))
    assert code.read_text() == expected
    assert load_file(weights)["fc.weight"].shape == (3, 256)
    printed = command("export", done.id, "--code", "-")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == expected


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "Say what to export: --code FILE.py, --weights FILE.safetensors, or both."),
        (("--weights", "w.pt"), 2, "Weights are written as .safetensors; w.pt has another ending."),
        (("--code", "-"), 1, "has not begun to train"),
        (("--weights", "w.safetensors"), 1, "cannot be exported: it is missing"),
        (("--which", "first"), 2, "invalid choice"),
    ],
)
def test_what_cannot_be_exported_is_said(options: tuple[str, ...], code: int, words: str) -> None:
    paths = folder_of(config_of())
    answer = command("export", paths.id, *options)
    assert answer.returncode == code
    assert words in answer.stderr
    assert not Path("w.safetensors").exists()


def test_a_run_whose_config_is_damaged_is_refused() -> None:
    paths = make_folder("damaged")
    assert paths.root.parent == runs_root()
    answer = command("export", paths.id, "--code", "-")
    assert answer.returncode == 1
    assert f"The config of {paths.id} cannot be read" in answer.stderr
