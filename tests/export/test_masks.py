"""The exported file of a run that learns masks gives the run's metrics to the last digit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.export.facts import ExportError, config_of, of_run
from explorer.export.mask_facts import MaskFacts
from explorer.export.script import script
from explorer.runs.record.paths import RunPaths
from tests.export.conftest import Measured, execute, export, metrics_of
from tests.training.conftest import FLIP, SMALL, run_here
from tests.training.conftest import config_of as made

TURN = {"kind": "step", "id": "t", "transform": "Rotate", "params": {"limit": [-30, 30]}, "p": 0.8}
NORMALIZE = {"kind": "step", "id": "n", "transform": "Normalize", "p": 1.0}
SHAPES = {"kind": "shapes", "learn": "masks", "num_classes": 3, "train_images": 17, "val_images": 9, "image_size": 48}
COLORS = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 64], [9, 9, 9]], np.uint8)
CONFIGS: dict[str, dict[str, Any]] = {
    "shapes": {"dataset": SHAPES, "mixing": "cutmix", "mix_probability": 0.7, "loss": "focal", "label_smoothing": 0.1},
    "index": {
        **SMALL,
        "class_weights": "balanced",
        "pipeline": {"nodes": [FLIP, TURN, NORMALIZE]},
        "normalise": "none",
    },
    "colors": {**SMALL, "loss": "dice", "pipeline": {"nodes": [TURN]}},
    "files": {**SMALL, "loss": "cross_entropy", "cache_size": 0, "monitor": "dice_images"},
    "two": {**SMALL, "frozen": False, "pipeline": {"nodes": [FLIP]}},
}


def make_folder(root: Path, kind: str) -> Path:
    """Photographs that are not square, with masks of three classes, in one of the ways in which folders have them."""
    draw = np.random.default_rng(1)
    for number in range(12):
        height, width = (int(side) for side in draw.integers(40, 70, 2))
        mask = np.kron(draw.integers(0, 3, (4, 4)), np.ones((20, 20), int))[:height, :width].astype(np.uint8)
        pixels = COLORS[mask] + draw.integers(0, 60, (height, width, 3), np.uint8)
        _save(pixels, root / "images" / f"{number}.png")
        if kind == "index":
            mask[0] = 3  # called void
            _save(mask, root / "masks" / f"{number}.png")
        elif kind == "colors":
            _save(COLORS[mask], root / "masks" / f"{number}.png")
        elif kind == "two":
            _save((255 * (mask == 1)).astype(np.uint8), root / "masks" / f"{number}.png")
        else:
            for value, name in ((1, "road"), (2, "tree")):
                _save((255 * (mask == value)).astype(np.uint8), root / "masks" / name / f"{number}.png")
    if kind == "index":
        (root / "classes.txt").write_text("sky\nroad\ntree\nvoid\n")
    return root


def _save(pixels: np.ndarray[Any, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RunPaths, Measured, Measured]]:
    """A run of each config, what it measured, and what its exported file measured."""
    folder = tmp_path_factory.mktemp("masks")
    found: dict[str, RunPaths] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("EXPLORER_DATA_ROOTS", str(folder))
        for number, (name, values) in enumerate(CONFIGS.items()):
            data = {} if "dataset" in values else {"kind": "mask_folder", "path": str(make_folder(folder / name, name))}
            own = {"dataset": data | {"val_fraction": 0.3}} if data else {}
            found[name], outcome = run_here(made(epochs=2, **(values | own)), f"m{number:02}")
            assert outcome.state == "finished", outcome.reason
        files = {name: export(paths, folder / f"out-{name}") for name, paths in found.items()}
        measured = execute(dict.fromkeys(files.values(), ()))
    return {name: (paths, metrics_of(paths), measured[files[name]]) for name, paths in found.items()}


def test_the_exported_file_measures_what_the_run_measured(
    runs: dict[str, tuple[RunPaths, Measured, Measured]],
) -> None:
    for name, (_, measured, exported) in runs.items():
        assert exported == measured, name
        assert {"iou", "dice", "pixel_accuracy", "val_loss"} <= exported[0].keys()
        assert len(exported) == 2


def test_what_one_file_cannot_do_is_refused(
    runs: dict[str, tuple[RunPaths, Measured, Measured]], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, *_ = runs["index"]
    config = config_of(paths)
    with pytest.raises(ExportError, match="masks of the data set, which cannot be read"):
        of_run(paths)  # outside of the folders that may be read
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", config.dataset.path)
    facts = of_run(paths)
    assert facts.masks is not None
    assert facts.masks.values == (0, 1, 2)  # without void
    with pytest.raises(ExportError, match="lists up to 2,000 images"):
        script(config, replace(facts, masks=MaskFacts((0, 1), "index", train=(("a.png", "b.png"),) * 2001)))
    with pytest.raises(ExportError, match="sliding windows"):
        script(config.model_copy(update={"evaluation": "sliding"}), facts)
    with pytest.raises(ExportError, match="middle squares"):
        script(config.model_copy(update={"kept_as": "squares"}), facts)
