"""The part of a run's page that belongs to a study: how far it is, its answer, and its settings and log."""

import streamlit as st

from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Study as T
from explorer.ui.components import looks_line
from explorer.ui.study import related
from explorer.ui.study.table import PAGES


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a study has found so far."""
    plan = snapshot.config.study if snapshot.config else None
    if plan is None:
        return
    related.show_origin(view.paths)
    if plan.ask in PAGES:
        PAGES[plan.ask](view, snapshot)
        looks_line.show(view.paths, snapshot.status.over)
    else:
        st.info(T.NO_PAGE)
    related.show_further(view.paths)
