"""Links between a study and those that were started from it."""

import streamlit as st

from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import summarize
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import other_run
from explorer.ui.session.keys import widget_key

_MOST = 6  # links; more are in the list of runs


def show_origin(paths: RunPaths) -> None:
    """Draw the link to the study that this one was started from, if there is one."""
    origin = summarize(paths).origin
    if not origin:
        return
    try:
        name = summarize(run_paths(origin)).name
    except RunNotFound:
        st.caption(escape(T.ORIGIN_GONE.format(id=origin)))
        return
    words = T.ORIGIN.format(name=escape(name))
    other_run.button(
        origin, words, key=widget_key("study", paths.id, "origin"), icon=":material/subdirectory_arrow_left:"
    )


def show_further(paths: RunPaths) -> None:
    """Draw links to the studies that were started from this one, the newest first."""
    found = [run for run in summaries() if run.origin == paths.id]
    if not found:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(T.FURTHER, width="content")
        for run in found[:_MOST]:
            key = widget_key("study", paths.id, "further", run.id)
            other_run.button(run.id, escape(run.name), key=key, icon=":material/subdirectory_arrow_right:")
        if len(found) > _MOST:
            st.caption(T.FURTHER_CUT.format(count=len(found) - _MOST), width="content")
