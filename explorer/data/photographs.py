"""Photographs that come with scikit-image and scikit-learn, with outlines of what is on them drawn for this project.

`photographs.json` holds for each one its file inside the package, the names of its classes, and outlines
`[class, [x, y, x, y, ...]]` in px of that file; later outlines lie over earlier ones.
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.images import ImageError, read_image
from explorer.data.prepare import shrink
from explorer.data.sample import Sample

LONG_SIDE = 512  # px


@dataclass(frozen=True)
class Photograph:
    """classes: names of the mask's values from 1, and of the classes of boxes and keypoints from 0."""

    name: str
    title: str
    classes: tuple[str, ...]
    package: str
    file: str
    outlines: tuple[tuple[int, tuple[int, ...]], ...]
    points: tuple[tuple[int, int, int], ...]

    def load(self) -> Sample:
        """The photograph, at most 512 px, with mask, boxes and keypoints. Raises ImageError."""
        image = read_image(_inside_package(self.package, self.file))
        polygons = [(label, np.array(flat, np.int32).reshape(-1, 2)) for label, flat in self.outlines]
        sample = Sample(
            image=image,
            mask=_mask(image.shape[:2], polygons),
            bboxes=np.array([[*p.min(axis=0), *(p.max(axis=0) + 1), label] for label, p in polygons], np.float32),
            keypoints=np.array(self.points, np.float32),
            id=self.name,
        )
        return shrink(sample, LONG_SIDE)


def _mask(shape: tuple[int, ...], polygons: list[tuple[int, NDArray[np.int32]]]) -> NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    for label, polygon in polygons:
        cv2.fillPoly(mask, [polygon], label + 1)
    return mask


def _inside_package(package: str, file: str) -> Path:
    # Found without importing the package: scikit-learn's datasets alone take a second.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ImageError(f"The package {package} is not installed, and {file} comes with it.")
    return Path(found.origin).parent / file


@lru_cache(maxsize=1)
def photographs() -> Mapping[str, Photograph]:
    """Name -> photograph; the first is the one that greets."""
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    return {name: _read(name, record) for name, record in json.loads(text).items()}


def _read(name: str, record: dict[str, Any]) -> Photograph:
    package, file = record["source"]
    outlines = tuple((label, tuple(flat)) for label, flat in record["outlines"])
    points = tuple((x, y, label) for x, y, label in record["keypoints"])
    return Photograph(name, record["title"], tuple(record["classes"]), package, file, outlines, points)
