"""The curves of one class over the pixels of all validation images, from the histograms of their scores."""

import streamlit as st

from explorer.figures import palette, score_curves
from explorer.figures.charts import HEIGHT, class_colors, class_names
from explorer.metrics.mask_values import NO_SCORES, share_counted
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import cuts_of, evaluation_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Scores as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import choosing
from explorer.ui.evidence.absent import why_not
from explorer.ui.session.keys import widget_key

_SHOWN = ("roc", "pr", "f1")


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int) -> None:
    """Draw the curves of the chosen class in an epoch."""
    del view
    names = class_names(snapshot)
    with st.container(width=300):
        index = choosing.class_index(names, widget_key("scores", snapshot.id, "class"))
    record = evidence.record(epoch)
    if record is None:
        st.warning(escape(why_not(evidence, epoch)))
        return
    cuts = cuts_of(record, index)
    if not cuts.positives.sum() and not cuts.negatives.sum():
        st.info(T.UNDEFINED_WHY.format(why=NO_SCORES))
        return
    colors = class_colors(snapshot)[index], palette.NEUTRAL
    figures = score_curves.figures(cuts, (names[index], T.OTHER), colors, f"class {index}")
    for place, name in zip(st.columns(len(_SHOWN), gap="medium"), _SHOWN, strict=True):
        with place:
            st.markdown(f"**{T.CHARTS[name]}**", help=T.CHARTS_HELP[name])
            if (figure := figures.get(name)) is None:
                with st.container(border=True, height=HEIGHT, vertical_alignment="center"):
                    st.caption(T.CHARTS_UNDEFINED_PIXELS, text_alignment="center")
                continue
            plot.show(figure, T.CHARTS[name], widget_key("chart", snapshot.id, name))
    positives, share = int(cuts.positives.sum()), share_counted(evaluation_of(record))
    counted = T.PIXELS_OF_GRID.format(share=share) if share < 1 else T.PIXELS_OF_ALL
    st.caption(T.PIXEL_CURVES.format(positives=positives, negatives=int(cuts.negatives.sum()), counted=counted))
