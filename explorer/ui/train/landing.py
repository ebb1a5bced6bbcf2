"""A link to a field of the Train page, `/train?field=NAME`: its section is opened, and the field gets the focus."""

import secrets
from dataclasses import dataclass

import streamlit as st

from explorer.runs.machine.machine import Machine
from explorer.runs.spec.fields import Values
from explorer.texts import TrainFields as F
from explorer.ui.components import focus
from explorer.ui.session.keys import Key, Query, more_key, train_key
from explorer.ui.train.fields import FIELDS, choice_for
from explorer.ui.train.sections import place_of, section_behind


@dataclass(frozen=True)
class Landing:
    """asked: the field that the link names. field: where it leads, which lets the other appear. token: names this."""

    asked: str
    field: str
    token: str


def arrive(values: Values, machine: Machine | None) -> None:
    """Take the field from the address, once. Names that no field has are ignored."""
    asked = st.query_params.get(Query.FIELD)
    if asked is None:
        return
    st.query_params.pop(Query.FIELD)
    if asked not in FIELDS:
        return
    field = place_of(asked, values, machine)
    st.session_state[Key.TRAIN_LANDED] = Landing(asked, field, secrets.token_hex(4))
    if section := section_behind(field):
        st.session_state[more_key(section)] = True


def hints() -> dict[str, str]:
    """What to say at the field where a link has led to, because the one that it names is not shown yet."""
    landed: Landing | None = st.session_state.get(Key.TRAIN_LANDED)
    if landed is None or landed.asked == landed.field:
        return {}
    choice, title = choice_for(landed.asked, landed.field), FIELDS[landed.asked].title
    return {landed.field: F.SHOWN_WITH.format(choice=choice, field=title)}


def focus_field() -> None:
    """Lead the eye and the keyboard there."""
    landed: Landing | None = st.session_state.get(Key.TRAIN_LANDED)
    if landed is not None:
        focus.show(train_key(landed.field), landed.token, Key.TRAIN_FOCUS)
