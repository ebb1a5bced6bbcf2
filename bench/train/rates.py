"""`python -m bench rates`: the rate that the learning rate finder suggests, beside a grid of rates that are trained.

`EXPLORER_BENCH_PHOTOGRAPHS=/folder python -m bench rates 3` takes so many epochs, and an image folder too. Head only,
AdamW, OneCycleLR, batches of 16, as the form begins. Required: the best AUROC of the suggested rate is within
0.02 of the best of the grid.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from bench.train.contenders import PIPELINE, run_folder
from explorer.runs.record import outcome, rates, results
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig, from_values
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest

PHOTOGRAPHS = "EXPLORER_BENCH_PHOTOGRAPHS"
EPOCHS = 4
GRID = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
ASKED = 0.02  # AUROC that the suggestion may lack to the best of the grid
_SHAPES = {"kind": "shapes", "num_classes": 5, "train_images": 240, "val_images": 120, "image_size": 96, "noise": 0.6}


def main(epochs: int = EPOCHS) -> None:
    """Search, train and print. Exits with 1 where a suggestion trains worse than required."""
    sets: dict[str, dict[str, Any]] = {"shapes": {"dataset": _SHAPES, "image_size": 96}}
    if folder := os.environ.get(PHOTOGRAPHS):
        sets[Path(folder).name] = {"dataset": {"kind": "image_folder", "path": folder}, "image_size": 224}
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = str(Path(scratch) / "home")
        failed = [name for name, values in sets.items() if not _holds(name, values | {"epochs": epochs})]
    if failed:
        raise SystemExit(f"The suggestion lacks more than {ASKED} AUROC: {', '.join(failed)}.")


def _holds(name: str, values: dict[str, Any]) -> bool:
    searched = results.rate_result(_run(_config(kind="rate", **values)))
    assert searched is not None
    assert searched.suggestion is not None, searched.reason
    print(f"{name}: {searched.reason} {searched.caution}", flush=True)
    trained = {rate: _auroc(name, rate, values) for rate in sorted({*GRID, searched.suggestion})}
    lacks = max(trained.values()) - trained[searched.suggestion]
    print(f"{name}: the suggestion lacks {lacks:.4f} to the best (asked: at most {ASKED})", flush=True)
    return lacks <= ASKED


def _auroc(name: str, rate: float, values: dict[str, Any]) -> float:
    ended = outcome.read(_run(_config(learning_rate=rate, **values)))
    assert ended is not None
    assert ended.state == "finished", ended.reason
    found = float(ended.best["auroc"])
    print(f"{name:>12} {rates.in_words(rate):>8}  AUROC {found:.4f}  loss {ended.best['val_loss']:.3f}", flush=True)
    return found


def _config(**values: Any) -> RunConfig:
    return from_values({"pipeline": PIPELINE, "accelerator": "cpu", "workers": 0, **values})


def _run(config: RunConfig) -> RunPaths:
    paths = run_folder(config)
    run(paths, StopRequest(paths.stop))
    return paths
