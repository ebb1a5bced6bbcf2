"""The settings of a run as the values of the form that makes it again."""

from typing import Any

from explorer.base.names import expanded
from explorer.base.task_names import TaskName
from explorer.data.dataset import DatasetError
from explorer.data.depth import ValueRange
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS, OF_FILES, TRAINABLE
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import Values
from explorer.runs.spec.recipe import defaults_of
from explorer.settings.fields import (
    DEFAULTS,
    FIELDS,
    OF_TASK,
    RECOGNIZED_BY,
    choices_for,
    matters,
    place_field,
    task_of,
)

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


def defaults_for(values: Values) -> Values:
    """Return the form in which everything but the data set has its default, which may depend on the data set."""
    if values["dataset"] not in FORMATS:  # from a file that anybody may have written; the form says what is wrong
        return dict(DEFAULTS)
    size = FORMATS[values["dataset"]].network_size
    return {**DEFAULTS, "image_size": size, **_defaults_of(task_of(values))}


def changed(values: Values, changes: Values) -> dict[str, Any]:
    """Return the form after some fields have changed, with the fields that follow from them.

    Each format of data sets has its own image size, and each task its own batch size, and number of classes and noise
    of shapes, until others are typed. Each task has losses and monitors of its own: what was chosen for another task is
    kept in the form and comes back with that task. What was chosen about the labels of one data set, such as the mask
    value that does not count, is not carried into another one.
    """
    found = {**values, **_of_other_data(values, changes), **changes}
    if "dataset" in changes and "image_size" not in changes:
        found["image_size"] = FORMATS[found["dataset"]].network_size
    if any(found[name] != values[name] for name in ("dataset", "masks_path")) and "names_from" not in changes:
        found["names_from"] = DEFAULTS["names_from"]  # an answer about the masks of one data set only
    before, task = task_of(values), task_of(found)
    if before == task:
        return found
    kept = {**values["of_tasks"], before: {name: values[name] for name in OF_TASK}}
    begun = {**_defaults_of(task), "mixing": _offered("mixing", found)}
    first = _defaults_of(before)
    typed = (name for name in first if name not in OF_TASK and (name in changes or values[name] != first[name]))
    begun |= {name: found[name] for name in typed}
    again = {name: value for name, value in kept.get(task, {}).items() if value in choices_for(name, found)}
    return found | begun | again | {name: changes[name] for name in OF_TASK if name in changes} | {"of_tasks": kept}


def _defaults_of(task: TaskName) -> dict[str, Any]:
    """Return the first values of all fields that depend on the task, those of data sets among them."""
    asks = (ask for spec in TRAINABLE for ask in spec.asks if ask.start_of_masks is not None)
    starts = {ask.name: ask.start_of_masks if task == "segmentation" else DEFAULTS[ask.name] for ask in asks}
    return {**defaults_of(task), **starts}


def _of_other_data(values: Values, changes: Values) -> dict[str, Any]:
    """Return the first values of the fields about labels, for each format of which another data set is chosen."""
    places = ((kind, place_field(kind)) for kind in OF_FILES)
    moved = [kind for kind, at in places if at and at in changes and _elsewhere(values[at], changes[at])]
    about = (ask for kind in moved for ask in FORMATS[kind].asks if ask.learned or ask.field == RECOGNIZED_BY)
    return {ask.name: DEFAULTS[ask.name] for ask in about if ask.name in DEFAULTS}


def _elsewhere(before: str, now: str) -> bool:
    """Return whether a data set was chosen before, and now another one."""
    return bool(before) and expanded(before) != expanded(now)


def _offered(name: str, values: Values) -> Any:
    """Return the value of a field, or its default if the task of these values does not offer it."""
    return values[name] if values[name] in choices_for(name, values) else DEFAULTS[name]


def is_split(values: Values) -> bool:
    """Return whether the chosen data set has its own validation part, so that the validation share has no effect."""
    place = place_field(values["dataset"])
    if place is None:
        return False
    try:
        return OF_FILES[values["dataset"]].is_split(resolve_inside(values[place]))
    except DatasetError:
        return False  # the field of the path shows the error
