"""The Train page takes over the data set that Augment shows, if it can be trained on."""

from pathlib import Path

import streamlit as st

from explorer.data import picture_sets
from explorer.data.specs import FORMATS
from explorer.settings.fields import FIELDS, place_field
from explorer.settings.values import changed
from explorer.texts import Train as T
from explorer.ui.session.keys import Key
from explorer.ui.session.view import DATA_SET, View
from explorer.ui.session.workspace import Workspace
from explorer.ui.train import values as train_values
from explorer.ui.train.values import Values


def data_of(view: View) -> Values | None:
    """Return the fields of the form that choose the data set that Augment shows; None if it cannot be trained on."""
    if view.picture != DATA_SET:
        return None
    kind, _, place = (view.set_key or picture_sets.FIRST).partition(":")
    if kind not in FIELDS["dataset"].choices:
        return None
    field = place_field(kind)
    return {"dataset": kind} | ({field: place} if field else {}) if bool(field) == bool(place) else None


def why_untrained(view: View) -> str:
    """Return why the data set that Augment shows cannot be trained on; "" if it can."""
    kind = (view.set_key or picture_sets.FIRST).partition(":")[0]
    return FORMATS[kind].why_untrained if kind in FORMATS else ""


def arrive(work: Workspace) -> None:
    """Fill the form on the first visit, or after "Train with this". Other fields of a form keep their values."""
    values, own = train_values.before_arrival()
    asked = st.session_state.pop(Key.CARRY, False)
    if own and not asked:
        return
    taken = {name: value for name, value in (data_of(work.view) or {}).items() if values[name] != value}
    wanted = {"pipeline": ""} | taken  # the pipeline that is open is the one to train with
    if not own:
        wanted = changed(values, {"source": "", "name": ""} | wanted)
    shown = train_values.current()  # once: it asks the disk for changes of other windows
    if any(shown[name] != value for name, value in wanted.items()):
        train_values.change(**wanted) if own else train_values.begin(wanted)


def hint(view: View, values: Values) -> str:
    """Return why the form has other data than Augment shows; "" if both are the same."""
    shown = data_of(view)
    if shown is not None:
        same = all(values[name] == value for name, value in shown.items())
        return "" if same else T.CARRY_OTHER.format(name=_title(view))
    if view.picture == DATA_SET:
        return T.CARRY_NOT.format(name=_title(view), reason=why_untrained(view))
    return T.CARRY_IMAGE


def _title(view: View) -> str:
    kind, _, place = (view.set_key or picture_sets.FIRST).partition(":")
    return Path(place).name if place else FIELDS["dataset"].choices.get(kind, kind)
