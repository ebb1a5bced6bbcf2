"""What became of the last upload, drawing of masks, deletion or typed path on the Data page.

The message stays until the next of them, or until a person chooses another data set. The page may run again at any
moment, since images are measured in the background, so that a message which is drawn only once would be gone unread.
"""

from typing import Literal

import streamlit as st

from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key

Kind = Literal["success", "warning", "error"]


def note(kind: Kind, words: str) -> None:
    """Keep a message in place of the previous one."""
    st.session_state[Key.DATA_MESSAGE] = (kind, words)


def forget() -> None:
    """Drop the message, since something else was asked for."""
    st.session_state.pop(Key.DATA_MESSAGE, None)


def show() -> None:
    """Draw the message, if there is one."""
    if message := st.session_state.get(Key.DATA_MESSAGE):
        kind, words = message
        getattr(st, kind)(escape(words))
