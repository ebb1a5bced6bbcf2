"""Converts the form's values to the config of a run, and back."""

import math
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from explorer.augment.pipeline import Pipeline
from explorer.base.names import shown
from explorer.data.curation import CurationError, curated
from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS, DatasetSpec
from explorer.runs.spec.config import ConfigError, RunConfig, check_size, from_values
from explorer.runs.spec.fields import Values
from explorer.runs.spec.recipe import Recipe
from explorer.settings.fields import FIELDS, matters
from explorer.settings.values import run_pipeline
from explorer.ui.train.recognizing import recognized_labels
from explorer.ui.train.weights import weights_inside

Errors = dict[str, str]  # field of RunConfig -> message

# Values of "pipeline" besides the names of saved pipelines, which contain no tab.
NO_PIPELINE = "\tnone"
_PRESET = "\tpreset:"


def preset_pipeline(name: str) -> str:
    """Return the value of "pipeline" for a preset."""
    return _PRESET + name


def pipeline_preset(values: Values) -> str | None:
    """Return the name of the chosen preset; None if something else is chosen."""
    chosen = str(values["pipeline"])
    return chosen.removeprefix(_PRESET) if chosen.startswith(_PRESET) else None


def pipeline_run(values: Values) -> str | None:
    """Return the id of the run whose pipeline is chosen; None if something else is chosen."""
    chosen, source = values["pipeline"], values["source"]
    return source if source and chosen == run_pipeline(source) else None


def config(values: Values, pipeline: Pipeline) -> RunConfig:
    """Return the config of the run that the values describe.

    Fields without an effect get their defaults: they are not shown, so a person could not correct their values.

    Raises:
        ConfigError: Some values are wrong. It has a message for each field, under its name in RunConfig.
    """
    errors: Errors = {}
    asked = _asked(values, RunConfig.model_fields)
    if values["weights"] == "file" and values["weights_file"].strip():
        asked["weights_file"] = _inside(weights_inside, values["weights_file"], "weights_file", errors)
    asked["dataset"] = _dataset(values, errors)
    asked["pipeline"] = pipeline.model_dump()
    try:
        made = from_values(asked)
    except ConfigError as error:
        raise ConfigError({**error.errors, **errors}) from error
    if errors:
        raise ConfigError(errors)
    made = made.model_copy(update={"dataset": _curated(made.dataset)})
    check_size(made)
    return made


def dataset_spec(values: Values) -> DatasetSpec | None:
    """Return the data set alone; None if one of its values is wrong, which `config` reports."""
    errors: Errors = {}
    try:
        made = from_values({"dataset": _dataset(values, errors), "pipeline": {}})
        return None if errors else _curated(made.dataset)
    except ConfigError:
        return None


def _curated(spec: DatasetSpec) -> DatasetSpec:
    """Return the data set as it was decided about on the Data page. Raises ConfigError if that cannot be read."""
    try:
        return curated(spec)
    except CurationError as error:
        raise ConfigError({spec.error_field: str(error)}) from error


def recipe(values: Values) -> Recipe | None:
    """Return the recipe alone, which needs no data set yet; None if one of its values is wrong."""
    try:
        return Recipe.model_validate(_asked(values, Recipe.model_fields))
    except ValidationError:
        return None  # `config` says what is wrong


def _asked(values: Values, names: Container[str]) -> dict[str, Any]:
    """Return the values of those fields of RunConfig that have an effect, without data set and pipeline."""
    return {
        name: field.as_asked(values[name])
        for name, field in FIELDS.items()
        if field.path == name and name in names and name not in ("dataset", "pipeline") and matters(name, values)
    }


def _inside(resolve: Callable[[str], Path], path: str, field: str, errors: Errors) -> str:
    """Return the real path of a typed one. If it must not be read, `errors` says so and the typed path is returned."""
    try:
        return shown(str(resolve(path)))
    except DatasetError as error:
        errors[field] = str(error)
        return path.strip() or "?"


def _dataset(values: Values, errors: Errors) -> dict[str, Any]:
    kind = values["dataset"]
    names = FORMATS[kind].model_fields if kind in FORMATS else {}
    spec: dict[str, Any] = {"kind": kind}
    for name, field in FIELDS.items():
        of_dataset, _, inside = field.path.rpartition(".")
        if of_dataset and inside in names and matters(name, values):
            spec[inside] = field.as_asked(values[name])
            if field.ask and field.ask.inside and (field.is_place or values[name].strip()):
                spec[inside] = _inside(resolve_inside, values[name], field.path, errors)
    if "seed" in names:
        spec["seed"] = spec["seed"] or values["seed"]
    if "depth" in names:
        spec["depth"] = _depth(values, errors)
    if spec.get("several") == "auto":
        spec["several"] = _several(kind, spec)
    if "links" in names:
        spec["links"] = "inside"  # visitors of a page choose among the folders that it may read
    return spec


def _several(kind: str, spec: Mapping[str, Any]) -> str:
    """Return whether images have several labels, as their table or file says; "no" if it cannot be read."""
    asked = {name: str(spec[name]) for name in ("path", "label_column", "encoding") if name in spec}
    try:
        return recognized_labels(kind, asked)
    except (DatasetError, ValidationError):
        return "no"  # opening it says what is wrong


def _depth(values: Values, errors: Errors) -> Any:
    """Return the setting `depth` of the data set. If a number is wrong, add a message to `errors` and return "auto"."""
    if values["depth"] not in ("range", "window"):
        return values["depth"]
    names = ("depth_low", "depth_high") if values["depth"] == "range" else ("depth_center", "depth_width")
    numbers: list[float] = []
    for name in names:
        try:
            numbers.append(float(values[name]))
        except ValueError:
            errors[f"dataset.{name}"] = f"Expected a number, but got {values[name].strip()[:40]!r}."
    if len(numbers) < len(names):
        return "auto"
    low, high = numbers
    if values["depth"] == "window":
        low, high = low - high / 2, low + high / 2
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        errors[f"dataset.{names[1]}"] = (
            "The high value must be above the low one." if values["depth"] == "range" else "The width must be above 0."
        )
        return "auto"
    return {"low": low, "high": high}
