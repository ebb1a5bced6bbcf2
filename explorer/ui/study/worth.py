"""The page of the study "worth N photographs": the answer first, then both learning curves."""

import streamlit as st

from explorer.figures import worth_words
from explorer.figures.learning_curves import learning_curves
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import FEWEST_REPEATS
from explorer.metrics.verdicts.measured import judged
from explorer.runs.overview.studies import worth as studies
from explorer.runs.overview.studies.worth import WorthFound
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Worth as T
from explorer.ui.components import plot
from explorer.ui.session.keys import widget_key
from explorer.ui.study import two_metrics
from explorer.ui.study.latest import Latest


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[WorthFound]:
    return Latest()


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a study has found so far."""
    two_metrics.show(view, snapshot, _latest(), studies.repeats_done, studies.read, T.NONE_YET, _draw)


def _draw(snapshot: RunSnapshot, found: WorthFound) -> None:
    st.markdown(f"#### {worth_words.answer(found)}")
    if not found.speaks and found.done >= found.plan.repeats:
        st.info(T.FEW_REPEATS.format(least=FEWEST_REPEATS))
    if said := worth_words.how(found):
        st.markdown(said)
    metric = EVERY[judged(found.metric)].in_sentence
    st.markdown(f"**{T.CURVES}**", help=T.MEANS.format(metric=metric))
    figure = learning_curves(found.worth, found.metric, found.speaks)
    plot.show(figure, T.CURVES, widget_key("chart", snapshot.id, "worth"))
