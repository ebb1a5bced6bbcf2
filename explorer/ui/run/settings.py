"""The settings of a run as a table with the labels of the Train page."""

from dataclasses import dataclass

import streamlit as st

from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import Values
from explorer.texts import Run as T
from explorer.texts import Train
from explorer.ui.components.markdown import cell, table
from explorer.ui.train import values as train_values
from explorer.ui.train.conversion import values_of
from explorer.ui.train.data_sets import is_split
from explorer.ui.train.fields import DEFAULTS, SECTIONS, Field, fields_of, matters
from explorer.ui.train.source import steps_of


@dataclass(frozen=True)
class Setting:
    """A row of the table. `default` is None unless the value differs from it."""

    section: str
    label: str
    value: str
    default: str | None


def settings(config: RunConfig) -> list[Setting]:
    """All settings that had an effect on the run, in the order of the Train page."""
    values = values_of(config, "")
    defaults = {**DEFAULTS, **train_values.following(values)}
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
    value, default = field.shown(values[field.name]), field.shown(defaults[field.name])
    choice = field.name == "dataset" or field.is_place  # always chosen, so there is no default
    return Setting(section, field.title, value, None if choice or value == default else default)


def show(config: RunConfig) -> None:
    """Draw the table. Changed values are bold, with the default beside them."""
    rows: list[tuple[str, str, str]] = []
    section = ""
    for one in settings(config):
        if one.section != section:
            section = one.section
            rows.append((f":gray[{cell(section)}]", "", ""))
        changed = one.default is not None
        default = f":gray[{cell(T.DEFAULT.format(value=one.default))}]" if changed else ""
        rows.append((cell(one.label), f"**{cell(one.value)}**" if changed else cell(one.value), default))
    st.markdown(table(T.SETTINGS_HEAD, rows))
    st.caption(T.SETTINGS_NOTE)
