"""An epoch and a class that are chosen in a section, and stay chosen while another section is open."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from explorer.runs.overview.best import best_point
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Scores as T
from explorer.ui.session.keys import widget_key

BEST, LATEST = "best", "latest"

Option = TypeVar("Option")


def epoch(view: RunView, snapshot: RunSnapshot, key: str) -> int:
    """Return the chosen epoch, from 0: the best, the latest or any. There must be one."""
    best, latest = best_point(view.paths, snapshot.config, snapshot.epochs), snapshot.epochs[-1]
    numbers: dict[str, int] = {} if best is None else {BEST: best.number}
    numbers |= {LATEST: latest.number} | {str(point.number): point.number for point in reversed(snapshot.epochs)}
    # Titles without numbers: Streamlit knows an option by its title, and a new epoch would change it.
    titles = {BEST: T.BEST, LATEST: T.LATEST}

    def title(option: str) -> str:
        return titles.get(option) or T.EPOCH_NUMBER.format(epoch=option)

    chosen = numbers[select(T.EPOCH, list(numbers), title, key, T.EPOCH_HELP)]
    st.caption(T.SHOWN_EPOCH.format(epoch=chosen))
    return chosen - 1


def class_index(names: Sequence[str], key: str, words: type[T] = T) -> int:
    """Return the chosen class, at first the second, or label."""
    classes = list(range(len(names)))
    return select(words.CLASS, classes, names.__getitem__, key, words.CLASS_HELP, first=min(1, len(names) - 1))


def select(
    label: str, options: Sequence[Option], title: Callable[[Option], str], key: str, explanation: str, first: int = 0
) -> Option:
    """Draw a select box that keeps its value while it is not drawn: its first value is the one that was chosen last."""
    chosen = st.session_state.get(_kept(key))
    index = options.index(chosen) if chosen in options else first
    return st.selectbox(
        label, options, index=index, format_func=title, key=key, help=explanation, on_change=_commit, args=(key,)
    )


def _commit(key: str) -> None:
    st.session_state[_kept(key)] = st.session_state[key]


def recall(key: str, options: Sequence[object]) -> None:
    """Give a widget that is about to be drawn the value that `remember` has kept, if it is still an option."""
    if key not in st.session_state and st.session_state.get(_kept(key)) in options:
        st.session_state[key] = st.session_state[_kept(key)]


def remember(key: str, value: Option) -> Option:
    """Keep the value of a widget, and return it."""
    st.session_state[_kept(key)] = value
    return value


def remembered(key: str, default: Option) -> Option:
    """Return the value that `remember` has kept."""
    found: Option = st.session_state.get(_kept(key), default)
    return found


def _kept(key: str) -> str:
    return widget_key("kept", key)
