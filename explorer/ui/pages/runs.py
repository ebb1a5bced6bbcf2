"""The Runs page: the list of runs, or the run or the comparison in the address."""

from collections.abc import Callable

import streamlit as st

from explorer.runs.record.paths import RunNotFound
from explorer.texts import Compare
from explorer.texts import Runs as T
from explorer.ui.compare import page as compare_page
from explorer.ui.compare import reporting
from explorer.ui.components.markdown import escape
from explorer.ui.predict import several
from explorer.ui.run import page as run_view
from explorer.ui.runs import page as runs_page
from explorer.ui.session import selection, workspace
from explorer.ui.session.keys import Page, Query, widget_key


def page() -> None:
    workspace.arrive()  # puts the draft into the address, so that a reload does not lose it
    run_id, compared = st.query_params.get(Query.RUN), st.query_params.get(Query.RUNS)
    if run_id is None and compared is not None:
        back, tools = st.columns([1, 8], gap="small")
        with back:
            _back(T.ALL, selection.close)
        with tools, st.container(horizontal=True, gap="small"):
            reporting.show(compared)
            several.show([one.id for one in selection.read(compared)])
        compare_page.show(compared)
        return
    if run_id is None:
        runs_page.show(_empty)
        return
    back, tools = st.columns([1, 8] if compared is None else [2, 7], gap="small")
    with back:
        _back(T.ALL if compared is None else Compare.BACK, _close)
    try:
        run_view.show(run_id, tools)
    except RunNotFound:
        st.error(escape(T.UNKNOWN.format(id=run_id)))


def _back(words: str, leave: Callable[[], None]) -> None:
    st.button(words, key=widget_key("all_runs"), on_click=leave, type="tertiary", icon=":material/arrow_back:")


def _close() -> None:
    st.query_params.pop(Query.RUN, None)


def _empty() -> None:
    st.info(T.EMPTY)
    if st.button(T.TO_TRAIN, key=widget_key("to_train"), type="primary"):
        workspace.go(Page.TRAIN)


page()
