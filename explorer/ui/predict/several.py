"""The button that predicts with several runs together."""

from collections.abc import Sequence

import streamlit as st

from explorer.texts import Predict as T
from explorer.ui.predict import dialog, networks
from explorer.ui.session.keys import widget_key


def show(ids: Sequence[str]) -> None:
    """Draw the button where at least two of the runs have a checkpoint. Call it outside of fragments."""
    found = networks.of_runs(ids)
    if found is None:
        return
    label = T.START_SEVERAL.format(count=len(found.of))
    if st.button(
        label, key=widget_key("predict_several"), help=T.START_SEVERAL_HELP, icon=":material/batch_prediction:"
    ):
        dialog.open_for(found)
