"""Photographs that come with scikit-image and scikit-learn, with outlines of objects that were drawn for this project.

`photographs.json` holds for each photograph its file inside the package, the names of its classes, its keypoints, and
outlines `[class, [x, y, x, y, ...]]` in px of that file. Later outlines cover earlier ones.
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from pydantic import TypeAdapter

from explorer.data.images import read_image
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.data.stored import ImageError

LONG_SIDE = 512  # px


@dataclass(frozen=True)
class Photograph:
    """An embedded photograph.

    Attributes:
        name, title: its name in pipelines and addresses, and what people call it.
        source: the package that it comes with, and its path in the package.
        classes: the names of the mask's values from 1, and of the classes of boxes and keypoints from 0.
        outlines: the class and the corners x, y, x, y, ... of each object, in px of the file.
        keypoints: x, y and class of each keypoint, in px of the file.
    """

    name: str
    title: str
    source: tuple[str, str]
    classes: tuple[str, ...]
    outlines: tuple[tuple[int, tuple[int, ...]], ...]
    keypoints: tuple[tuple[int, int, int], ...]

    def load(self) -> Sample:
        """The photograph, at most 512 px, with mask, boxes and keypoints. Raises ImageError."""
        image = read_image(_inside_package(*self.source))
        polygons = [(label, np.array(flat, np.int32).reshape(-1, 2)) for label, flat in self.outlines]
        mask = np.zeros(image.shape[:2], np.uint8)
        for label, polygon in polygons:
            cv2.fillPoly(mask, [polygon], label + 1)
        sample = Sample(
            image=image,
            mask=mask,
            bboxes=np.array([[*p.min(axis=0), *(p.max(axis=0) + 1), label] for label, p in polygons], np.float32),
            keypoints=np.array(self.keypoints, np.float32),
            id=self.name,
        )
        return shrink(sample, LONG_SIDE)


def _inside_package(package: str, file: str) -> Path:
    # The package is not imported, because scikit-learn's data sets alone take a second.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ImageError(f"The package {package} is not installed, and {file} comes with it.")
    return Path(found.origin).parent / file


@lru_cache(maxsize=1)
def photographs() -> Mapping[str, Photograph]:
    """The photographs by name; the first one is shown to people who come for the first time."""
    records = json.loads(Path(__file__).with_suffix(".json").read_bytes())
    read = TypeAdapter(Photograph).validate_python
    return {name: read({"name": name} | record) for name, record in records.items()}
