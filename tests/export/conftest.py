"""Runs that were trained, and the files that they are exported as, executed where nothing of ours can be imported."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.export.facts import config_of, of_run
from explorer.export.script import script
from explorer.metrics.table import LISTED
from explorer.runs.record.paths import RunPaths
from tests.training.conftest import events_of

Measured = list[dict[str, Any]]

# One process for several files: to import torch takes longer than to train on so few images.
_EXECUTE = """
import importlib.util, runpy, sys
assert importlib.util.find_spec("explorer") is None
for call in sys.argv[1:]:
    sys.argv = call.split("|")
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


def metrics_of(paths: RunPaths) -> Measured:
    """What a run measured in each epoch."""
    listed = LISTED[config_of(paths).task]
    epochs = [event for event in events_of(paths) if event.kind == "epoch"]
    return [{"epoch": event.epoch} | {name: event.values[name] for name in listed} for event in epochs]


def export(paths: RunPaths, folder: Path) -> Path:
    """The exported file of a run, alone in a folder."""
    folder.mkdir(parents=True)
    file = folder / "exported.py"
    file.write_text(script(config_of(paths), of_run(paths)), encoding="utf-8")
    return file


def execute(files: Mapping[Path, tuple[str, ...]]) -> dict[Path, Measured]:
    """Execute exported files with these arguments; what each measured. Nothing of ours can be imported there."""
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    alone["NO_ALBUMENTATIONS_UPDATE"] = "1"
    calls = ["|".join([str(file), *arguments]) for file, arguments in files.items()]
    call = [sys.executable, "-P", "-c", _EXECUTE, *calls]
    done = subprocess.run(call, cwd=next(iter(files)).parent, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    measured = {file: json.loads((file.parent / "metrics.json").read_text()) for file in files}
    lines = [line for line in done.stdout.splitlines() if line.startswith("epoch ")]
    assert len(lines) == sum(map(len, measured.values()))
    return measured
