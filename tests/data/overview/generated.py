"""Generated images with copies of them, and data sets without files."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.data.contents import Contents
from explorer.data.overview.measured import Measured

Pixels = NDArray[np.uint8]


def photograph(rng: np.random.Generator, height: int = 120, width: int = 160) -> Pixels:
    """An image with the spectrum of photographs: (H, W, 3)."""
    total = np.zeros((height, width, 3))
    for cells in (3, 6, 12, 24):
        noise = rng.normal(size=(cells, cells, 3)).astype(np.float32) / cells
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = np.percentile(total, [1, 99])
    return np.asarray(np.clip((total - low) / (high - low) * 255, 0, 255), np.uint8)


def jpeg(file: Path, pixels: Pixels, quality: int = 90, **how: object) -> Path:
    """Save a JPEG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, **how)
    return file


def contents_of(files: list[Path], parts: NDArray[np.int8] | None = None) -> Contents:
    """A data set of one class with these files."""
    part = np.zeros(len(files), np.int8) if parts is None else parts
    names = ("train", "val")
    label = np.zeros(len(files), np.int32)
    return Contents("files", ("thing",), names, [file.name for file in files], files.__getitem__, part, label)


def measured(count: int, total: int, rng: np.random.Generator) -> Measured:
    """Measurements of some images of a data set without files."""
    index = np.sort(rng.choice(total, count, replace=False)).astype(np.int64)
    mean = rng.beta(2, 3, (count, 3)).astype(np.float32)
    return Measured(
        total, index,
        rng.integers(100, 500, count).astype(np.int32), rng.integers(100, 500, count).astype(np.int32),
        rng.integers(1000, 90000, count).astype(np.int64),
        (mean.mean(axis=1) * 255).astype(np.float32), rng.uniform(10, 80, count).astype(np.float32),
        rng.lognormal(5, 1, count).astype(np.float32), mean, mean**2 + np.float32(0.04),
        rng.integers(0, 2**63, count).astype(np.uint64), rng.integers(0, 2**63, count).astype(np.uint64),
        ["JPEG"] * count, {}, [str(place) for place in index],
    )  # fmt: skip
