"""The images of a bar or a cell that was clicked, which the wall shows until all are wanted again."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.ui.session.keys import Key, widget_key

Indices = NDArray[np.int64]
EVERY = -1  # the choice of all classes or parts
FILTERS = ("data_class", "data_part")  # the keys of the filters of the wall begin with these


@dataclass(frozen=True, eq=False)
class Picked:
    """Images of a data set.

    Attributes:
        key: The key of the data set.
        title: What they have in common.
        indices: Their places.
        number: Of the click, so that the page scrolls to the wall once for each.
        filtered: Whether they are those of the chosen class and part.
    """

    key: str
    title: str
    indices: Indices
    number: int = 0
    filtered: bool = False


def pick(key: str, title: str, indices: Indices, of: tuple[int, int] | None = None) -> None:
    """Have the wall show these images.

    Args:
        key: The key of the data set.
        title: What they have in common.
        indices: Their places.
        of: Their class and part, which the filters of the wall are set to; None if they are no such images.
    """
    if of is not None:
        for name, value in zip(FILTERS, of, strict=True):
            st.session_state[widget_key(name, key)] = value
    last = st.session_state.get(Key.DATA_PICKED)
    number = last.number + 1 if isinstance(last, Picked) else 1
    st.session_state[Key.DATA_PICKED] = Picked(key, title, indices, number, of is not None)


def current(key: str) -> Picked | None:
    """The images that were picked in this data set."""
    found = st.session_state.get(Key.DATA_PICKED)
    return found if isinstance(found, Picked) and found.key == key else None


def drop() -> None:
    """Show all images again."""
    found = st.session_state.pop(Key.DATA_PICKED, None)
    if isinstance(found, Picked) and found.filtered:
        for name in FILTERS:
            st.session_state[widget_key(name, found.key)] = EVERY


def filter_changed() -> None:
    """Let go of the images of a class and part when another class or part is chosen."""
    found = st.session_state.get(Key.DATA_PICKED)
    if isinstance(found, Picked) and found.filtered:
        del st.session_state[Key.DATA_PICKED]
