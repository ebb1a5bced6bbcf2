"""Draws the sections of the Train page: the few fields that a first run needs, and the others behind "More".

A link to a field, `/train?field=NAME`, opens its section and gives the field the focus.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.runs.machine.machine import Machine
from explorer.runs.spec.fields import Values
from explorer.settings.fields import FIELDS, SECTIONS, Field, Rows, choice_for, choices_for, in_rows, shown_by
from explorer.settings.values import defaults_for
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components import focus
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.train import devices, widgets
from explorer.ui.train import values as train_values
from explorer.ui.train.form import Form, key_of

COLUMNS = 3


def section_behind(name: str) -> str | None:
    """Return the section that hides a field behind "More"; None if the field is always visible."""
    behind = ((key, field.name) for key, section in SECTIONS.items() for field in in_rows(section.more))
    return next((key for key, field in behind if field == name), None)


def draw(form: Form, key: str) -> None:
    """Draw the fields that are always visible, under the title of the section."""
    if not SECTIONS[key].folded:
        st.markdown(f"**{T.SECTIONS[key]}**", help=T.SECTION_HELP.get(key))
        _rows(form, SECTIONS[key].rows)


def draw_more(form: Form, key: str) -> None:
    """Draw the fields behind "More", open if one of them has an error. While they are closed, draw a summary."""
    fields = [field for field in in_rows(SECTIONS[key].more) if _is_shown(form, field)]
    if not fields:
        return
    state = widget_key("train-more", key)
    if any(field.path in form.errors for field in fields):
        st.session_state[state] = True
    # The title never changes: an expander with another title is another one, and closed.
    title = f"**{T.SECTIONS[key]}**" if SECTIONS[key].folded else T.MORE[key]
    with st.expander(title, key=state, on_change="rerun") as more:
        if more.open:
            _rows(form, SECTIONS[key].more)
            return
    if summary := _summary(form, SECTIONS[key].summary, fields):
        st.caption(escape(summary))
    for field in fields:
        form.warn(field)


def _summary(form: Form, always: Sequence[str], fields: Sequence[Field]) -> str:
    """Return the values of the fields that are always named, and of those that were changed."""
    words = {field.name: field.shown(form.values[field.name], choices_for(field.name, form.values)) for field in fields}
    usual = defaults_for(form.values)
    named = ", ".join(T.SUMMARY_OF.get(name, "{value}").format(value=words[name]) for name in always)
    changed = ", ".join(
        T.SET_ONE.format(field=field.title, value=words[field.name])
        for field in fields
        if field.name not in always and form.values[field.name] != usual[field.name]
    )
    return " · ".join(filter(None, [named, T.CHANGED.format(fields=changed) if changed else ""]))


def _rows(form: Form, rows: Rows) -> None:
    for row in rows:
        fields = [field for field in row if _is_shown(form, field)]
        width = min(len(row), COLUMNS)
        for start in range(0, len(fields), width):
            _side_by_side(form, fields[start : start + width], width)


def _side_by_side(form: Form, fields: Sequence[Field], width: int) -> None:
    if width == 1:
        widgets.draw(form, fields[0])
        return
    for column, field in zip(st.columns(width), fields, strict=False):
        with column:
            widgets.draw(form, field)


def place_of(name: str, values: Values, machine: Machine | None) -> str:
    """Return the field itself if it is on the page, else the field that can make it appear."""
    found = shown_by(name, values)
    return "accelerator" if found == "gpus" and not devices.several_gpus(machine, values) else found


def _is_shown(form: Form, field: Field) -> bool:
    return place_of(field.name, form.values, form.machine) == field.name


@dataclass(frozen=True)
class Landing:
    """A visit by a link to a field.

    Attributes:
        asked: The field that the link names.
        field: The field that it leads to; it differs from `asked` if that one is not shown.
        token: Identifies the visit.
    """

    asked: str
    field: str
    token: str


def land(values: Values, machine: Machine | None) -> None:
    """Take the field from the address, once. Unknown names are ignored."""
    asked = st.query_params.get(Query.FIELD)
    if asked is None:
        return
    st.query_params.pop(Query.FIELD)
    if asked not in FIELDS:
        return
    field = place_of(asked, values, machine)
    st.session_state[Key.TRAIN_LANDED] = Landing(asked, field, secrets.token_hex(4))
    if section := section_behind(field):
        st.session_state[widget_key("train-more", section)] = True


def landing_hints() -> dict[str, str]:
    """Return the hint for a field that a link has led to because the one that it names is not shown."""
    landed: Landing | None = st.session_state.get(Key.TRAIN_LANDED)
    if landed is None or landed.asked == landed.field:
        return {}
    choice, title = choice_for(landed.asked, landed.field), FIELDS[landed.asked].title
    return {landed.field: F.SHOWN_WITH.format(choice=choice, field=title)}


def focus_field() -> None:
    """Scroll to the field of a link and focus it."""
    landed: Landing | None = st.session_state.get(Key.TRAIN_LANDED)
    if landed is not None:
        focus.show(key_of(landed.field, train_values.current()), landed.token, widget_key("train_focus"))
