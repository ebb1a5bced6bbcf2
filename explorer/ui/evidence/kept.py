"""The thresholds that are kept with a run for predictions: shown, added and removed."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.metrics.thresholds import probability
from explorer.runs.overview.evidence import Evidence
from explorer.runs.record import thresholds
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.thresholds import Threshold, ThresholdsError
from explorer.texts import Scores as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.threshold import Choice
from explorer.ui.evidence.absent import why_not
from explorer.ui.session.keys import Key, widget_key


def keep(evidence: Evidence, names: Sequence[str], choice: Choice) -> None:
    """Keep what was chosen in the browser, unless there is no such class or epoch."""
    if choice.class_index >= len(names):
        return
    record = evidence.record(choice.epoch)
    if record is None:
        st.session_state[Key.THRESHOLD_NOT_KEPT] = why_not(evidence, choice.epoch)
        return
    name, odds = names[choice.class_index], choice.odds
    images = record.counted
    one = Threshold(name, choice.class_index, probability(odds), odds, choice.epoch, choice.way, choice.wanted, images)
    _try(lambda: thresholds.keep(evidence.view.paths, one))


def show(paths: RunPaths) -> None:
    """Draw a line for each threshold that is kept, with a button that removes it."""
    if (why := st.session_state.get(Key.THRESHOLD_NOT_KEPT)) is not None:
        st.error(escape(T.NOT_KEPT.format(why=why)))
    try:
        found = thresholds.read(paths)
    except (ThresholdsError, OSError) as error:
        st.error(escape(T.UNREADABLE.format(why=error)))
        return
    for one in found:
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
    except ThresholdsError as error:
        st.session_state[Key.THRESHOLD_NOT_KEPT] = str(error)


def _words(one: Threshold) -> str:
    how = T.HOW.get(one.chosen, T.HOW[""]).format(wanted=100 * (one.wanted or 0))
    return T.KEPT.format(
        name=escape(one.class_name),
        threshold=f"{one.probability:.3g}",
        epoch=one.epoch + 1,
        images=one.images,
        how=how,
    )
