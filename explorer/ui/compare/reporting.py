"""The report of a comparison, to be made and downloaded."""

from itertools import islice

import streamlit as st

from explorer.runs.overview.comparison import MOST_RUNS
from explorer.runs.record.paths import RunNotFound, run_paths
from explorer.texts import Report as T
from explorer.ui.run import reports
from explorer.ui.session import selection
from explorer.ui.session.keys import Query, widget_key


def show(text: str) -> None:
    """Draw the popover, whose content is computed only while it is open. text: the runs in the address.

    It is outside of the page's timed fragment: drawing a button again during a click loses the click.
    """
    existing = (chosen.id for chosen in selection.read(text) if _exists(chosen.id))
    ids = list(islice(existing, MOST_RUNS))
    if len(ids) < 2:
        return
    against = st.query_params.get(Query.AGAINST)
    ids.sort(key=lambda run_id: run_id != against)  # the reference comes first
    report = st.popover(
        T.OFFER, key=widget_key("compare", "report"), on_change="rerun", icon=":material/ios_share:"
    )  # fmt: skip
    if report.open:
        with report:
            st.caption(T.OFFER_WHAT, width=420)
            reports.show(ids)


def _exists(run_id: str) -> bool:
    try:
        run_paths(run_id)
    except RunNotFound:
        return False
    return True
