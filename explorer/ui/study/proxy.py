"""Whether heads on a frozen backbone may speak for a real training: their accuracy beside that of the best run."""

import streamlit as st

from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.same_data import DIVIDED_BY, what_counts
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape

POOR = 0.05  # of accuracy below a real run, from which on the heads are called a poor proxy
_OF_NO_ACCOUNT = ("depth", *DIVIDED_BY)  # a study takes training and validation images together
_ACCURACY = "accuracy"


def show(config: RunConfig, accuracy: float) -> None:
    """Draw the accuracy of the heads, and that of the best training with the same data set and network."""
    best = best_run(config)
    if best is None:
        st.caption(T.HEADS_ALONE.format(heads=accuracy))
        return
    real = float(best.best[_ACCURACY])
    line = T.HEADS_BESIDE.format(heads=accuracy, real=real, name=escape(best.name))
    st.caption(line)
    if accuracy < real - POOR:
        st.warning(T.HEADS_POOR.format(heads=accuracy, real=real))


def best_run(config: RunConfig) -> RunSummary | None:
    """Return the training with the best accuracy on the same data set with the same network; None without any."""
    data = what_counts(config.dataset.model_dump(mode="json"), *_OF_NO_ACCOUNT)
    found = [
        run
        for run in summaries()
        if run.kind == "train"
        and isinstance(run.best.get(_ACCURACY), int | float)
        and run.backbone == config.backbone
        and what_counts(run.asked.get("dataset"), *_OF_NO_ACCOUNT) == data
    ]
    return max(found, key=lambda run: float(run.best[_ACCURACY]), default=None)
