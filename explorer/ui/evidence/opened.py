"""What can be done with the validation image that is shown large: see where the network looked, flag it, note on it."""

import streamlit as st

from explorer.figures.charts import class_names
from explorer.runs.overview.best import best_point
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.ui.evidence import flagging, saliency
from explorer.ui.evidence.saliency import Asked
from explorer.ui.evidence.sources import Source


def show(snapshot: RunSnapshot, source: Source, index: int, epoch: int, classes: tuple[int, int]) -> None:
    """Draw what can be done with an image.

    Args:
        snapshot: The run.
        source: Its validation images.
        index: The place of the image.
        epoch: The epoch that is looked at, from 0.
        classes: The class that this epoch predicted, and the label.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        which = _which(source.paths, snapshot, epoch)
        saliency.show(source, Asked(index, epoch, which, *classes, class_names(snapshot), snapshot.precision))
    with right:
        flagging.edit(source.paths, flagging.image(source, index))


def _which(paths: RunPaths, snapshot: RunSnapshot, epoch: int) -> str:
    """The checkpoint to ask: that of the epoch if it is kept, else the best one."""
    best = best_point(paths, snapshot.config, snapshot.epochs)
    latest = epoch == snapshot.latest_epoch and paths.last.exists()
    return "last" if latest and (best is None or best.epoch != epoch) else "best"
