"""The Laboratory page: sweeps, grids, comparisons, the gallery of transforms, and statistics."""

import streamlit as st

from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, mask_lesson, top
from explorer.ui.preview import sources
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page
from explorer.ui.session.view import Mode


def page() -> None:
    work = workspace.arrive()
    if st.session_state.pop(Key.LAB_OPEN, False):
        board.leave()
        workspace.go(Page.AUGMENT)
    workspace.show_unwritten()
    st.session_state.pop(Key.LOOK, None)  # there is no preview on this page
    if work.view.lab.mode in (Mode.STATISTICS, Mode.MASKS):
        board.leave()
    if work.view.lab.mode is Mode.MASKS:
        top.show(work)
        mask_lesson.show(work)
    else:
        _of_the_pipeline(work)
    if notice := st.session_state.pop(Key.NOTICE, None):
        st.toast(escape(notice))


def _of_the_pipeline(work: workspace.Workspace) -> None:
    """Draw a mode that shows what the pipeline does to a picture."""
    above = st.container()
    found = sources.show(work)
    st.session_state[Key.FOUND] = found
    with above:
        top.show(work)
    for note in found.picture.notes:
        st.caption(escape(note))
    top.MODES[work.view.lab.mode](work, found)


page()
