"""`python -m explorer export`, where it refuses; what it writes is tested with the runs that are exported."""

from pathlib import Path

import pytest

from explorer.runs.cli.main import main
from explorer.runs.record.paths import runs_root
from tests.runs.conftest import make_folder
from tests.training.conftest import config_of, folder_of


def test_what_cannot_be_exported_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    begun, damaged = folder_of(config_of()), make_folder("damaged")
    assert damaged.root.parent == runs_root()
    for run, options, code, words in (
        (begun, (), 2, "Say what to export: --code FILE.py, --weights FILE.safetensors, or both."),
        (begun, ("--weights", "w.pt"), 2, "Weights are written as .safetensors; w.pt has another ending."),
        (begun, ("--code", "-", "--json"), 2, "--code - prints the code itself, so it has no --json."),
        (begun, ("--code", "-"), 1, "has not begun to train"),
        (begun, ("--which", "first"), 2, "invalid choice"),
        (damaged, ("--code", "-"), 1, f"The config of {damaged.id} cannot be read"),
    ):
        try:
            answer = main(["export", run.id, *options])
        except SystemExit as error:  # of argparse
            answer = int(str(error.code))
        assert (answer, words in capfd.readouterr().err) == (code, True), words
    assert not Path("w.safetensors").exists()
