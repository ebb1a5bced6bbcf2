"""The table of data set kinds."""

from collections.abc import Callable
from typing import Any

from explorer.data.dataset import Dataset
from explorer.data.digits import open_digits
from explorer.data.image_folder import open_image_folder
from explorer.data.shapes import open_shapes
from explorer.data.specs import DatasetSpec

FORMATS: dict[str, Callable[[Any], Dataset]] = {
    "shapes": open_shapes,
    "digits": open_digits,
    "image_folder": open_image_folder,
}


def open_dataset(spec: DatasetSpec) -> Dataset:
    """Open the data set that `spec` names. Raises DatasetError, and ImageError where its images are loaded."""
    return FORMATS[spec.kind](spec)
