"""Seeds with which steps fire: the one that a pipeline opens on, and the jump to one from the form of a step."""

import streamlit as st

from explorer.augment import firing
from explorer.augment.pipeline import DraftErrors, validate
from explorer.augment.probability import effective
from explorer.augment.trace import Status
from explorer.ui import slow, workspace
from explorer.ui.components.markdown import escape
from explorer.ui.sources import Found
from explorer.ui.state import Key
from explorer.ui.texts import Augment as T
from explorer.ui.view import MAX_SEED

OPENING_SEEDS, OPENING_SECONDS = 64, 0.5
JUMP_SEEDS, JUMP_SECONDS = 500, 2.5


def settle(work: workspace.Workspace, found: Found) -> workspace.Workspace:
    """The workspace on a seed with which every step fires, where the pipeline has just been opened.

    Where no seed within the bounds does, on the one with which most do. What is wrong, or too slow to try, keeps its
    seed.
    """
    if not st.session_state.pop(Key.SETTLE, False):
        return work
    try:
        pipeline = validate(work.draft)
    except DraftErrors:
        return work
    height, width = found.picture.sample.size
    if not pipeline.nodes or slow.cost(pipeline, height * width).asks:
        return work
    best = firing.fullest(
        found.picture.sample, pipeline, range(OPENING_SEEDS), found.picture.index, OPENING_SECONDS
    ).seed
    if best is not None and best != work.view.seed:
        workspace.look(seed=best)
    return workspace.current()


def status(work: workspace.Workspace) -> Status | None:
    """What became of the selected node in the image that is shown; None where none is selected, or the image is old."""
    look = st.session_state.get(Key.LOOK)
    if look is None or look.shown is None or look.notice or work.view.selected is None:
        return None
    known: Status | None = look.shown.statuses.get(work.view.selected)
    return known


def show_chip(work: workspace.Workspace, node_id: str) -> None:
    """At the form: that the step is not in the image, why, and a seed where it is, a click away."""
    found = status(work)
    if found is None or found is Status.APPLIED:
        return
    try:
        chance = effective(validate(work.draft).nodes).get(node_id, 0.0)
    except DraftErrors:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if found is Status.OFF or chance == 0:
            st.caption(escape(T.NOT_SHOWN_OFF if found is Status.OFF else T.NOT_SHOWN_NEVER))
            return
        st.caption(escape(T.NOT_SHOWN[found].format(seed=work.view.seed)))
        st.button(
            T.SHOW_FIRING, key=Key.SHOW_FIRING, on_click=_jump, args=(node_id, chance), help=T.SHOW_FIRING_HELP
        )  # fmt: skip


def _jump(node_id: str, chance: float) -> None:
    work, found = workspace.current(), st.session_state[Key.FOUND]
    seeds = ((work.view.seed + 1 + ahead) % MAX_SEED for ahead in range(JUMP_SEEDS))
    try:
        search = firing.first(
            found.picture.sample, validate(work.draft), node_id, seeds, found.picture.index, JUMP_SECONDS
        )
    except DraftErrors:
        return  # the form says what is wrong
    if search.seed is None:
        st.session_state[Key.NOTICE] = T.NO_SEED_FOUND.format(count=search.tried, percent=f"{chance:.1%}")
    else:
        workspace.look(seed=search.seed)
