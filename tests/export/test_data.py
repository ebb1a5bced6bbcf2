"""Exported code lists the same images in both parts as the run, whatever divides them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from explorer.data.depth import ValueRange
from explorer.data.formats.spec import FileSpec
from explorer.export.facts import ExportError, Facts
from explorer.export.script import script
from explorer.export.settings import settings
from explorer.export.sources import MOST_NAMED
from tests.training.conftest import FLIP, config_of

FACTS = Facts(("0", "1", "10"), "32-true", 1, 0, depth=ValueRange(low=0, high=255))
LABELS = ("0", "1", "10")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Images train/<class>/<n>.png and valid/<class>/<n>.png, and tables that name those in train/."""
    rows = []
    for part, count in (("train", 12), ("valid", 4)):
        for name in LABELS:
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / part / name / f"{part}-{name}-{number}.png")
                rows.append((f"{part}-{name}-{number}", float(name), part, number % 6 - 1, number % 9))
    table = pd.DataFrame(rows, columns=["id", "label", "split", "fold", "patient"])
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    table.to_csv(tmp_path / "w.csv", sep=";", encoding="utf-16", index=False)
    table.assign(path=[str(next(tmp_path.rglob(f"{one}.png"))) for one in table["id"]]).to_csv(tmp_path / "p.csv")
    return tmp_path


NO = {"split_column": "-", "fold_column": "-", "group_column": "-"}
CASES: dict[str, dict[str, Any]] = {
    "folder": {"path": "."},
    "folder, folds": {"path": ".", "folds": 4, "fold": 3},
    "folder, decided": {"path": ".", "together": (("train/0/train-0-1.png", "valid/0/valid-0-2.png"),)},
    "folder, left out": {"path": "train", "left_out": ("0/train-0-1.png",)},
    "old folder": {"path": "train", "listing": "flat", "depth": "by_image"},
    "old folder, folds": {"path": "train", "listing": "flat", "folds": 3, "fold": 1},
    "parts": {"path": "t.csv"},
    "a share": {"path": "t.csv", **NO},
    "given folds": {"path": "t.csv", "folds": 5, "fold": 4},
    "groups": {"path": "t.csv", **NO, "group_column": "patient", "val_fraction": 0.4},
    "folds in groups": {"path": "t.parquet", **NO, "group_column": "", "folds": 3, "fold": 2},
    "UTF-16": {"path": "w.csv", "fold_column": "-", "folds": 3, "fold": 1},
    "Parquet, decided": {"path": "t.parquet", **NO, "left_out": ("train/1/train-1-3.png",)},
    "of format 3": {"path": "p.csv", "rules": 1, "seed": 3},
}


def chapter(spec: FileSpec) -> dict[str, Any]:
    """What the exported file defines to list its data, executed."""
    config = config_of(dataset=spec.model_dump(), pipeline={"nodes": [FLIP]})
    code = script(config, FACTS)
    head = code[: code.index("# Pipeline")]
    found: dict[str, Any] = {}
    exec(head + code[code.index("# Data") : code.index("# Network")], found)  # noqa: S102 - it is what we have written
    assert settings(code, config, FACTS)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_same_images_are_in_both_parts(root: Path, name: str) -> None:
    values = {"val_fraction": 0.25, "depth": {"low": 0, "high": 255}} | CASES[name]
    kind = "csv" if "." in values["path"][1:] else "image_folder"
    spec = config_of(dataset=values | {"kind": kind, "path": str(root / values["path"])}).dataset
    assert isinstance(spec, FileSpec)
    dataset = spec.open()
    found = chapter(spec)["list_data"](Path(spec.path))
    for split, items in zip((dataset.train, dataset.val), found, strict=True):
        assert [str(path) for path, _ in items] == [str(split.source(place)) for place in range(len(split))]
        np.testing.assert_array_equal([label for _, label in items], split.labels)
    assert len(dataset.val) > 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"skip_unusable": True}, "may leave out rows and images that cannot be used"),
        ({"left_out": tuple(map(str, range(MOST_NAMED + 1)))}, "2,001 images are left out or kept together by choice"),
    ],
)
def test_what_one_file_cannot_do_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ExportError, match=words):
        script(config_of(dataset={"kind": "csv", "path": "/t.csv", **values}), FACTS)
