"""From the form's values to a run's config, and back."""

import math
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from explorer.augment.pipeline import Pipeline
from explorer.base.names import shown
from explorer.data.dataset import DatasetError
from explorer.data.depth import ValueRange
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS, DatasetSpec
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.runs.spec.fields import Values
from explorer.runs.spec.recipe import Recipe
from explorer.ui.train.fields import DEFAULTS, FIELDS, matters
from explorer.ui.train.weights import weights_inside

Errors = dict[str, str]  # field of RunConfig -> message

# What "pipeline" holds besides names of saved pipelines; a name has no tab in it.
NO_PIPELINE = "\tnone"
_PRESET = "\tpreset:"
_RUN = "run:"


def preset_pipeline(name: str) -> str:
    """The value of "pipeline" that stands for a preset."""
    return _PRESET + name


def pipeline_preset(values: Values) -> str | None:
    """The preset that is chosen; None where the choice is another."""
    chosen = str(values["pipeline"])
    return chosen.removeprefix(_PRESET) if chosen.startswith(_PRESET) else None


def run_pipeline(run_id: str) -> str:
    """The value of "pipeline" that stands for the pipeline of a run."""
    return _RUN + run_id


def pipeline_run(values: Values) -> str | None:
    """The run whose pipeline is chosen; None where it is another choice."""
    chosen, source = values["pipeline"], values["source"]
    return source if source and chosen == run_pipeline(source) else None


def config(values: Values, pipeline: Pipeline) -> RunConfig:
    """The config that the values ask for. Raises ConfigError with a message per field, named as RunConfig names it.

    Fields without an effect are left at their defaults: they are not shown, so their values cannot be corrected.
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
    return made


def dataset_spec(values: Values) -> DatasetSpec | None:
    """The data set alone; None where something in it is wrong."""
    errors: Errors = {}
    try:
        made = from_values({"dataset": _dataset(values, errors), "pipeline": {}})
    except ConfigError:
        return None  # `config` says what is wrong
    return None if errors else made.dataset


def recipe(values: Values) -> Recipe | None:
    """The recipe alone; None where something in it is wrong. For what is drawn while the data are not chosen yet."""
    try:
        return Recipe.model_validate(_asked(values, Recipe.model_fields))
    except ValidationError:
        return None  # `config` says what is wrong


def _asked(values: Values, names: Container[str]) -> dict[str, Any]:
    """Those of RunConfig's fields that matter, without the data set and the pipeline."""
    return {
        name: field.as_asked(values[name])
        for name, field in FIELDS.items()
        if field.path == name and name in names and name not in ("dataset", "pipeline") and matters(name, values)
    }


def _inside(resolve: Callable[[str], Path], path: str, field: str, errors: Errors) -> str:
    """The real path of a typed one; where it must not be read, the typed path, and a message in `errors`."""
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
    if "links" in names:
        spec["links"] = "inside"  # visitors of a page choose among the folders that it may read
    return spec


def _depth(values: Values, errors: Errors) -> Any:
    """The setting `depth` of the data set. Where a number is wrong, `errors` gets a message and "auto" is returned."""
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


def values_of(config: RunConfig, run_id: str) -> dict[str, Any]:
    """The form's values that make this config again, except for its name."""
    found = {**DEFAULTS, "source": run_id, "pipeline": run_pipeline(run_id), "dataset": config.dataset.kind}
    for name, field in FIELDS.items():
        of_dataset, _, inside = field.path.rpartition(".")
        owner = config.dataset if of_dataset else config
        if (
            hasattr(owner, inside)
            and name not in ("dataset", "pipeline", "name")
            and (matters(name, found) or not of_dataset)
        ):
            found[name] = field.as_kept(getattr(owner, inside))
    if isinstance(depth := found["depth"], ValueRange):
        ends = {name: FIELDS[name].as_kept(end) for name, end in (("depth_low", depth.low), ("depth_high", depth.high))}
        found |= {"depth": "range"} | ends
    if config.dataset.seed == config.seed:
        found["dataset_seed"] = ""
    return found
