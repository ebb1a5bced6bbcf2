"""Widgets that code switches off, so that an update which is under way cannot switch them on again."""

import streamlit as st

from explorer.ui.session.keys import widget_key


def renewable(name: str) -> str:
    """Return the present key of a widget that `renew` replaces by a new one."""
    return key_after(name, st.session_state.get(times_key(name), 0))


def renew(name: str) -> None:
    """Replace a widget by a new one with its first value.

    If code changed the value of the same widget instead, an update that the browser has asked for meanwhile would
    bring back the old value.
    """
    st.session_state[times_key(name)] = st.session_state.get(times_key(name), 0) + 1


def key_after(name: str, times: int) -> str:
    """Return the key of a widget that was renewed so many times."""
    return widget_key(name, str(times)) if times else name


def times_key(name: str) -> str:
    """Return the key of the session state that counts how often a widget was renewed."""
    return widget_key("renewed", name)
