"""The Scores section of a run's page: a threshold that one can move, all scores, and those of each class."""

from collections.abc import Callable

import streamlit as st

from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Scores as T
from explorer.texts import ScoresOfLabels as Labels
from explorer.ui.evidence import choosing, mask_curves, score_table, threshold_panel
from explorer.ui.session.keys import widget_key

_PARTS: dict[str, Callable[[RunView, RunSnapshot, Evidence, int], None]] = {
    T.PART_THRESHOLD: threshold_panel.show,
    T.PART_ALL: score_table.show_all,
    T.PART_CLASSES: score_table.show_classes,
}
_OF_LABELS = {
    Labels.PART_THRESHOLD: threshold_panel.show,
    Labels.PART_ALL: score_table.show_all,
    Labels.PART_CLASSES: score_table.show_classes,
}
_OF_MASKS = {
    T.PART_ALL: score_table.show_all,
    T.PART_CLASSES: score_table.show_classes,
    T.PART_PIXELS: mask_curves.show,
}


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the chosen epoch's scores: the part that is open."""
    if not snapshot.epochs:
        st.info(T.NO_EPOCH)
        return
    with st.container(width=300):
        epoch = choosing.epoch(view, snapshot, widget_key("scores", snapshot.id, "epoch"))
    key = widget_key("scores", snapshot.id, "part")
    parts = {"segmentation": _OF_MASKS, "labels": _OF_LABELS}.get(snapshot.task, _PARTS)
    choosing.recall(key, list(parts))
    tabs = dict(zip(parts, st.tabs(list(parts), key=key, on_change="rerun"), strict=True))
    for title, tab in tabs.items():
        if tab.open:
            choosing.remember(key, title)
            with tab:
                parts[title](view, snapshot, evidence, epoch)
