"""What the fields of all forms share: they follow the draft, None can be chosen, a range keeps its other end."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

Ends = tuple[Any, Any]
_NONE = "\0none"  # None in a list of choices: Streamlit takes None itself for "nothing chosen yet"


def sync(key: str, value: Any) -> None:
    """Bring a widget's key to the draft's value before the widget is drawn; not at all where it has it already.

    Widgets whose empty state is a value of its own (a slider's lowest, an empty text) are given the value as `value=`
    too: where a second run of the page comes before a busy browser has drawn the first, it begins with that one, and
    would else commit its lowest value unasked.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def choice(
    label: str, key: str, labels: Mapping[Any, str], value: Any, commit: Callable[[Any], None], help_text: str | None
) -> None:
    """A list of choices, of which None may be one: it is called by its label too.

    labels: value -> what people call it. commit: is given the value that was chosen.
    """
    shown = {_NONE if choice is None else choice: words for choice, words in labels.items()}
    sync(key, _NONE if value is None else value)

    def changed() -> None:
        chosen = st.session_state[key]
        commit(None if chosen == _NONE else chosen)

    st.selectbox(
        label, list(shown), key=key, on_change=changed, format_func=lambda v: shown.get(v, str(v)), help=help_text
    )


def with_kept_end(old: Ends, new: Ends, step: float) -> Ends:
    """The ends of a range after its slider was moved, where an end that was not touched keeps its value.

    A browser puts both ends on the steps of the slider as soon as one is moved, so a value between two steps changes
    by up to half a step without a touch. An end that was touched moves by more.
    """
    moved = [abs(after - before) > step * (0.5 + 1e-6) for before, after in zip(old, new, strict=True)]
    if not any(moved):  # a touch that ends on the step beside a value which lay between two
        return new if old[0] == new[0] or old[1] == new[1] else old
    first, second = (after if touched else before for before, after, touched in zip(old, new, moved, strict=True))
    return (first, second) if first <= second else new
