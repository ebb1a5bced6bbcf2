"""What became of the last upload, deletion or typed path on the Data page.

The message stays until the next of them, or until another data set is shown. The page may run again at any moment,
since images are measured in the background, so that a message which is drawn only once would be gone unread.
"""

from typing import Literal

import streamlit as st

from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key

Kind = Literal["success", "warning", "error"]


def note(kind: Kind, words: str) -> None:
    """Keep a message in place of the previous one. It is about the data set that the page shows next."""
    st.session_state[Key.DATA_MESSAGE] = (kind, words, None)


def forget() -> None:
    """Drop the message, since something else was asked for."""
    st.session_state.pop(Key.DATA_MESSAGE, None)


def show(shown: str) -> None:
    """Draw the message, if there is one about this data set.

    Args:
        shown: The key of the data set that the page shows.
    """
    kind, words, about = st.session_state.get(Key.DATA_MESSAGE, ("", "", shown))
    if about not in (None, shown):
        forget()
    elif words:
        st.session_state[Key.DATA_MESSAGE] = (kind, words, shown)
        getattr(st, kind)(escape(words))
