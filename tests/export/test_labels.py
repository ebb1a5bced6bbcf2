"""The exported file of a run that learns several labels for an image gives the run's metrics to the last digit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.export.conftest import execute, export, metrics_of
from tests.training.conftest import FLIP, SMALL, run_here
from tests.training.conftest import config_of as made

NAMES = ("bar", "box", "dot")
NORMALIZE = {"kind": "step", "id": "n", "transform": "Normalize", "p": 1.0}
CONFIGS: dict[str, dict[str, Any]] = {
    "in cells": {
        "dataset": {"several": "|", "label_column": "labels", "folds": 3, "fold": 1, "left_out": ["3.png"]},
        "pos_weight": "balanced",
        "label_smoothing": 0.1,
        "threshold": 0.4,
        "mixing": "both",
        "mix_probability": 0.8,
        "monitor": "mean_precision",
    },
    "in columns, with groups": {
        "dataset": {"several": "columns", "val_fraction": 0.3, "group_column": "patient"},
        "pipeline": {"nodes": [FLIP, NORMALIZE]},
        "normalise": "none",
        "pos_weight": 3.0,
    },
    "in a Parquet file, given parts": {
        "dataset": {"several": "columns", "label_column": "dot,bar", "split_column": "part"},
        "pos_weight": [1.5, 2.0],
        "monitor": "f1_labels",
    },
    "in arrays, with folds": {
        "dataset": {"kind": "medmnist", "several": "columns", "folds": 3, "fold": 2, "left_out": ["train/4"]},
        "pos_weight": "balanced",
    },
}


def make_files(folder: Path) -> tuple[Path, Path, Path]:
    """Write the same images and labels as CSV and as Parquet, in a cell and in a column for each, and as arrays."""
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    arrays: dict[str, list[np.ndarray]] = {"train_images": [], "train_labels": []}
    draw, rows = np.random.default_rng(0), ["image,labels,bar,box,dot,patient,part"]
    for number in range(36):
        truth = draw.random(3) < (0.5, 0.4, 0.2)
        pixels = draw.integers(0, 60, (32, 32, 3), np.uint8) + 120 * truth.astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        arrays["train_images"].append(pixels)
        arrays["train_labels"].append(truth.astype(np.uint8))
        cell = "| ".join(name for name, has in zip(NAMES, truth, strict=True) if has)
        columns = ["1.0" if has else ("0", "")[number % 2] for has in truth]
        rows.append(",".join([f"{number}.png", cell, *columns, f"p{number // 2}", ("train", "val")[number % 3 == 0]]))
    table = folder / "table.csv"
    table.write_text("\n".join(rows) + "\n")
    pq.write_table(csv.read_csv(table), folder / "table.parquet")
    np.savez(folder / "arrays.npz", **{name: np.stack(each) for name, each in arrays.items()})
    return table, folder / "table.parquet", folder / "arrays.npz"


def test_the_exported_file_measures_what_the_run_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    plain, parquet, arrays = make_files(tmp_path)
    files, expected = {}, {}
    for number, (name, values) in enumerate(CONFIGS.items()):
        place = parquet if "Parquet" in name else arrays if "arrays" in name else plain
        dataset = {"kind": "csv", "path": str(place), **values["dataset"]}
        paths, outcome = run_here(made(**{**SMALL, "epochs": 2, **values, "dataset": dataset}), f"l{number:02}")
        assert outcome.state == "finished", outcome.reason
        files[name], expected[name] = export(paths, tmp_path / f"out-{number}"), metrics_of(paths)
    measured = execute(dict.fromkeys(files.values(), ()))
    for name, file in files.items():
        assert measured[file] == expected[name], name
        assert len(measured[file]) == 2
        assert all(value is not None for value in measured[file][0].values()), name
