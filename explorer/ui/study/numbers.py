"""Fields for whole numbers of a form, where anything can be typed; what is out of limits is named below the field."""

import streamlit as st

from explorer.texts import Study as T


def whole(label: str, limits: tuple[int, int], initial: int, key: str, explanation: str | None = None) -> int | None:
    """Draw a field.

    It has no limits of its own: a browser keeps a number that is out of them to itself, and the old one would be used.

    Args:
        label: Its label.
        limits: The least and the greatest number.
        initial: The number that it has at first.
        key: Of the widget.
        explanation: The tooltip, or None.

    Returns:
        The number; None where it is out of the limits.
    """
    low, high = limits
    typed = st.number_input(label, value=initial, step=1, key=key, help=explanation)
    if typed is not None and low <= typed <= high:
        return int(typed)
    st.markdown(f":red[:material/error: {T.OUT_OF_LIMITS.format(low=low, high=high)}]")
    return None
