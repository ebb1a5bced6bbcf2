"""The table of data set kinds."""

from collections.abc import Callable
from typing import Any

from explorer.data.dataset import Dataset
from explorer.data.digits import open_digits
from explorer.data.image_folder import open_image_folder
from explorer.data.inspection import Looking
from explorer.data.shapes import open_shapes
from explorer.data.specs import DatasetSpec

Opens = Callable[[Any, Looking], Dataset]

FORMATS: dict[str, Opens] = {
    "shapes": lambda spec, looking: open_shapes(spec),
    "digits": lambda spec, looking: open_digits(spec),
    "image_folder": open_image_folder,
}


def open_dataset(spec: DatasetSpec, looking: Looking = Looking()) -> Dataset:  # noqa: B008 - a frozen value
    """Open the data set that `spec` names; its files are looked at as `looking` says.

    Raises DatasetError, and what `looking.tell` raises.
    """
    return FORMATS[spec.kind](spec, looking)
