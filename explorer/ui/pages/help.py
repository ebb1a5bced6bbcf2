"""The Help page: documentation, keyboard shortcuts, version and licenses."""

import streamlit as st

from explorer.texts import Help as T
from explorer.ui.components.fields import bound
from explorer.ui.pages import handbook
from explorer.ui.session import workspace
from explorer.ui.session.keys import Query, widget_key

KEYS, ABOUT = "keys", "about"
WIDTH = 900  # px


def page() -> None:
    workspace.arrive()
    titles = {**handbook.topics(), KEYS: T.KEYS, ABOUT: T.ABOUT_TOPIC}
    st.subheader(T.TITLE, anchor=False)
    asked = st.query_params.get(Query.TOPIC, next(iter(titles)))
    if asked not in titles:
        st.warning(T.NO_TOPIC)
        asked = next(iter(titles))
    shows = bound(widget_key("help_topic"), asked, _chosen)
    st.pills(
        T.TOPIC, list(titles), format_func=titles.__getitem__, required=True, label_visibility="collapsed", **shows
    )
    if asked == KEYS:
        st.caption(T.KEYS_INTRO)
        st.markdown(handbook.keys(), width=WIDTH)
    elif asked == ABOUT:
        st.markdown(handbook.about(), width=WIDTH)
    else:
        _document(asked)


def _chosen(topic: str) -> None:
    st.query_params[Query.TOPIC] = topic


def _document(topic: str) -> None:
    for piece in handbook.pieces(topic, f"?{Query.TOPIC.value}={{name}}"):
        if piece.image is None:
            st.markdown(piece.text, width=WIDTH)
        else:
            st.image(str(piece.image), caption=piece.text, width=WIDTH)


page()
