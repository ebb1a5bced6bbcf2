"""Parts of form fields: follow the draft, offer None as a choice, keep the end of a range that was not moved."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

Ends = tuple[Any, Any]
_NONE = "\0none"  # replaces None, which Streamlit treats as "nothing chosen yet"


def sync(key: str, value: Any) -> None:
    """Set a widget's state to the draft's value before the widget is drawn, if it differs.

    Widgets whose empty state is a valid value (the lowest of a slider, an empty text) also need `value=`: if the page
    runs again before a busy browser has drawn it, the widget would otherwise commit its empty state.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def bound(key: str, value: Any, commit: Callable[[Any], object]) -> dict[str, Any]:
    """Return the arguments of a widget that shows `value` and passes a new one to `commit`.

    Args:
        key: The key of the widget.
        value: The value that it shows, see `sync`.
        commit: Called with each value that a person chooses.
    """
    sync(key, value)
    return {"key": key, "on_change": lambda: commit(st.session_state[key])}


def choice(
    label: str, key: str, labels: Mapping[Any, str], value: Any, commit: Callable[[Any], None], help_text: str | None
) -> None:
    """Draw a list of choices that may include None.

    Args:
        label: The label of the list.
        key: The widget key.
        labels: The label of each choice.
        value: The chosen value.
        commit: Called with a newly chosen value.
        help_text: The tooltip, or None.
    """
    shown = {_NONE if choice is None else choice: words for choice, words in labels.items()}
    shows = bound(key, _NONE if value is None else value, lambda chosen: commit(None if chosen == _NONE else chosen))
    st.selectbox(label, list(shown), format_func=lambda v: shown.get(v, str(v)), help=help_text, **shows)


def with_kept_end(old: Ends, new: Ends, step: float) -> Ends:
    """The ends of a range after its slider was moved, with the old value for an end that was not touched.

    A browser rounds both ends to the slider's steps as soon as one is moved, so an untouched end may change by up to
    half a step. An end that was touched moves by more.
    """
    moved = [abs(after - before) > step * (0.5 + 1e-6) for before, after in zip(old, new, strict=True)]
    if not any(moved):  # a touched end was rounded to the next step
        return new if old[0] == new[0] or old[1] == new[1] else old
    first, second = (after if touched else before for before, after, touched in zip(old, new, moved, strict=True))
    return (first, second) if first <= second else new
