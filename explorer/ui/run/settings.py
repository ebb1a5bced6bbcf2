"""The settings of a run as a table: what each field is called on the Train page, its value, and what was changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from explorer.runs.spec.config import RunConfig
from explorer.texts import Run as T
from explorer.texts import Train
from explorer.ui.components.markdown import escape
from explorer.ui.train import data_fields
from explorer.ui.train.folder import is_split
from explorer.ui.train.relevance import Values, matters
from explorer.ui.train.sections import SECTIONS
from explorer.ui.train.source import shown, steps_of, values_of
from explorer.ui.train.values import DEFAULTS


@dataclass(frozen=True)
class Setting:
    """A row: the section and label of the Train page, the value, and the default where the value is another."""

    section: str
    label: str
    value: str
    default: str | None


def settings(config: RunConfig) -> list[Setting]:
    """Every setting that had an effect on the run, in the order of the Train page."""
    values = values_of(config, "")
    defaults = dict(DEFAULTS) | {"image_size": config.dataset.network_size}
    return [_setting(section, name, values, defaults, config) for section, name in _fields(values)]


def _fields(values: Values) -> Iterator[tuple[str, str]]:
    for key, section in SECTIONS.items():
        for row in (*section.rows, *section.more):
            yield from ((key, name) for name in row if _had_effect(name, values))


def _had_effect(name: str, values: Values) -> bool:
    unused = name == "name" or (name == "val_fraction" and is_split(values))
    return not unused and matters(name, values)


def _setting(section: str, name: str, values: Values, defaults: Values, config: RunConfig) -> Setting:
    title, label = Train.SECTIONS[section], data_fields.LABELS[name]
    if name == "pipeline":
        return Setting(title, label, config.pipeline.name or steps_of(config.pipeline), None)
    value, default = shown(name, values[name]), shown(name, defaults[name])
    choice = name in ("dataset", *data_fields.PLACES)  # everybody chooses these: there is no usual value
    return Setting(title, label, value, None if choice or value == default else default)


def show(config: RunConfig) -> None:
    """Draw the table. Rows that were changed from the default are bold, and say what the default is."""
    rows = [f"| {' | '.join(T.SETTINGS_HEAD)} |", "|---|---|---|"]
    section = ""
    for one in settings(config):
        if one.section != section:
            section = one.section
            rows.append(f"| :gray[{escape(section)}] | | |")
        value = _cell(one.value)
        rows.append(
            f"| {_cell(one.label)} | {value} | |"
            if one.default is None
            else f"| {_cell(one.label)} | **{value}** | :gray[{_cell(T.DEFAULT.format(value=one.default))}] |"
        )
    st.markdown("\n".join(rows))
    st.caption(T.SETTINGS_NOTE)


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|")
