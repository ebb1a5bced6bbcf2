"""The Data page: what a data set holds, what is wrong with it, and what to do about it."""

import streamlit as st

from explorer.data.dataset import DatasetError
from explorer.data.specs import FORMATS
from explorer.texts import Data as T
from explorer.ui.components.markdown import escape
from explorer.ui.data import browsing, choose, findings, overview, panel, reading, understood
from explorer.ui.data.opened import Opened, as_divided, of_key
from explorer.ui.session import workspace


def page() -> None:
    work = workspace.arrive()
    st.subheader(T.TITLE, anchor=False)
    st.caption(T.PROMISE)
    key, ways = choose.show(work)
    opened = _opened(key)
    with ways:
        choose.lead_on(key, None if opened is None else opened.contents)
    if opened is None:
        choose.offer_recognized(key)
        return
    measured = panel.known(opened)
    understood.show(opened, measured)
    findings.show(opened, measured)
    overview.show(opened, measured)
    browsing.show(opened, measured)


def _opened(key: str) -> Opened | None:
    try:
        with st.spinner(T.LISTING, show_time=True):
            return as_divided(of_key(key, reading.fields_of(key)))
    except (DatasetError, OSError) as error:
        kind = key.partition(":")[0]
        title = FORMATS[kind].title.lower() if kind in FORMATS else kind
        st.error(escape(T.NOT_READ.format(format=title, reason=error)))
        return None


page()
