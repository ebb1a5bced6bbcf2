"""The exported file gives the run's metrics to the last digit, without anything of ours."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from explorer.export.facts import config_of as read_config
from explorer.export.facts import of_run
from explorer.export.script import script
from explorer.runs.cli.main import main
from explorer.runs.record.paths import RunPaths
from tests.export.conftest import Measured, execute, export, metrics_of
from tests.training.conftest import FLIP, SHAPES, SMALL, config_of, outcome_of, run_here

CROP = {"kind": "step", "id": "c", "transform": "RandomResizedCrop", "params": {"size": [40, 40]}, "p": 1.0}
CHOICE = {
    "kind": "OneOf",
    "id": "choice",
    "children": [
        {"kind": "step", "id": "off", "transform": "InvertImg", "enabled": False},
        {"kind": "step", "id": "noise", "transform": "GaussNoise"},
        {"kind": "step", "id": "holes", "transform": "CoarseDropout"},
    ],
}
NORMALIZE = {"kind": "step", "id": "n", "transform": "Normalize", "p": 1.0}

CONFIGS: dict[str, dict[str, Any]] = {
    "frozen, AdamW, OneCycle": {"pct_start": 0.4, "div_factor": 10.0, "epochs": 2},
    "a small network on digits, SGD, cosine, accumulated, clipped": {
        "dataset": {"kind": "digits", "val_fraction": 0.97, "seed": 3},
        **SMALL,
        "optimizer": "sgd",
        "nesterov": True,
        "learning_rate": 0.05,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "min_lr_ratio": 0.05,
        "accumulate": 2,
        "gradient_clip": 0.5,
        "normalise": "symmetric",
        "seed": 5,
        "workers": 1,
        "batch_size": 16,
        "epochs": 2,
    },
    "two classes, balanced, smoothed, in bf16": {
        "dataset": SHAPES | {"num_classes": 2, "imbalance": 3.0},
        **SMALL,
        "loss": "bce",
        "pos_weight": "balanced",
        "label_smoothing": 0.1,
        "threshold": 0.4,
        "schedule": "constant",
        "monitor": "f1_macro",
        "precision": "bf16-mixed",
        "epochs": 2,
    },
    "mixed, focal, class weights, stopped early": {
        "dataset": SHAPES | {"num_classes": 5, "train_images": 41, "noise": 0.3},
        **SMALL,
        "learning_rate": 0.5,
        "mixing": "both",
        "mix_probability": 0.8,
        "loss": "focal",
        "class_weights": "balanced",
        "label_smoothing": 0.05,
        "early_stopping": 1,
        "monitor": "val_loss",
        "epochs": 12,
    },
    "a run of format 1, whose rules were others": {
        "version": 1,
        **SMALL,
        "accumulate": 2,
        "early_stopping": 1,
        "monitor": "accuracy",
    },
    "whole photographs, unfreezing, a slower backbone": {
        "dataset": {"kind": "image_folder", "path": "", "val_fraction": 0.3},
        "pipeline": {"nodes": [FLIP, CROP, CHOICE]},
        "unfreeze_epoch": 2,
        "backbone_lr_factor": 0.1,
        "cache_size": 0,
        "batch_size": 6,
        "three_phase": True,
        "drop_connect": 0.3,
        "epochs": 2,
    },
    "a run of format 2, whose steps shared one generator": {
        "version": 2,
        "pipeline": {"nodes": [FLIP, CHOICE]},
        **SMALL,
        "epochs": 2,
    },
    "whole images with enough pixels for their crops": {
        "dataset": {"kind": "image_folder", "path": "", "val_fraction": 0.3},
        "pipeline": {"nodes": [FLIP, CROP | {"params": {"size": [40, 40], "scale": [0.2, 0.9]}}]},
        **SMALL,
        "epochs": 2,
    },
    "larger images kept, a pipeline that normalises, CutMix": {
        "dataset": {"kind": "image_folder", "path": "", "val_fraction": 0.3},
        "pipeline": {"nodes": [FLIP, NORMALIZE]},
        "normalise": "none",
        "kept_as": "squares",
        "cache_size": 48,
        **SMALL,
        "mixing": "cutmix",
        "class_weights": [1.0, 2.5],
        "epochs": 2,
    },
    "arrays of gray images": {
        "dataset": {"kind": "medmnist", "path": ""},
        "backbone": "small-cnn",
        "weights": "none",
        "frozen": False,
        "epochs": 2,
    },
    "a table of labels": {
        "dataset": {"kind": "csv", "path": "", "label_column": "label", "val_fraction": 0.3, "links": "inside"},
        **SMALL,
        "epochs": 2,
    },
}


def make_photographs(root: Path) -> Path:
    """Images of many kinds: turned by EXIF, transparent, grey and color with more than 8 bits, of odd sizes."""
    draw = np.random.default_rng(0)
    for number in range(30):
        name = ("ants", "bees")[number % 2]
        (root / name).mkdir(parents=True, exist_ok=True)
        height, width = draw.integers(40, 90, 2)
        pixels = draw.integers(0, 256, (5, 5, 3), np.uint8) // (1 + number % 2)
        image = Image.fromarray(pixels).resize((int(width), int(height)), Image.Resampling.BICUBIC)
        _save(image, root / name / f"{number}", number)
    return root


def _save(image: Image.Image, file: Path, number: int) -> None:
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    if number == 4:
        image.save(file.with_suffix(".jpg"), exif=exif)
    elif number == 7:
        image.putalpha(image.getchannel("G"))
        image.save(file.with_suffix(".png"))
    elif number == 8:
        file = file.with_name("a day") / file.name  # deeper in the folder of its class
        file.parent.mkdir()
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 200).save(file.with_suffix(".png"))
    elif number in (9, 10):
        colors = np.asarray(image)[..., ::-1].astype(np.uint16) * 16  # 12 bits
        deep, suffix = (colors / np.float32(5000), ".tif") if number == 9 else (colors, ".png")
        file.with_suffix(suffix).write_bytes(cv2.imencode(suffix, deep)[1].tobytes())
    else:
        image.save(file.with_suffix(".AVIF" if number == 11 else ".JPG"))


def make_table(folder: Path) -> Path:
    """A table of labels in a folder beside its photographs."""
    photographs = make_photographs(folder / "photographs")
    table = folder / "tables" / "labels.csv"
    table.parent.mkdir()
    files = sorted(file.relative_to(photographs) for file in photographs.rglob("*") if file.is_file())
    table.write_text("image;label\n" + "\n".join(f"../photographs/{file};{file.parts[0]}" for file in files))
    return table


def make_arrays(folder: Path) -> Path:
    """A file of arrays as MedMNIST has them, 28 px, gray."""
    folder.mkdir()
    draw, arrays = np.random.default_rng(0), {}
    for part, count in (("train", 24), ("val", 12), ("test", 4)):
        labels = np.arange(count, dtype=np.uint8)[:, None] % 2
        arrays[f"{part}_labels"] = labels
        arrays[f"{part}_images"] = draw.integers(0, 200, (count, 28, 28), np.uint8) + 50 * labels[:, :, None]
    np.savez_compressed(folder / "lungs.npz", **arrays)
    return folder / "lungs.npz"


@dataclass(frozen=True)
class Pair:
    """A run, what it measured, what its exported file did, and the checkpoint of that."""

    paths: RunPaths
    measured: Measured
    exported: Measured
    checkpoint: Path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs are."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def pairs(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """A run of each config, and its exported file, executed."""
    folder = tmp_path_factory.mktemp("exported")
    places = {
        "image_folder": make_photographs(folder / "photographs"),
        "csv": make_table(folder / "with a table"),
        "medmnist": make_arrays(folder / "arrays"),
    }
    runs: dict[str, RunPaths] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        patch.setenv("EXPLORER_DATA_ROOTS", str(folder))
        for number, (name, values) in enumerate(CONFIGS.items()):
            kind = values.get("dataset", {}).get("kind")
            own = {"dataset": values["dataset"] | {"path": str(places[kind])}} if kind in places else {}
            runs[name], outcome = run_here(config_of(**values | own), f"r{number:02}")
            assert outcome.state == "finished", outcome.reason
    files = {name: export(paths, folder / str(number)) for number, (name, paths) in enumerate(runs.items())}
    # The photographs lie elsewhere by now.
    places["image_folder"] = shutil.move(places["image_folder"], folder / "moved")
    kinds = {name: values.get("dataset", {}).get("kind") for name, values in CONFIGS.items()}
    assert all(("--data" in file.read_text()) is (kinds[name] in places) for name, file in files.items())
    measured = execute(
        {file: ("--data", str(places[kinds[name]])) if kinds[name] in places else () for name, file in files.items()}
    )
    return {
        name: Pair(paths, metrics_of(paths), measured[files[name]], files[name].with_name("best.ckpt"))
        for name, paths in runs.items()
    }


def test_the_exported_file_measures_what_the_run_measured(pairs: dict[str, Pair]) -> None:
    assert [name for name, pair in pairs.items() if pair.exported != pair.measured] == []
    assert [name for name, pair in pairs.items() if len(pair.measured) < 2] == []


def test_the_exported_file_keeps_the_checkpoint_of_the_best_epoch(pairs: dict[str, Pair]) -> None:
    for name, pair in pairs.items():
        epochs = [torch.load(file, weights_only=True)["epoch"] for file in (pair.paths.best, pair.checkpoint)]
        assert epochs == [outcome_of(pair.paths).best["epoch"]] * 2, name


def test_a_run_that_stops_early_stops_there_in_the_exported_file(pairs: dict[str, Pair]) -> None:
    name = next(name for name in CONFIGS if "stopped early" in name)
    assert len(pairs[name].exported) < CONFIGS[name]["epochs"]


def test_code_and_weights_of_a_run_are_written_from_a_terminal(
    pairs: dict[str, Pair],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(home))
    paths = next(pair.paths for name, pair in pairs.items() if "format 1" in name)
    code, weights = tmp_path / "내 코드.py", tmp_path / "w.safetensors"
    assert main(["export", paths.id, "--code", str(code), "--weights", str(weights), "--which", "last", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"id": paths.id, "code": str(code), "weights": str(weights)}
    expected = script(read_config(paths), of_run(paths))
    assert code.read_text() == expected
    assert load_file(weights)["fc.weight"].shape == (SHAPES["num_classes"], 256)
    assert main(["export", "latest", "--code", "-"]) == 0
    latest = list(pairs.values())[-1].paths
    assert capfd.readouterr().out == script(read_config(latest), of_run(latest))
