"""All runs with their state and its reason; one of them live."""

import streamlit as st

from explorer.runs.paths import RunNotFound
from explorer.runs.summary import summaries
from explorer.ui import run_view, workspace
from explorer.ui.components import run_list
from explorer.ui.components.markdown import escape
from explorer.ui.state import Key, Query
from explorer.ui.texts import Runs as T

TRAIN_PAGE = "explorer/ui/pages/train.py"
LIST_SECONDS = 2.0


def page() -> None:
    run_id = st.query_params.get(Query.RUN)
    if run_id is None:
        _all()
        return
    st.button(T.ALL, key=Key.ALL_RUNS, on_click=_close, type="tertiary", icon=":material/arrow_back:")
    try:
        run_view.show(run_id)
    except RunNotFound:
        st.error(escape(T.UNKNOWN.format(id=run_id)))


def _close() -> None:
    st.query_params.pop(Query.RUN, None)


def _all() -> None:
    st.subheader(T.TITLE, anchor=False)
    idle = all(run.status.over for run in summaries())

    def body() -> None:
        if Query.RUN in st.query_params:
            st.rerun()  # a run was opened: only the whole page can show it
        runs = summaries()
        if not runs:
            _empty()
            return
        run_list.show(runs, Key.RUN_LIST, _open)
        if all(run.status.over for run in runs) and not idle:
            st.rerun()

    st.fragment(body, run_every=None if idle else LIST_SECONDS)()


def _open() -> None:
    run_id = run_list.opened(Key.RUN_LIST)
    if run_id:
        st.query_params[Query.RUN] = run_id


def _empty() -> None:
    st.info(T.EMPTY)
    if st.button(T.TO_TRAIN, key=Key.TO_TRAIN, type="primary"):
        st.switch_page(TRAIN_PAGE, query_params={Query.DRAFT.value: workspace.current().id})


page()
