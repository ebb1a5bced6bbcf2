"""The table of the formats of data sets: what a run's config may name, and what Augment shows."""

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field

from explorer.data.formats.coco import CocoSpec
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.csv_file import Encoding as Encoding
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.formats.medmnist import MedMnistSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.formats.spec import FileSpec, Spec
from explorer.data.formats.voc import VocSpec
from explorer.data.formats.yolo import YoloSpec

DatasetSpec = Annotated[
    ShapesSpec | DigitsSpec | ImageFolderSpec | CsvSpec | MaskFolderSpec | MedMnistSpec, Field(discriminator="kind")
]  # to train on
TRAINABLE: tuple[type[Spec], ...] = get_args(get_args(DatasetSpec)[0])
_TO_LOOK_AT: tuple[type[Spec], ...] = (CocoSpec, YoloSpec, VocSpec)
FORMATS: Mapping[str, type[Spec]] = {spec.name(): spec for spec in (*TRAINABLE, *_TO_LOOK_AT)}
OF_FILES: Mapping[str, type[FileSpec]] = {
    name: spec for name, spec in FORMATS.items() if issubclass(spec, FileSpec)
}  # those whose data sets are in folders
