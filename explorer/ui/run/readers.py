"""The readers of runs, one for each run, shared by all browser tabs."""

from pathlib import Path

import streamlit as st

from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths


@st.cache_resource(max_entries=128, show_spinner=False)
def view_of(root: str) -> RunView:
    """Return the reader of the run in this folder."""
    return RunView(RunPaths(Path(root)))
