"""The state of a run as a colored word with its reason."""

from typing import Any

import streamlit as st

from explorer.figures.palette import STATE_COLORS
from explorer.metrics.table import EVERY, HEADLINES, task_of_values
from explorer.runs.overview.summary import RunSummary
from explorer.runs.state.status import RunStatus
from explorer.texts import Runs as T
from explorer.texts import RunsList
from explorer.ui.components.markdown import escape

# Streamlit's badge colors for the colors of the states.
_BADGES: dict[str, Any] = {
    STATE_COLORS["running"]: "violet",
    STATE_COLORS["finished"]: "green",
    STATE_COLORS["failed"]: "red",
    STATE_COLORS["stalled"]: "orange",
    STATE_COLORS["starting"]: "blue",
}


def show(status: RunStatus, name: str = "") -> None:
    """Draw the state, after the run's name in bold if that is given."""
    color = _BADGES.get(STATE_COLORS[status.state], "gray")
    words = T.STATE_LINE.format(color=color, state=T.STATES[status.state], reason=escape(status.reason))
    st.markdown(f"**{escape(name)}** {words}" if name else words)


def headline(run: RunSummary) -> str:
    """The headline metric of a run's best epoch, such as "AUROC 0.981", or ""."""
    key = HEADLINES[task_of_values(run.best)]
    value = run.best.get(key)
    if not isinstance(value, int | float):
        return ""
    return RunsList.SCORE.format(metric=EVERY[key].label, value=value)
