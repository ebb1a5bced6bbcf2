"""Weights that leave: they fit into the plain networks of their libraries, and checkpoints into plain Lightning."""

import importlib.util
import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import efficientnet_lite_pytorch
import efficientnet_pytorch
import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

import explorer
from explorer.data.prepare import fit_square
from explorer.export.facts import config_of as config_of_run
from explorer.export.facts import of_run
from explorer.export.script import script
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import loads
from explorer.training import exporting
from tests.training.conftest import config_of, folder_of, run_here

PROJECT = Path(explorer.__file__).parents[1]
KINDS: dict[str, dict[str, Any]] = {
    "lite0": {"epochs": 2},
    "b0": {"backbone": "efficientnet-b0", "weights": "none", "frozen": False, "epochs": 1, "loss": "bce"},
}
LIBRARIES = {"lite0": efficientnet_lite_pytorch, "b0": efficientnet_pytorch}
TWO = {"kind": "shapes", "num_classes": 2, "train_images": 16, "val_images": 10, "image_size": 48}


@pytest.fixture(scope="module", params=KINDS)
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RunPaths]]:
    """A run of each library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        paths, outcome = run_here(config_of(dataset=TWO, monitor="val_loss", **KINDS[request.param]))
        assert outcome.state == "finished", outcome.reason
        yield request.param, paths


def test_children_that_only_compute_with_a_network_do_without_lightning_whose_import_takes_seconds() -> None:
    names = ("costs", "exporting", "opening", "packing", "probabilities", "saliency")
    modules = ", ".join(f"explorer.training.{name}" for name in names)
    code = f"import sys, {modules}; print({{'pytorch_lightning', 'scipy.signal', 'transformers'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"


def _validation_images(paths: RunPaths) -> torch.Tensor:
    """(N, 3, S, S) uint8, channels last in memory."""
    config = config_of_run(paths)
    val = config.dataset.open().val
    squares = [fit_square(val.load(index), config.image_size).image for index in range(len(val))]
    return torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2)


def _recorded(paths: RunPaths, epoch: int) -> torch.Tensor:
    record = EpochRecord.load(paths.epoch(1, epoch))
    assert record.logits is not None
    return torch.from_numpy(record.logits)


def test_exported_weights_give_the_logits_of_the_run_in_the_plain_library(
    done: tuple[str, RunPaths], tmp_path: Path
) -> None:
    kind, paths = done
    file = tmp_path / "무게.safetensors"
    exporting.export(paths, file, "last")
    with safe_open(file, "pt") as opened:
        words = opened.metadata()
    outputs = 1 if kind == "b0" else 2
    net = LIBRARIES[kind].EfficientNet.from_name(
        words["backbone"], num_classes=outputs, image_size=int(words["image_size"])
    )
    net.load_state_dict(load_file(file), strict=True)
    net.eval()
    mean, std = (torch.tensor(json.loads(words[name])).view(3, 1, 1) for name in ("mean", "std"))
    with torch.no_grad():
        logits = net((_validation_images(paths).float() - mean) / std)
    if outputs == 1:
        logits = torch.cat([torch.zeros_like(logits), logits], dim=1)
    torch.testing.assert_close(logits, _recorded(paths, int(words["epoch"])), rtol=1e-4, atol=1e-4)
    assert json.loads(words["classes"]) == ["circle", "square"]
    assert loads(words["config"]) == config_of_run(paths)


def test_the_checkpoint_of_a_run_loads_in_plain_lightning(done: tuple[str, RunPaths], tmp_path: Path) -> None:
    _, paths = done
    file = tmp_path / "exported.py"
    file.write_text(script(config_of_run(paths), of_run(paths)), encoding="utf-8")
    model = _imported(file).Classifier.load_from_checkpoint(paths.best, map_location="cpu")
    model.eval()
    epoch = torch.load(paths.best, weights_only=True)["epoch"]
    with torch.no_grad():
        logits = model(_validation_images(paths))
    torch.testing.assert_close(logits, _recorded(paths, epoch), rtol=1e-4, atol=1e-4)


def _imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("done", ["lite0"], indirect=True)  # they are about softmax
def test_the_examples_of_the_documentation_run(
    done: tuple[str, RunPaths], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, paths = done
    exporting.export(paths, tmp_path / "ants-bees.safetensors")
    (tmp_path / "train.py").write_text(script(config_of_run(paths), of_run(paths)), encoding="utf-8")
    shutil.copy(paths.best, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", (PROJECT / "docs" / "export.md").read_text(), re.DOTALL)
    assert len(examples) == 2
    for number, example in enumerate(examples):
        (tmp_path / f"example{number}.py").write_text(example)
        runpy.run_path(str(tmp_path / f"example{number}.py"))
    assert "'circle': 0." in capsys.readouterr().out


def test_a_run_without_a_checkpoint_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = folder_of(config_of())
    assert exporting.main([str(paths.root), str(tmp_path / "out.safetensors")]) == 1
    assert capsys.readouterr().err.startswith(f"best.ckpt of {paths.id} cannot be exported: it is missing.")
    assert not (tmp_path / "out.safetensors").exists()


def test_a_file_that_is_no_checkpoint_of_ours_is_refused(tmp_path: Path) -> None:
    paths = folder_of(config_of())
    paths.checkpoints.mkdir()
    keys = ("epoch", "global_step", "state_dict", "optimizer_states", "loops", "callbacks")
    torch.save({key: {} for key in keys}, paths.last)
    with pytest.raises(exporting.WeightsExportError, match=r"last\.ckpt of .* cannot be exported"):
        exporting.export(paths, tmp_path / "out.safetensors", "last")
