"""Small data sets with annotations in every format, whose files are damaged one at a time."""

import json
import random
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.damaged.damage import damaged
from explorer.base.names import ShownError
from explorer.data.formats.coco import CocoSpec
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.formats.medmnist import MedMnistSpec
from explorer.data.formats.spec import FileSpec
from explorer.data.formats.voc import VocSpec
from explorer.data.formats.yolo import YoloSpec

LATE_S = 5.0  # of a core, so that a busy machine changes nothing
_SIDE = 16  # px


@dataclass(frozen=True)
class Target:
    """A data set, and one of its files that is damaged."""

    spec: FileSpec
    file: Path


@dataclass
class Outcomes:
    """What became of all tries. crashed: tracebacks. late: the files that took long, with seconds."""

    kinds: Counter[str] = field(default_factory=Counter)
    crashed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


def make(folder: Path) -> list[Target]:
    """Write the data sets into an empty folder, which pages have to be allowed to read."""
    return [
        *_coco(folder / "coco"),
        *_yolo(folder / "yolo"),
        *_voc(folder / "voc"),
        *_masks(folder / "masks"),
        *_npz(folder),
    ]


def _image(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (_SIDE, _SIDE, 3), np.uint8)).save(file)


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def _coco(folder: Path) -> Iterator[Target]:
    segmentations = [
        [[1, 1, 9, 2, 8, 9.5]],
        {"size": [16, 16], "counts": [17, 5, 234]},
        {"size": [16, 16], "counts": "Q12^O"},
    ]
    images = [{"id": at, "file_name": f"{at}.png", "width": _SIDE, "height": _SIDE} for at in range(3)]
    boxes = [
        {"id": 9 * at, "image_id": at % 3, "category_id": at % 2 * 7, "bbox": [1.5, 2, 8, 7], "iscrowd": at % 2,
         "segmentation": segmentations[at % 3], "keypoints": [1, 2, 2, 3, 4, at % 3]}
        for at in range(6)
    ]  # fmt: skip
    categories = [{"id": 0, "name": "person", "keypoints": ["nose", "eye"]}, {"id": 7, "name": "car"}]
    for image in images:
        _image(folder / "train" / str(image["file_name"]))
    values = {"images": images, "annotations": boxes, "categories": categories}
    yield Target(CocoSpec(path=str(folder)), _written(folder / "annotations/instances_train.json", json.dumps(values)))


def _yolo(folder: Path) -> Iterator[Target]:
    for at in range(3):
        _image(folder / f"images/train/{at}.png")
    lines = "0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.4 0.2 0.3 0.6\n0 0.5 0.5 0.3 0.3 0.4 0.4 2 0.6 0.6 1\n"
    spec = YoloSpec(path=str(folder))
    yield Target(spec, _written(folder / "labels/train/0.txt", lines))
    yield Target(spec, _written(folder / "data.yaml", "train: images/train\nnc: 2\nnames:\n  0: person\n  1: car\n"))


def _voc(folder: Path) -> Iterator[Target]:
    edges = "<xmin>2</xmin><ymin>3</ymin><xmax>9</xmax><ymax>12</ymax>"
    entry = f"<object><name>dog</name><difficult>1</difficult><bndbox>{edges}</bndbox></object>"
    size = f"<size><width>{_SIDE}</width><height>{_SIDE}</height></size>"
    for at in range(2):
        _image(folder / f"JPEGImages/{at}.jpg")
    spec = VocSpec(path=str(folder))
    for at in range(2):
        text = f"<annotation><filename>{at}.jpg</filename>{size}{entry * 3}</annotation>"
        file = _written(folder / f"Annotations/{at}.xml", text)
    yield Target(spec, file)
    yield Target(spec, _written(folder / "ImageSets/Main/train.txt", "0\n1 -1\n"))


def _masks(folder: Path) -> Iterator[Target]:
    colors = np.array([[0, 0, 0], [64, 128, 64]], np.uint8)
    for at in range(2):
        _image(folder / f"images/{at}.jpg")
        (folder / "masks").mkdir(exist_ok=True)
        Image.fromarray(colors[np.arange(_SIDE * _SIDE).reshape(_SIDE, _SIDE) // 5 % 2]).save(
            folder / f"masks/{at}.png"
        )
    yield Target(
        MaskFolderSpec(path=str(folder)), _written(folder / "label_colors.txt", "0 0 0 Void\n64 128 64\tAnimal\n")
    )
    plain = folder.with_name("plain masks")
    _image(plain / "images/a.jpg")
    (plain / "masks").mkdir()
    Image.fromarray(np.eye(_SIDE, dtype=np.uint8)).save(plain / "masks/a.png")
    yield Target(MaskFolderSpec(path=str(plain)), _written(plain / "classes.json", '["sky", "road"]'))


def _npz(folder: Path) -> Iterator[Target]:
    arrays: dict[str, Any] = {f"{part}_images": np.zeros((4, 8, 8), np.uint8) for part in ("train", "val")}
    labels: dict[str, Any] = {f"{part}_labels": np.arange(4)[:, None] % 2 for part in ("train", "val")}
    np.savez(folder / "small.npz", **arrays, **labels)
    yield Target(MedMnistSpec(path=str(folder / "small.npz")), folder / "small.npz")


def tried(targets: list[Target], count: int, seed: int) -> Outcomes:
    """Damage files one after the other, so many times, and read each data set as pages do."""
    chance, outcomes = random.Random(seed), Outcomes()
    whole = {target.file: target.file.read_bytes() for target in targets}
    for number in range(count):
        target = targets[number % len(targets)]
        target.file.write_bytes(damaged(whole[target.file], chance))
        begun = time.process_time()
        outcomes.kinds[_read(target, outcomes)] += 1
        if (took := time.process_time() - begun) > LATE_S:
            outcomes.late.append(f"{target.file.name}: {took:.1f} s")
        target.file.write_bytes(whole[target.file])
    return outcomes


def _read(target: Target, outcomes: Outcomes) -> str:
    try:
        type(target.spec).looks(target.spec.root)
        contents = target.spec.contents()
        for index in range(len(contents)):
            mask = contents.annotations(index).mask
            if callable(mask):
                mask()
        pictures = target.spec.pictures()
        for part, size in pictures.sizes.items():
            for index in range(size):
                pictures.load(part, index)
                pictures.name(part, index)
    except ShownError:  # words for people: of data sets, images and samples
        return "refused with words"
    except Exception:  # noqa: BLE001 - whatever it is, it is counted
        outcomes.crashed.append(f"{target.file.name}: {traceback.format_exc(limit=-4)}")
        return "crashed"
    return "read, with what is left out" if contents.left_out else "read"
