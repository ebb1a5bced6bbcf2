"""The settings that had an effect on a run in words, for one run and for several side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.augment.pipeline import Pipeline
from explorer.runs.overview.summary import steps_in_words
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import Values
from explorer.settings.fields import SECTIONS, Field, choices_for, fields_of, matters, title_for
from explorer.settings.values import defaults_for, is_split, values_of
from explorer.texts import Common, Compare, Train

Rows = dict[str, list[str]]  # name of a setting -> its value in each run


@dataclass(frozen=True)
class Setting:
    """A setting of a run. `default` is None unless the value differs from it."""

    section: str
    label: str
    value: str
    default: str | None


def settings(config: RunConfig) -> list[Setting]:
    """Return all settings that had an effect on the run, in the order of the Train page."""
    values = values_of(config, "")
    defaults = defaults_for(values)
    return [
        _setting(Train.SECTIONS[key], field, values, defaults, config)
        for key, section in SECTIONS.items()
        for field in fields_of(section)
        if _had_effect(field.name, values)
    ]


def _had_effect(name: str, values: Values) -> bool:
    unused = name == "name" or (name == "val_fraction" and is_split(values))
    return not unused and matters(name, values)


def _setting(section: str, field: Field, values: Values, defaults: Values, config: RunConfig) -> Setting:
    if field.name == "pipeline":
        return Setting(section, field.title, config.pipeline.name or steps_of(config.pipeline), None)
    words = choices_for(field.name, values)
    value, default = (field.shown(each[field.name], words) for each in (values, defaults))
    choice = field.name == "dataset" or field.is_place  # always chosen, so there is no default
    return Setting(section, title_for(field.name, values), value, None if choice or value == default else default)


def steps_of(pipeline: Pipeline) -> str:
    """Return the transforms that are on, inside of their composers: "Blur, OneOf(A, B)"."""
    return steps_in_words(pipeline.model_dump()["nodes"]) or Common.NONE


def side_by_side(configs: Sequence[RunConfig]) -> Rows:
    """Return each setting that had an effect on a run, in the order of the Train page, with its value in all runs."""
    found = [{f"{one.section}: {one.label}": one.value for one in settings(config)} for config in configs]
    return filled(found, Compare.NOT_USED)


def filled(found: Sequence[Mapping[str, str]], missing: str) -> Rows:
    """Return the values of several runs by name, with the word `missing` where a run has none."""
    names = dict.fromkeys(name for each in found for name in each)
    return {name: [each.get(name, missing) for each in found] for name in names}


def different(rows: Rows) -> Rows:
    """Return the rows in which the runs differ."""
    return {name: values for name, values in rows.items() if len({*values}) > 1}
