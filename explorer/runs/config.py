"""What a run is asked to do: a frozen value that is checked once and written as run.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from explorer.augment.pipeline import Pipeline
from explorer.data.specs import DatasetSpec, ImageFolderSpec
from explorer.runs.mistakes import ConfigError, from_validation

__all__ = [
    "ConfigError",
    "RunConfig",
    "check_with_dataset",
    "dumps",
    "from_values",
    "loads",
    "with_absolute_paths",
]

VERSION = 1
MAX_BYTES = 4_000_000  # of run.json; a pipeline may be 1 MB of it

Accelerator = Literal["auto", "cpu", "gpu", "mps"]
PrecisionName = Literal["32-true", "bf16-mixed", "16-mixed"]


class RunConfig(BaseModel):
    """One training run.

    learning_rate: the highest of the OneCycle schedule. frozen: only the head learns. pos_weight: weight of
    class 1, for the loss "bce" only. workers, threads: None lets the trainer choose. start_from: the id of the run
    whose weights this one starts with; its checkpoint lies in the folder of this one.
    Building one from wrong values raises pydantic's ValidationError; `from_values` says it in plain words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    kind: Literal["train"] = "train"
    name: Annotated[str, Field(max_length=100)] = ""
    dataset: DatasetSpec
    pipeline: Pipeline
    backbone: Annotated[str, Field(min_length=1, max_length=100)] = "efficientnet-lite0"
    weights: Literal["imagenet", "none"] = "imagenet"
    frozen: bool = True
    image_size: Annotated[int, Field(ge=32, le=512)] = 224
    epochs: Annotated[int, Field(ge=1, le=1000)] = 8
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 16
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 1e-2
    weight_decay: Annotated[float, Field(ge=0, le=10)] = 1e-2
    loss: Literal["cross_entropy", "bce"] = "cross_entropy"
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    pos_weight: Annotated[float, Field(gt=0, le=1000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    accelerator: Accelerator = "auto"
    precision: PrecisionName = "32-true"
    workers: Annotated[int, Field(ge=0, le=64)] | None = None
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    start_from: Annotated[str, Field(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.pos_weight is not None and self.loss != "bce":
            raise ValueError(
                "pos_weight: Positive-class weight works with the loss bce only. "
                "Choose that loss or leave the weight out."
            )
        if self.frozen and self.weights == "none":
            raise ValueError(
                "frozen: A frozen backbone without pretrained weights cannot learn. "
                "Train all layers, or choose pretrained weights."
            )
        return self


def from_values(values: Mapping[str, Any]) -> RunConfig:
    """A config from plain values, such as a form's. Raises ConfigError with one message per field."""
    version = values.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise ConfigError(
            {
                "version": f"This was written by a newer version of the explorer (format {version}; "
                f"this one reads format {VERSION}). Update the explorer to read it."
            }
        )
    try:
        return RunConfig.model_validate(dict(values))
    except ValidationError as error:
        raise from_validation(error) from error


def loads(text: str | bytes) -> RunConfig:
    """A config from JSON. Raises ConfigError: for text that is not JSON under the field ""."""
    if len(text) > MAX_BYTES:
        raise ConfigError({"": f"It is larger than {MAX_BYTES // 1_000_000} MB: is it a run's config?"})
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError({"": f"It is not JSON: {error}."}) from error
    if not isinstance(values, dict):
        raise ConfigError({"": f"It must be a JSON object such as {{...}}; got a {type(values).__name__}."})
    return from_values(values)


def dumps(config: RunConfig) -> str:
    """The config as JSON that `loads` reads back to an equal value."""
    return config.model_dump_json(indent=2) + "\n"


def with_absolute_paths(config: RunConfig, base: Path) -> RunConfig:
    """The config with a relative data folder taken from `base`: the trainer runs somewhere else."""
    spec = config.dataset
    if not isinstance(spec, ImageFolderSpec):
        return config
    folder = (base / Path(spec.path).expanduser()).absolute()
    return config.model_copy(update={"dataset": spec.model_copy(update={"path": str(folder)})})


def check_with_dataset(
    config: RunConfig, *, train_images: int, val_images: int, num_classes: int, name: str = "the data set"
) -> None:
    """Check what only the data can tell. Raises ConfigError with a message per field."""
    errors: dict[str, str] = {}
    if num_classes < 2:
        errors["dataset"] = f"{name} has one class only. Telling classes apart needs at least 2."
    elif train_images == 0:
        errors["dataset"] = f"{name} has no training images. Put images into its class folders."
    elif val_images == 0:
        errors["dataset"] = f"{name} has no validation images. Raise val_fraction, or add images."
    elif config.batch_size > train_images:
        errors["batch_size"] = (
            f"Batch size is {config.batch_size}, but {name} has only {train_images} training images. "
            f"Choose {train_images} or less."
        )
    if config.loss == "bce" and num_classes > 2:
        errors["loss"] = f"The loss bce is for 2 classes, but {name} has {num_classes}. Choose cross_entropy instead."
    if errors:
        raise ConfigError(errors)
