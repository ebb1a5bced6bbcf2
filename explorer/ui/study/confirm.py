"""The page of a confirmation: the answer first, then the differences of the pairs, and the curves of all runs."""

import streamlit as st

from explorer.figures import pair_words, pairs
from explorer.runs.overview.studies import confirm
from explorer.runs.overview.studies.confirm import ConfirmFound
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.parts import MEMBER, parts
from explorer.texts import Confirm as T
from explorer.texts import Study
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.later import Later
from explorer.ui.session.keys import widget_key
from explorer.ui.study import latest


@st.cache_resource(show_spinner=False)
def _later() -> Later[ConfirmFound | None]:
    return Later()


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a confirmation has found so far."""
    config = snapshot.config
    assert config is not None

    def key() -> tuple[str, tuple[int, ...]]:
        return str(view.paths.root), parts(view.paths, MEMBER)

    def look() -> ConfirmFound | None:
        if _later().get(key(), lambda: confirm.read(view.paths, config)) is None:
            return None
        return confirm.read(view.paths, config)  # the interval is known, the curves may have grown

    def nothing() -> None:
        st.info(Study.COMPUTING)

    latest.watch(
        snapshot.status.over, look, lambda: _later().computes(key()), lambda found: _draw(snapshot, found), nothing
    )


def _draw(snapshot: RunSnapshot, found: ConfirmFound) -> None:
    # Containers, so that what appears above a chart does not mount it again, which would lose its zoom.
    answer, charts = (st.container() for _ in range(2))
    with answer:
        _answer(snapshot, found)
    with charts:
        _charts(snapshot, found)


def _answer(snapshot: RunSnapshot, found: ConfirmFound) -> None:
    effect = found.effect.main[0] if found.effect else None
    sentence = pair_words.sentence(found, escape)
    if effect is None:
        if snapshot.status.over:
            st.info(sentence)
        else:
            st.caption(sentence)
        return
    st.markdown((T.ANSWER if effect.word else T.ANSWER_SO_FAR).format(sentence=sentence))
    if words := pair_words.test(found):
        st.markdown(words, help=T.SIGN_FLIP_HELP)
    gone = T.CHECKPOINTS_KEPT if found.plan.keep_checkpoints else T.CHECKPOINTS_GONE
    st.caption(f"{pair_words.rests_on(found)} {gone}")


def _charts(snapshot: RunSnapshot, found: ConfirmFound) -> None:
    left, right = st.columns([1.3, 1], gap="medium")
    with left:
        st.markdown(f"**{T.DIFFERENCES}**", help=T.DIFFERENCES_HELP)
        plot.show(pairs.differences(found), T.DIFFERENCES, widget_key("chart", snapshot.id, "pairs"))
        st.caption(T.DIFFERENCES_NOTE if found.complete else T.DIFFERENCES_SO_FAR)
    with right:
        st.markdown(f"**{T.CURVES}**", help=T.CURVES_HELP)
        plot.show(pairs.curves(found), T.CURVES, widget_key("chart", snapshot.id, "curves"))
