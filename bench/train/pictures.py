"""The photographs to train on: those that were given, or generated ones of like number and size."""

import os
from pathlib import Path

from PIL import Image

from explorer.data.formats.shapes import ShapesSpec

GIVEN = "EXPLORER_TEST_DATA"
_SIDE = 300  # px


def folder(scratch: Path) -> Path:
    """`hymenoptera` in EXPLORER_TEST_DATA, else a folder of JPEG files that is made in `scratch`."""
    given = os.environ.get(GIVEN)
    if given:
        return Path(given).resolve() / "hymenoptera"
    return generated(scratch / "pictures", train=120, val=50)


def generated(target: Path, train: int, val: int) -> Path:
    """So many JPEG files of shapes in two classes, as target/train/<class> and target/val/<class>."""
    spec = ShapesSpec(num_classes=2, train_images=train, val_images=val, image_size=_SIDE, noise=0.6)
    dataset = spec.open()
    for split in (dataset.train, dataset.val):
        for index, name in enumerate(split.ids):
            into = target / split.name / dataset.classes[split.labels[index]]
            into.mkdir(parents=True, exist_ok=True)
            Image.fromarray(split.load(index).image).save(into / f"{name}.jpg", quality=90)
    return target
