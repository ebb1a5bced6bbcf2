"""Pipelines to start from, each with its purpose and the cases where it harms."""

import streamlit as st

from explorer.augment import presets
from explorer.augment.presets import Preset
from explorer.draw.requests import PresetPicture
from explorer.runs.overview.summary import steps_in_words
from explorer.texts import Augment as T
from explorer.ui.augment import stage
from explorer.ui.background import asking
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key

_COLUMNS = 2


def offer() -> None:
    """Draw the button that opens the presets."""
    if st.button(
        T.PRESETS, key=widget_key("presets"), help=T.PRESETS_HELP, width="stretch", on_click=stage.stop_playing
    ):
        _dialog()


@st.dialog(T.PRESETS_TITLE, width="large")
def _dialog() -> None:
    st.caption(T.PRESETS_INTRO)
    offered = list(presets.presets().values())
    for first in range(0, len(offered), _COLUMNS):
        # New columns for each row, so that the cards of a row have the same height.
        for column, preset in zip(st.columns(_COLUMNS), offered[first : first + _COLUMNS], strict=False):
            with column.container(border=True, height="stretch", key=widget_key("preset-card", preset.name)):
                _card(preset)


def _card(preset: Preset) -> None:
    st.markdown(f"**{escape(preset.title)}**")
    st.image(_picture(preset.name), width="stretch")
    st.markdown(escape(preset.purpose))
    st.caption(escape(preset.harm), help=escape(preset.note) or None)
    nodes = [node.model_dump() for node in preset.nodes]
    st.caption(escape(T.PRESET_STEPS.format(steps=steps_in_words(nodes))))
    label = T.PRESET_OPEN.format(title=preset.title)
    if st.button(label, key=widget_key("preset", preset.name), on_click=_open, args=(preset.name,)):
        st.rerun()  # closes the dialog


def _open(name: str) -> None:
    draft = presets.draft(name)
    # The target rules are the person's own, and stay.
    workspace.put(lambda old: draft.model_copy(update={"targets": old.targets}))


@st.cache_data(max_entries=64, show_spinner=False)
def _picture(name: str) -> bytes:
    return asking.wait_for(PresetPicture(name))
