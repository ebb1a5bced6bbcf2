"""What a finished study leads to: a row of buttons, each of which opens a dialog with the form of another study.

To add one, write a function that draws the form and starts the study, see `starting`, and an entry in `ACTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Confirm, Immunity, Search, Worth
from explorer.texts import Study as T
from explorer.ui.session.keys import widget_key
from explorer.ui.study import confirming, further
from explorer.ui.study.immunity import action as immunity


@dataclass(frozen=True)
class Action:
    """A button of the row.

    Attributes:
        name: A word for the keys of its widgets.
        title: Its label.
        help: What the study asks, in a sentence, above the form.
        icon: As Streamlit names it.
        form: Draws the form; called only while it is open.
    """

    name: str
    title: str
    help: str
    icon: str
    form: Callable[[RunView, RunSnapshot], None]


ACTIONS: tuple[Action, ...] = (
    Action("immunity", Immunity.ACTION, Immunity.ACTION_HELP, ":material/shield:", immunity.show),
    Action("worth", Worth.TITLE, Worth.HELP, ":material/photo_library:", further.worth_form),
    Action("search", Search.TITLE, Search.HELP, ":material/search:", further.search_form),
    Action("confirm", Confirm.TITLE, Confirm.HELP, ":material/task_alt:", confirming.form),
)


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the row for a study that has finished."""
    if not ACTIONS:
        return
    st.markdown(f"**{T.GO_ON}**", help=T.GO_ON_HELP)
    with st.container(horizontal=True, gap="small"):
        for action in ACTIONS:
            key = widget_key("study", snapshot.id, "on", action.name)
            if st.button(action.title, icon=action.icon, key=key):
                st.dialog(action.title, width="medium")(_form)(action, view, snapshot)


def _form(action: Action, view: RunView, snapshot: RunSnapshot) -> None:
    st.caption(action.help)
    action.form(view, snapshot)
