"""One field of the Train page: the values are the truth, each field shows its own and what is to be said about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.data.dataset import Dataset
from explorer.runs.machine.machine import Machine
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components.fields import sync
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, train_key
from explorer.ui.train import data_fields, networks
from explorer.ui.train import values as train_values
from explorer.ui.train.relevance import Values
from explorer.ui.train.source import Source, shown

# Fields whose name here is not the one in RunConfig.
CONFIG_NAMES: Mapping[str, str] = {
    **data_fields.CONFIG_NAMES,
    **{name: f"dataset.{name}" for name in data_fields.DEPTHS},
    "dataset_seed": "dataset.seed",
}


def config_name(name: str) -> str:
    """What RunConfig calls a field of the form."""
    return CONFIG_NAMES.get(name, name)


@dataclass
class Form:
    """Draws fields with their values and errors.

    errors, cautions: by the names of RunConfig. was: field -> its value in the run that the form was filled from, where
    it is another now. hints: field -> a sentence. dataset: None where it cannot be opened.
    """

    values: Values
    errors: Mapping[str, str]
    cautions: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    machine: Machine | None = None
    source: Source | None = None
    dataset: Dataset | None = None
    drawn: set[str] = field(default_factory=set)

    @property
    def elsewhere(self) -> list[str]:
        """Errors at no field that is on the page."""
        return [message for name, message in self.errors.items() if name not in self.drawn]

    @property
    def cautions_elsewhere(self) -> list[str]:
        """Cautions at no field that is on the page."""
        return [message for name, message in self.cautions.items() if name not in self.drawn]

    def number(self, name: str, step: float | int = 1, **options: Any) -> None:
        """A number; anything can be typed, and what cannot be is told below."""
        kind = type(train_values.DEFAULTS[name])
        shape = None if kind is int else "%g"  # else 0.125 would be shown as 0.13
        self._draw(name, st.number_input, value=self.values[name], step=kind(step), format=shape, **options)

    def entry(self, name: str, **options: Any) -> None:
        """A text, also for numbers that people write as 1e-3."""
        self._draw(name, st.text_input, value=self.values[name], placeholder=F.EMPTY.get(name), **options)

    def select(self, name: str, choices: Mapping[Any, str]) -> None:
        """One of some values, shown by their words; a value that is no longer among them is shown as it is."""
        self._draw(name, st.selectbox, **_options(choices, self.values[name]))

    def typed(self, name: str, choices: Mapping[Any, str]) -> None:
        """One of some values, or any other text."""
        self._draw(name, st.selectbox, accept_new_options=True, **_options(choices, self.values[name]))

    def segments(self, name: str, choices: Mapping[Any, str]) -> None:
        """One of a few values side by side."""
        self._draw(name, st.radio, horizontal=True, **_options(choices, self.values[name]))

    def several(self, name: str, choices: Mapping[Any, str]) -> None:
        """Any of some values."""
        self._draw(name, st.multiselect, placeholder=F.NOTHING, **_options(choices, *self.values[name]))

    def switch(self, name: str) -> None:
        """On or off."""
        self._draw(name, st.checkbox, value=bool(self.values[name]))

    def _draw(self, name: str, widget: Callable[..., Any], **options: Any) -> None:
        """The widget of a field, and below it what is wrong, what was otherwise and what to know."""
        key = train_key(name)
        sync(key, self.values[name])
        widget(
            _label(name, self.values), key=key, help=data_fields.HELP.get(name), on_change=_commit,
            args=(name, None if "accept_new_options" in options else options.get("options")), **options,
        )  # fmt: skip
        known_as = config_name(name)
        self.drawn.add(known_as)
        if message := self.errors.get(known_as):
            st.markdown(f":red[:material/error: {escape(message)}]")
        if message := self.cautions.get(known_as):
            st.markdown(f":orange[:material/warning: {escape(message)}]")
        if name in self.was:
            st.caption(f":material/history: {escape(T.WAS.format(was=self.was[name]))}")
        if message := self.hints.get(name):
            st.caption(escape(message))


def _options(choices: Mapping[Any, str], *chosen: Any) -> dict[str, Any]:
    known = {**choices, **{value: str(value) for value in chosen if value not in choices}}
    return {"options": list(known), "format_func": lambda value: known.get(value, str(value))}


def _label(name: str, values: Values) -> str:
    if name != "learning_rate":
        return data_fields.LABELS[name]
    # What PyTorch calls it hangs on the schedule.
    return F.LABELLED.format(
        label=data_fields.LABELS[name], code=F.MAX_LR if values["schedule"] == "onecycle" else F.LR
    )


def _commit(name: str, options: list[Any] | None) -> None:
    value = st.session_state[train_key(name)]
    if options is not None and not isinstance(value, list) and value not in options:
        return  # the words of a choice have changed, and the browser has sent the old ones: nobody has chosen anything
    st.session_state.pop(Key.TRAIN_LANDED, None)  # who types has found the field
    if name == "backbone" and value is not None:
        train_values.edit(lambda newest: {name: value, **_along(newest, value)})
    else:
        train_values.change(**{name: train_values.DEFAULTS[name] if value is None else value})


def _along(newest: Values, backbone: str) -> Values:
    """What is chosen along with a backbone, which is said."""
    also = networks.along(newest, backbone)
    if also:
        fields = ", ".join(T.SET_ONE.format(field=data_fields.LABELS[one], value=shown(one, also[one])) for one in also)
        st.toast(escape(T.ALSO.format(backbone=backbone, fields=fields)))
    return also
