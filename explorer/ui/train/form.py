"""Draws a field of the Train page: its widget, with errors, warnings and hints below it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.data.dataset import Dataset
from explorer.runs.machine.machine import Machine
from explorer.runs.spec.fields import Values
from explorer.settings.fields import FIELDS, Field, choices_for, help_for, task_of, title_for
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components.fields import sync
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.train import networks
from explorer.ui.train import values as train_values
from explorer.ui.train.source import Source


@dataclass
class Form:
    """Draws fields with their values, errors, warnings and hints.

    Attributes:
        values: The values of the form, valid or not.
        errors: The message of each field of RunConfig with an error.
        cautions: The warning of each field of RunConfig that has one.
        was: The value of each field in the run that the form was filled from, if it differs.
        hints: A sentence to show below a field.
        machine: The devices of this computer; None if they could not be detected.
        source: The run that the form was filled from.
        dataset: The data set; None if it cannot be opened.
        drawn: The fields of RunConfig that are on the page; filled while drawing.
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
        """The errors of fields that are not on the page."""
        return [message for name, message in self.errors.items() if name not in self.drawn]

    @property
    def cautions_elsewhere(self) -> list[str]:
        """The warnings of fields that are not on the page."""
        return [message for name, message in self.cautions.items() if name not in self.drawn]

    def number(self, field: Field, **options: Any) -> None:
        """Draw a number. Anything can be typed; an error is shown below."""
        kind = type(field.initial)
        shape = None if kind is int else "%g"  # the default would show 0.125 as 0.13
        self._draw(
            field, st.number_input, value=self.values[field.name], step=kind(field.step), format=shape, **options
        )

    def entry(self, field: Field, **options: Any) -> None:
        """Draw a text, also for numbers such as 1e-3."""
        empty = F.EMPTY.get(field.name)
        self._draw(field, st.text_input, value=self.values[field.name], placeholder=empty, **options)

    def select(self, field: Field, choices: Mapping[Any, str]) -> None:
        """Draw a choice of one value. A value that is no longer offered is shown as it is."""
        self._draw(field, st.selectbox, **_options(choices, self.values[field.name]))

    def typed(self, field: Field, choices: Mapping[Any, str]) -> None:
        """Draw a choice of one value or any other text."""
        self._draw(field, st.selectbox, accept_new_options=True, **_options(choices, self.values[field.name]))

    def segments(self, field: Field, choices: Mapping[Any, str]) -> None:
        """Draw a choice of one of a few values side by side."""
        self._draw(field, st.radio, horizontal=True, **_options(choices, self.values[field.name]))

    def several(self, field: Field, choices: Mapping[Any, str]) -> None:
        """Draw a choice of any number of values."""
        self._draw(field, st.multiselect, placeholder=F.NOTHING, **_options(choices, *self.values[field.name]))

    def switch(self, field: Field) -> None:
        """Draw a checkbox."""
        self._draw(field, st.checkbox, value=bool(self.values[field.name]))

    def _draw(self, field: Field, widget: Callable[..., Any], **options: Any) -> None:
        """Draw a widget, and below it the error, the warning, the earlier value and the hint of its field."""
        key = key_of(field.name, self.values)
        sync(key, self.values[field.name])
        widget(
            _label(field, self.values), key=key, help=help_for(field.name, self.values), on_change=_commit,
            args=(field.name, key, None if "accept_new_options" in options else options.get("options")), **options,
        )  # fmt: skip
        if message := self.errors.get(field.path):
            st.markdown(f":red[:material/error: {escape(message)}]")
        self.warn(field)
        if field.name in self.was:
            st.caption(f":material/history: {escape(T.WAS.format(was=self.was[field.name]))}")
        if message := self.hints.get(field.name):
            st.caption(escape(message))

    def warn(self, field: Field) -> None:
        """Show the warning at this field."""
        self.drawn.add(field.path)
        if message := self.cautions.get(field.path):
            st.markdown(f":orange[:material/warning: {escape(message)}]")


def key_of(name: str, values: Values) -> str:
    """Return the key of a field's widget. With other words for its choices it is another one.

    A browser knows a choice by its words, so that it would lose the choice if they changed.
    """
    own = choices_for(name, values) if FIELDS[name].side_by_side else {}
    words = FIELDS[name].choices
    renamed = any(words.get(choice) != text for choice, text in own.items())
    return widget_key("train", f"{name}-{task_of(values)}" if renamed else name)


def _options(choices: Mapping[Any, str], *chosen: Any) -> dict[str, Any]:
    known = {**choices, **{value: str(value) for value in chosen if value not in choices}}
    return {"options": list(known), "format_func": lambda value: known.get(value, str(value))}


def _label(field: Field, values: Values) -> str:
    if field.name != "learning_rate":
        return title_for(field.name, values)
    # PyTorch's name for it depends on the schedule.
    return F.LABELLED.format(label=field.title, code=F.MAX_LR if values["schedule"] == "onecycle" else F.LR)


def _commit(name: str, key: str, options: list[Any] | None) -> None:
    value = st.session_state[key]
    if options is not None and not isinstance(value, list) and value not in options:
        return  # the label of a choice has changed and the browser sent the old label, which the person did not choose
    st.session_state.pop(Key.TRAIN_LANDED, None)  # the person has found the field
    if name == "backbone" and value is not None:
        train_values.edit(lambda newest: {name: value, **_along(newest, value)})
    elif name == "folds":
        train_values.change(folds=value, fold=0)  # the one that was chosen need not exist
    else:
        train_values.change(**{name: FIELDS[name].initial if value is None else value})


def _along(newest: Values, backbone: str) -> Values:
    """Return the fields that change along with the backbone, and show a toast that names them."""
    also = networks.along(newest, backbone)
    if also:
        fields = ", ".join(
            T.SET_ONE.format(field=FIELDS[one].title, value=FIELDS[one].shown(also[one])) for one in also
        )
        st.toast(escape(T.ALSO.format(backbone=backbone, fields=fields)))
    return also
