"""What a run is asked to do: a frozen value, which is checked once and written as run.json."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from explorer.augment.pipeline import Pipeline
from explorer.augment.resolution import fit
from explorer.base.task_names import TaskName
from explorer.data.fit import Fit, square
from explorer.data.specs import FORMATS, TRAINABLE, DatasetSpec
from explorer.metrics.table import LISTED, TITLES
from explorer.runs.spec.config_errors import ConfigError as ConfigError
from explorer.runs.spec.config_errors import from_validation
from explorer.runs.spec.devices import Accelerator
from explorer.runs.spec.fields import Misfit, Only, info_of, texts_of
from explorer.runs.spec.kinds import Kind
from explorer.runs.spec.plans.table import Plan
from explorer.runs.spec.plans.tasks import why_not
from explorer.runs.spec.predict import PredictPlan
from explorer.runs.spec.recipe import LOSSES_OF, MIXINGS_OF, Recipe, defaults_of
from explorer.runs.spec.schedules import steps_per_epoch

VERSION = 4
MAX_BYTES = 4_000_000  # of run.json; a pipeline may be 1 MB of it

_SPECS: TypeAdapter[DatasetSpec] = TypeAdapter(DatasetSpec)
PrecisionName = Literal["auto", "32-true", "bf16-mixed", "16-mixed"]
KeptAs = Literal["whole", "squares"]
Logger = Literal["csv", "tensorboard", "mlflow"]


class RunConfig(Recipe):
    """One run: a recipe, its data, its device and its purpose.

    Wrong values raise pydantic's ValidationError, which `from_values` puts into plain words.
    """

    version: Literal[4] = 4
    kind: Kind = "train"
    """"check" tries a few batches of everything, "rate" looks for a learning rate."""
    name: Annotated[str, Field(max_length=100, title="Run name")] = ""
    dataset: Annotated[DatasetSpec, Field(title="Data set")]
    pipeline: Annotated[Pipeline, Field(title="Pipeline")]
    """Applied to the training images only. Validation images are not augmented."""
    seed: Annotated[int, Field(ge=0, lt=2**32, title="Seed")] = 0
    """The same seed gives the same initial weights and the same augmented images"""
    accelerator: Annotated[Accelerator, Field(title="Accelerator")] = "auto"
    gpus: Annotated[
        tuple[Annotated[int, Field(ge=0, le=63)], ...],
        Field(max_length=16, title="GPUs"),
        Only("accelerator", ("auto", "gpu"), refusal="GPUs are chosen, but the accelerator is another. Choose gpu."),
    ] = ()
    """Several GPUs train together (ddp), each on its part of every batch. Empty: one GPU is selected"""
    precision: Annotated[PrecisionName, Field(title="Precision")] = "auto"
    """bf16-mixed and 16-mixed use 16 bits where this is safe"""
    workers: Annotated[int | None, Field(ge=0, le=64, title="Loader workers")] = None
    """Processes that augment images in parallel. 0: none. Empty: selected automatically"""
    threads: Annotated[int | None, Field(ge=1, le=256, title="Threads")] = None
    """Processor threads for torch. Empty: selected automatically"""
    kept_as: Annotated[KeptAs, Field(title="Images before augmentation")] = "whole"
    """Whole images keep their borders until the pipeline has seen them, and the square is cut at the end. Middle
    squares are cut before the pipeline, as all runs did before"""
    cache_size: Annotated[int | None, Field(ge=0, le=1024, title="Kept images")] = None
    """Pixels of the short side that decoded images are kept at, before augmentation"""
    loggers: Annotated[tuple[Logger, ...], Field(title="Also log to")] = ()
    """Lightning loggers, in addition to the records of this app. They do not change the training."""
    rules: Literal[1, 2] = 2
    """Runs of format 1 keep 1, also when they are resumed or exported: the first of epochs with equal monitors is the
    best, early stopping watches only the monitor, and a step with fewer batches at the end of an epoch is nevertheless
    divided by `accumulate`."""
    start_from: Annotated[str, Field(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")] | None = None
    """The id of the run whose weights this one starts with. Its checkpoint was copied into the folder of this run."""
    pair: Annotated[str, Field(pattern=r"^[a-z0-9]{4,32}$")] | None = None
    """The same word in two runs that were started together, with and without augmentation."""
    study: Plan | None = None
    """What a run of kind "study" asks. Its recipe says which network and image size it is asked with."""
    predict: PredictPlan | None = None
    """What a run of kind "predict" predicts. Everything else is that of the run whose network it uses first."""

    @property
    def kept(self) -> Fit | None:
        """The size at which images enter augmentation; None where each keeps its own size."""
        if self.cache_size == 0:
            return None
        if self.kept_as == "squares":
            return square(self.cache_size or self.image_size)
        return Fit(self.cache_size, self.cache_size) if self.cache_size else fit(self.pipeline, self.image_size)

    @model_validator(mode="before")
    @classmethod
    def _has_defaults_of_its_task(cls, values: Any) -> Any:
        """Give fields that are left out the default of the task, which follows from the data set."""
        dataset = values.get("dataset") if isinstance(values, Mapping) else None
        try:
            task = _SPECS.validate_python(dataset).task
        except ValidationError:
            return values  # which is reported with the other errors
        if task == "segmentation" and values.get("monitor") == "accuracy":
            values = {**values, "monitor": "pixel_accuracy"}  # what configs of masks called it at first
        return {**values, **{name: value for name, value in defaults_of(task).items() if name not in values}}

    @property
    def task(self) -> TaskName:
        """What the network learns to answer."""
        return self.dataset.task

    @model_validator(mode="after")
    def _fits_its_task(self) -> Self:
        losses, listed = LOSSES_OF[self.task], LISTED[self.task]
        if self.loss not in losses:
            raise Misfit("loss", f"The loss {self.loss} is not for {self.task}. Choose one of: {', '.join(losses)}.")
        if self.monitor not in listed:
            raise Misfit(
                "monitor",
                f"{TITLES[self.monitor]} is not measured for {self.task}. Choose one of: {', '.join(listed)}.",
            )
        if self.task != "labels" and isinstance(self.pos_weight, tuple):
            raise Misfit("pos_weight", "Several weights are for images with several labels. Give one weight here.")
        if self.task != "segmentation" and self.evaluation != "whole":
            raise Misfit("evaluation", "Sliding windows are for masks. Choose the whole image.")
        if self.mixing not in MIXINGS_OF[self.task]:
            raise Misfit("mixing", "Masks cannot be blended. Choose CutMix, or no mixing.")
        if self.study is not None and (reason := why_not(self.task, self.study.ask)):
            raise Misfit("study", reason)
        return self

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if len(set(self.gpus)) < len(self.gpus):
            raise Misfit("gpus", "Each GPU can be chosen once.")
        if self.cache_size and self.cache_size < 32:
            raise Misfit("cache_size", "Images are kept at 32 px or more, or not at all (0).")
        if (self.kind == "study") != (self.study is not None):
            raise Misfit("study", "A run of kind study has a plan in `study`, and other kinds have none.")
        if (self.kind == "predict") != (self.predict is not None):
            raise Misfit("predict", "A run of kind predict has a plan in `predict`, and other kinds have none.")
        if self.study is not None and self.pipeline.streams == 1:
            raise Misfit("pipeline", "A study needs a pipeline whose steps have random numbers of their own. Renew it.")
        return self


def threshold_of(config: RunConfig | None) -> float:
    """Return the probability above which a run predicts the second of two classes; 0.5 where it takes the likelier."""
    return config.threshold if config is not None and config.loss == "bce" else 0.5


def title_of(name: str) -> str:
    """Return the shown name of a field. Nested fields have dots: "dataset.noise"."""
    info = info_of(RunConfig, name)
    if info is not None and info.title:
        return info.title
    head, _, rest = name.partition(".")
    asked = {ask.label for spec in TRAINABLE for ask in spec.asks if head == "dataset" and ask.field == rest}
    if len(asked) == 1:  # a path has another name in each format
        return asked.pop()
    first = title_of(head) if rest else f'"{name}"' if name else "It"
    return f"{first}: {rest.replace('_', ' ')}" if rest else first


def help_of(name: str) -> str | None:
    """Return what a field is for; None where its title says all."""
    info = info_of(RunConfig, name)
    return texts_of(RunConfig).get(name) or (info.description if info else None)


def from_values(values: Mapping[str, Any]) -> RunConfig:
    """Check plain values, such as those of a form. Raises ConfigError with one message per field."""
    version = values.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise ConfigError(
            {
                "version": f"This was written by a newer version of the explorer (format {version}; "
                f"this one reads format {VERSION}). Update the explorer to read it."
            }
        )
    try:
        return RunConfig.model_validate(_upgraded(values, version))
    except ValidationError as error:
        raise from_validation(error, title_of) from error


# Defaults of earlier formats that have changed since: an old run resumes and exports as it was.
_VERSION_1: dict[str, Any] = {"rules": 1, "kept_as": "squares"}
_STREAMS_BEFORE_3 = {"streams": 1}


def _upgraded(values: Mapping[str, Any], version: Any) -> dict[str, Any]:
    """Turn the values of a config of any format into unchecked values of the present one, with the old behavior."""
    upgraded = dict(values)
    if version == 1:
        upgraded = _VERSION_1 | upgraded
    if version in (1, 2):
        pipeline = upgraded.get("pipeline")
        if isinstance(pipeline, Mapping):
            upgraded["pipeline"] = {**_STREAMS_BEFORE_3, **pipeline}
    if version in (1, 2, 3):
        dataset = upgraded.get("dataset")
        if isinstance(dataset, Mapping) and (found := FORMATS.get(str(dataset.get("kind")))):
            before = found.version_1 if version == 1 else {}
            upgraded["dataset"] = {**found.version_3, **before, **dataset}
        upgraded["version"] = VERSION
    return upgraded


def loads(text: str | bytes) -> RunConfig:
    """Read a config from JSON. Raises ConfigError, with the field "" for text that is not JSON."""
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
    """Write a config as JSON, which `loads` reads as an equal value."""
    return config.model_dump_json(indent=2) + "\n"


def check_size(config: RunConfig) -> None:
    """Check that run.json would not be too large to be read again. Raises ConfigError."""
    left_out, together = (getattr(config.dataset, name, ()) for name in ("left_out", "together"))
    if not (left_out or together):  # all else is bounded by what a pipeline may have
        return
    size = len(dumps(config).encode())
    if size > MAX_BYTES:
        raise ConfigError(
            {
                "dataset": f"The names of {len(left_out):,} images that are left out and of {len(together):,} groups "
                f"that stay together take {size / 1e6:.1f} MB, and run.json may have {MAX_BYTES / 1e6:.0f} MB. Move "
                "images out of the data set instead of leaving them out, or let groups apart on the Data page."
            }
        )


def with_absolute_paths(config: RunConfig, base: Path) -> RunConfig:
    """Make the paths of data absolute, relative to `base`, because the trainer runs in another folder."""
    predict = None if config.predict is None else config.predict.at(base)
    return config.model_copy(update={"dataset": config.dataset.at(base), "predict": predict})


def check_with_dataset(
    config: RunConfig,
    *,
    train_images: int,
    val_images: int,
    num_classes: int,
    name: str = "the data set",
    class_counts: Sequence[int] | None = None,
) -> None:
    """Check what depends on the data. Raises ConfigError with a message per field.

    `class_counts` are the training images of each class, where they are known.
    """
    errors: dict[str, str] = {}
    if num_classes < 2:
        errors["dataset"] = f"{name} has one class only. Training needs at least 2."
    elif train_images == 0:
        errors["dataset"] = f"{name} has no training images. Put images into its class folders."
    elif val_images == 0:
        errors["dataset"] = f"{name} has no validation images. Raise val_fraction, or add images."
    elif config.batch_size > train_images:
        errors["batch_size"] = (
            f"Batch size is {config.batch_size}, but {name} has only {train_images} training images. "
            f"Choose {train_images} or less."
        )
    errors |= _check_loss(config, num_classes, name, class_counts)
    if not errors:
        errors |= _check_schedule(config, train_images)
    if errors:
        raise ConfigError(errors)


def _check_loss(config: RunConfig, classes: int, name: str, counts: Sequence[int] | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if config.task == "labels":
        if isinstance(config.pos_weight, tuple) and len(config.pos_weight) != classes:
            errors["pos_weight"] = (
                f"There are {len(config.pos_weight)} weights, but {name} has {classes} labels. Give one for each, in "
                "their order, or one for all."
            )
    elif config.loss == "bce" and classes > 2:
        errors["loss"] = f"The loss bce is for 2 classes, but {name} has {classes}. Choose cross_entropy instead."
    if isinstance(config.class_weights, tuple) and len(config.class_weights) != classes:
        errors["class_weights"] = (
            f"There are {len(config.class_weights)} class weights, but {name} has {classes} classes. "
            "Give one for each, in their order."
        )
    if counts is not None and min(counts, default=1) == 0:
        for field in ("class_weights", "pos_weight"):
            if getattr(config, field) == "balanced":
                errors[field] = f"A class of {name} has no training images: weights by its share are not defined."
    return errors


def _check_schedule(config: RunConfig, train_images: int) -> dict[str, str]:
    steps = config.epochs * steps_per_epoch(config, train_images)
    # PyTorch's formula divides by the length of the rise, which would be 0.
    if config.schedule == "onecycle" and config.pct_start * steps == 1:
        return {
            "pct_start": f"OneCycleLR cannot rise within one step, and {config.pct_start:g} of {steps} is one. "
            "Choose a little more or less, or train longer."
        }
    return {}
