"""A score with its interval, as the pages of predictions and of folds show it."""

import streamlit as st

from explorer.metrics.intervals import Interval
from explorer.metrics.table import EVERY
from explorer.texts import Common as T


def show(key: str, score: Interval, width: int) -> None:
    """Draw a score with its interval below it; where it is undefined, that and why, one hover away.

    Args:
        key: Of the metric.
        score: Its value.
        width: In px.
    """
    between = T.NO_INTERVAL
    if score.low is not None and score.high is not None:
        between = T.SCORE_BETWEEN.format(low=score.low, high=score.high)
    about = EVERY[key].help if score.value is not None else f"{T.UNDEFINED}: {score.why}"
    with st.container(width=width, gap=None):
        st.metric(EVERY[key].title, number(score), between, delta_color="off", delta_arrow="off", help=about)


def number(score: Interval) -> str:
    """Return a score in words."""
    return T.UNDEFINED if score.value is None else f"{score.value:.3f}"


def in_sentence(score: Interval) -> str:
    """Return the interval as it follows a score in a sentence; "" where there is none."""
    if score.low is None or score.high is None:
        return ""
    return T.INTERVAL.format(low=score.low, high=score.high)
