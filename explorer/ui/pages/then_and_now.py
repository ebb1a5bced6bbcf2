"""Training code for Lightning 1.x beside today's code and the form field that replaces it."""

import streamlit as st

from explorer.runs.spec.config import title_of
from explorer.texts import App
from explorer.texts import ThenAndNow as T
from explorer.texts.then_and_now import Idiom, idioms, intro
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query


def page() -> None:
    work = workspace.arrive()
    st.header(App.THEN_AND_NOW, anchor=False)
    st.markdown(intro(), width=820)
    for idiom in idioms():
        _entry(idiom, work.id)


def _entry(idiom: Idiom, workspace_id: str) -> None:
    st.subheader(idiom.title, anchor=idiom.key)
    left, right = st.columns(2, gap="medium")
    for place, title, code in ((left, T.THEN, idiom.then), (right, T.NOW, idiom.now)):
        with place:
            st.caption(title)
            st.code(code, language="python", wrap_lines=True)
    st.markdown(idiom.why, width=820)
    if idiom.field:
        address = {Query.FIELD.value: idiom.field, Query.DRAFT.value: workspace_id}
        words = T.TO_FIELD.format(label=title_of(idiom.field))
        st.page_link(Page.TRAIN, label=words, icon=":material/arrow_forward:", query_params=address)


page()
