"""The Augment page: assemble a pipeline and see its effect on an image and its targets."""

import streamlit as st

from explorer.ui.augment import stage, step_list
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.step_editor import form
from explorer.ui.study import dialog


def page() -> None:
    work = workspace.arrive()
    if st.session_state.pop(Key.GREET, False):
        stage.greet()
    left, middle, right = st.columns([1.05, 1.15, 2.3], gap="medium")
    workspace.show_unwritten()
    with right, st.container(key=widget_key("stage")):  # first, because people wait for the image
        errors = stage.show()
    with middle:
        form.show(work, errors)
    with left:
        step_list.show(work, errors, dialog.offer)


page()
