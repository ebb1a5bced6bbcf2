"""Pipelines to start from, each with what it is for and when it harms."""

import streamlit as st

from explorer.augment import presets
from explorer.ui import workspace
from explorer.ui.components.markdown import escape
from explorer.ui.state import Key, preset_key
from explorer.ui.texts import Augment as T


def offer() -> None:
    """The button that opens the presets. They are on the page only while they are open."""
    if st.button(T.PRESETS, key=Key.PRESETS, help=T.PRESETS_HELP, width="stretch"):
        _dialog()


@st.dialog(T.PRESETS_TITLE, width="large")
def _dialog() -> None:
    st.caption(T.PRESETS_INTRO)
    columns = st.columns(2) * len(presets.presets())
    for column, preset in zip(columns, presets.presets().values(), strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{escape(preset.title)}**  \n{escape(preset.purpose)}")
            st.caption(escape(preset.harm))
            label = T.PRESET_OPEN.format(title=preset.title)
            if st.button(label, key=preset_key(preset.name), on_click=_open, args=(preset.name,)):
                st.rerun()  # closes the dialog


def _open(name: str) -> None:
    draft = presets.draft(name)
    # What happens to masks and boxes is the person's own matter, whatever the steps are.
    workspace.put(lambda old: draft.model_copy(update={"targets": old.targets}))
