"""Seeds with which steps fire: the seed that a pipeline opens with, and the jump from the form of a skipped step.

A skipped step is not forced to fire: that would change the random values of all later steps, and show an image that no
seed produces. So the form says that the step is skipped, and offers a seed that applies it.
"""

import streamlit as st

from explorer.augment.firing import Search, effective
from explorer.augment.pipeline import validate
from explorer.draw.drawing import DrawingError
from explorer.draw.pictures import NoPicture
from explorer.draw.requests import SeedFor
from explorer.texts import Preview as T
from explorer.ui.background import asking, endings, slow
from explorer.ui.components import chip
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import MAX_SEED

OPENING_SEEDS, OPENING_SECONDS = 64, 0.5
JUMP_SEEDS, JUMP_SECONDS = 500, 2.5


def settle(work: workspace.Workspace, found: Found) -> workspace.Workspace:
    """Return the workspace with a seed with which as many steps as possible fire, if the pipeline was just opened.

    A pipeline that is invalid or slow keeps its seed.
    """
    if not st.session_state.pop(Key.SETTLE, False):
        return work
    pipeline = work.pipeline
    if pipeline is None or not pipeline.nodes or slow.cost(pipeline, found.picture.size).asks:
        return work
    try:
        best = asking.wait_for(SeedFor(found.subject, pipeline, tuple(range(OPENING_SEEDS)), OPENING_SECONDS)).seed
    except (DrawingError, NoPicture):
        return work  # the preview shows the error
    if best is not None and best != work.view.seed:
        workspace.look(seed=best)
    return workspace.current()


def show_chip(work: workspace.Workspace, node_id: str) -> None:
    """Show in the form that the step was not applied and why, with a button that jumps to a seed that applies it."""
    chip.show(node_id, _chance(work, node_id) == 0, T.CHIP_WORDS, key=widget_key("chip"), on_jump=_jump)


def _chance(work: workspace.Workspace, node_id: str) -> float | None:
    # For an invalid draft the form shows the errors instead.
    return None if work.pipeline is None else effective(work.pipeline.nodes).get(node_id)


def _jump(node_id: str) -> None:
    work = workspace.current()
    chance = _chance(work, node_id)
    if not chance:
        return
    try:
        search = next_seed(work, st.session_state[Key.FOUND], node_id)
    except DrawingError as error:
        st.session_state[Key.NOTICE] = endings.words(error, validate(work.draft))
        return
    except NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    if search.seed is None:
        st.session_state[Key.NOTICE] = T.NO_SEED_FOUND.format(count=search.tried, percent=f"{chance:.1%}")
    else:
        workspace.look(seed=search.seed)


def next_seed(work: workspace.Workspace, found: Found, node_id: str) -> Search:
    """Return the next seed with which a node is applied. Raises DraftErrors, DrawingError, NoPicture."""
    seeds = tuple((work.view.seed + 1 + ahead) % MAX_SEED for ahead in range(JUMP_SEEDS))
    return asking.wait_for(SeedFor(found.subject, validate(work.draft), seeds, JUMP_SECONDS, node_id))
