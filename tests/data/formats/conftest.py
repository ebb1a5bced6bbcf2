"""Small data sets of every format, inside a folder that pages may read."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as rle

CATEGORIES = [
    {"id": 90, "name": "toothbrush"},
    {"id": 1, "name": "person", "keypoints": ["nose", "left eye", "right eye"], "skeleton": [[1, 2]]},
    {"id": 3, "name": "car"},
]


@pytest.fixture
def allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that pages may read."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def picture(file: Path, width: int = 40, height: int = 30) -> None:
    """Write an image of noise."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(len(file.name)).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(file)


def annotations(seed: int, count: int, images: list[int]) -> list[dict[str, Any]]:
    """Boxes with polygons, compressed and uncompressed run lengths, crowds and keypoints, drawn at random."""
    draw = np.random.default_rng(seed)
    found: list[dict[str, Any]] = []
    for number in range(count):
        x, y = draw.uniform(0, 25), draw.uniform(0, 18)
        width, height = draw.uniform(2, 14), draw.uniform(2, 11)
        mask = np.zeros((30, 40), np.uint8)
        mask[int(y) : int(y + height), int(x) : int(x + width)] = (
            draw.random((int(y + height) - int(y), int(x + width) - int(x))) < 0.8
        )
        packed = rle.encode(np.asfortranarray(mask))
        counts = np.diff(np.flatnonzero(np.diff(np.r_[2, mask.T.ravel(), 2]))).tolist()
        plain = counts if mask[0, 0] == 0 else [0, *counts]
        corners = (draw.uniform(-0.1, 1.1, (5, 2)) * [width, height] + [x, y]).ravel().round(2).tolist()
        shapes: list[Any] = [
            [corners],
            {"size": [30, 40], "counts": packed["counts"].decode()},
            {"size": [30, 40], "counts": plain},
        ]
        category = [1, 3, 90][number % 3]
        one = {
            "id": 100 + number, "image_id": images[number % len(images)], "category_id": category,
            "bbox": [round(v, 2) for v in (x, y, width, height)], "area": 1.0, "iscrowd": int(number % 5 == 4),
            "segmentation": shapes[number % 3] if number % 5 != 4 else shapes[2],
        }  # fmt: skip
        if category == 1:
            one["keypoints"] = [x, y, 2, x + 1, y + 1, 1, 0, 0, 0]
        found.append(one)
    return found


@pytest.fixture
def town(allowed: Path) -> Path:
    """Two parts, whose images are in folders of their names; 12 annotations on 3 images each."""
    folder = allowed / "town"
    (folder / "annotations").mkdir(parents=True)
    for seed, part in enumerate(("train", "val")):
        ids = [7 + seed * 10, 9_000_000_000, 3]
        for at in range(3):
            picture(folder / part / f"{part}{at}.png")
        images = [{"id": own, "file_name": f"{part}{at}.png", "width": 40, "height": 30} for at, own in enumerate(ids)]
        values = {"images": images, "annotations": annotations(seed, 12, ids), "categories": CATEGORIES}
        (folder / "annotations" / f"instances_{part}.json").write_text(json.dumps(values))
    return folder
