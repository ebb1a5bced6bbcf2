"""The lesson about masks: what linear interpolation does to the numbers of classes, and to what a network learns."""

import streamlit as st

from explorer.data.mask_classes import MaskClasses
from explorer.draw.drawing import DrawingError
from explorer.draw.mask_lesson import Interpolation, Turned
from explorer.draw.requests import TurnedMask
from explorer.figures.palette import CLASS_COLORS, class_colors, rgb
from explorer.texts import Lab as T
from explorer.ui.background import asking
from explorer.ui.components.markdown import escape
from explorer.ui.lab import lesson_runs
from explorer.ui.session import workspace

WAYS: tuple[Interpolation, Interpolation] = ("INTER_NEAREST", "INTER_LINEAR")
_FIRST = 1  # this training image is a triangle, whose number is far from that of the background


def show(work: workspace.Workspace) -> None:
    """Draw both masks, what each has invented, and what it does to training."""
    config = lesson_runs.config()
    try:
        both = [_mask(way, work.view.seed) for way in WAYS]
    except DrawingError as error:
        st.warning(escape(asking.words(error)))
        return
    st.markdown(T.LESSON_ANSWER.format(nearest=both[0].share, linear=both[1].share))
    for column, way, mask in zip(st.columns(2, gap="medium"), WAYS, both, strict=True):
        with column:
            st.markdown(f"**{T.LESSON_WAYS[way]}**")
            st.image(mask.picture, width=360)
            st.html(_invented(mask, config.dataset.open().train.masks))
    st.caption(T.LESSON_WHY)
    lesson_runs.show()


@st.cache_resource(max_entries=64, show_spinner=False)
def _mask(way: Interpolation, seed: int) -> Turned:
    colors = tuple(rgb(color) for color in CLASS_COLORS)
    return asking.wait_for(TurnedMask(lesson_runs.config(), way, _FIRST + seed, seed, colors))


def _invented(mask: Turned, classes: MaskClasses | None) -> str:
    """Return the classes that were invented with their pixels and colors, as HTML."""
    if not mask.invented:
        return T.LESSON_NOTHING
    assert classes is not None
    colors = dict(zip(classes.names, class_colors(classes.color_places), strict=True))
    named = (
        f'<span style="color:{colors[name]}">■</span> {T.LESSON_INVENTED.format(name=name, count=count)}'
        for name, count in mask.invented.items()
    )
    return "<br>".join(named)
