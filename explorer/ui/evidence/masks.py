"""The Masks section of a run's page: validation images with true and predicted masks of each epoch, worst first."""

import math

import streamlit as st

from explorer.metrics.mask_images import worst_first
from explorer.runs.overview import masks
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.mask_budget import RUN_BYTES, MaskBudget
from explorer.texts import Masks as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import mask_viewer, pictures
from explorer.ui.evidence.mask_images import MaskImages, Wall
from explorer.ui.evidence.mask_looking import Looking, looking_of
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the section; it runs again each second while the run trains."""
    if not snapshot.epochs:
        st.caption(T.NEVER if snapshot.status.over else T.COMES)
        return
    source = pictures.of_validation(snapshot, evidence)
    if isinstance(source, str):
        st.info(escape(source))
        return
    images, looking = MaskImages(view, snapshot, source), looking_of(snapshot.id)
    best = best_point(view.paths, snapshot.config, snapshot.epochs)
    known = {point.epoch for point in snapshot.epochs}
    first = snapshot.epochs[-1].epoch if best is None else best.epoch
    epoch = looking.epoch if looking.epoch in known else first
    assert epoch is not None
    scores = images.scores(epoch)
    if len(scores) != len(source.ids):
        st.info(T.NO_COUNTS.format(epoch=epoch + 1))
        return
    order = worst_first(scores)
    key = widget_key("mask_viewer", snapshot.id)
    mask_viewer.show(images, looking, order, None if best is None else best.epoch, key)
    notes = [_note(images), T.SLIDING.format(side=images.side) if images.slides else ""]
    if any(notes):
        st.caption("  \n".join(filter(None, notes)))
    _wall(images, looking, epoch)


def _note(images: MaskImages) -> str:
    """What is to be said of masks that are not kept, or ""."""
    snapshot = images.snapshot
    stored = [masks.places(images.view, point.epoch) for point in snapshot.epochs]
    if not any(stored):
        return T.NONE_STORED
    start = snapshot.start
    planned = start.count("epochs") if start else len(snapshot.epochs)
    budget = MaskBudget(len(images.source.ids), images.side, planned)
    values = {"followed": budget.followed, "stored": budget.stored, "megabytes": RUN_BYTES // 1_000_000}
    if budget.followed == 1:
        return ""
    return (T.FOLLOWED_ALL if budget.stored == 1 else T.FOLLOWED).format(**values)


def _wall(images: MaskImages, looking: Looking, epoch: int) -> None:
    scores = images.scores(epoch)

    def caption(index: int) -> Caption:
        dice = float(scores[index])
        return Caption(T.DICE_OF.format(dice=dice) if math.isfinite(dice) else T.DICE_UNDEFINED)

    st.markdown(f"**{T.WALL.format(epoch=epoch + 1)}**", help=T.WALL_HELP)
    key = widget_key("mask_wall", images.snapshot.id)
    pictures.show(Wall(images, epoch), worst_first(scores), caption, key, T.WALL_LABEL, on_choose=looking.lead_to)
