"""The settings of a run as the values of the form that makes it again."""

from typing import Any

from explorer.data.dataset import DatasetError
from explorer.data.depth import ValueRange
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS, OF_FILES
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import Values
from explorer.settings.fields import DEFAULTS, FIELDS, matters, place_field

_RUN = "run:"


def run_pipeline(run_id: str) -> str:
    """Return the value of "pipeline" for the pipeline of a run."""
    return _RUN + run_id


def values_of(config: RunConfig, run_id: str) -> dict[str, Any]:
    """Return the values of the form that make this config again, except for its name."""
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


def following(values: Values) -> dict[str, Any]:
    """Return the fields that follow from a choice: each format of data sets has its own image size."""
    return {"image_size": FORMATS[values["dataset"]].network_size} if "dataset" in values else {}


def is_split(values: Values) -> bool:
    """Return whether the chosen data set has its own validation part, so that the validation share has no effect."""
    place = place_field(values["dataset"])
    if place is None:
        return False
    try:
        return OF_FILES[values["dataset"]].is_split(resolve_inside(values[place]))
    except DatasetError:
        return False  # the field of the path shows the error
