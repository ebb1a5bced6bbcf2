"""The thresholds that are kept with a run for predictions: shown, added and removed."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.metrics.thresholds import probability
from explorer.runs.record import thresholds
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.thresholds import Threshold
from explorer.texts import Scores as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.threshold import Choice
from explorer.ui.session.keys import Key, widget_key


def keep(paths: RunPaths, names: Sequence[str], choice: Choice) -> None:
    """Keep what was chosen in the browser, unless there is no such class."""
    if not 0 <= choice.class_index < len(names):
        return
    name, odds = names[choice.class_index], choice.odds
    one = Threshold(
        name, choice.class_index, probability(odds), odds, choice.epoch, choice.way, choice.wanted, choice.images
    )
    _try(lambda: thresholds.keep(paths, one))


def show(paths: RunPaths) -> None:
    """Draw a line for each threshold that is kept, with a button that removes it."""
    if (why := st.session_state.get(Key.THRESHOLD_NOT_KEPT)) is not None:
        st.error(escape(T.NOT_KEPT.format(why=why)))
    for one in thresholds.read(paths):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_words(one), width="content")
            st.button(
                T.REMOVE,
                key=widget_key("kept", paths.id, str(one.class_index)),
                help=T.REMOVE_HELP.format(name=escape(one.class_name)),
                on_click=_remove,
                args=(paths, one.class_index),
                type="tertiary",
                icon=":material/delete:",
            )


def _remove(paths: RunPaths, class_index: int) -> None:
    _try(lambda: thresholds.remove(paths, class_index))


def _try(change: Callable[[], None]) -> None:
    st.session_state.pop(Key.THRESHOLD_NOT_KEPT, None)
    try:
        change()
    except OSError as error:  # also a TimeoutError
        st.session_state[Key.THRESHOLD_NOT_KEPT] = error.strerror or str(error)


def _words(one: Threshold) -> str:
    how = T.HOW.get(one.chosen, T.HOW[""]).format(wanted=100 * (one.wanted or 0))
    return T.KEPT.format(
        name=escape(one.class_name),
        threshold=f"{one.probability:.3g}",
        epoch=one.epoch + 1,
        images=one.images,
        how=how,
    )
