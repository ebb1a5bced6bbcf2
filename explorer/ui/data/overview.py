"""The overview of a data set: what was measured of its images, by topic, in charts whose bars open their images."""

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.data.formats.spec import FileSpec
from explorer.data.overview.measured import Measured
from explorer.texts import Measured as T
from explorer.ui.data import boxes, channels, damaged, light, masks, panel, sizes
from explorer.ui.data.looking import Looking
from explorer.ui.data.opened import Opened
from explorer.ui.session.keys import widget_key

TOPICS: Mapping[str, Callable[[Looking], None]] = {
    "sizes": sizes.show,
    "light": light.show,
    "channels": channels.show,
    "masks": masks.show,
    "boxes": boxes.show,
    "damaged": damaged.show,
}


def show(opened: Opened, measured: Measured | None) -> None:
    """Draw how far the measurement is, and the charts of the chosen topic."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(T.TITLE, anchor=False, help=T.CLICK, width="content")
        place = st.container(width="stretch")
    with place:
        if not isinstance(opened.spec, FileSpec):
            st.caption(T.NOT_FILES)
        panel.show(opened, measured)
    if measured is None or not len(measured):
        return
    looking = Looking(opened, measured)
    titles = _titles(measured)
    chosen = st.segmented_control(
        T.TOPIC, list(titles), default=next(iter(titles)), required=True, format_func=titles.__getitem__,
        key=widget_key("data_topic", opened.key), label_visibility="collapsed",
    )  # fmt: skip
    TOPICS[chosen or next(iter(titles))](looking)


def _titles(measured: Measured) -> dict[str, str]:
    """The topics that there is something to say about."""
    absent = set()
    if not measured.usable.any():
        absent |= {"sizes", "light", "channels"}
    if measured.mask_area is None and not measured.mask_trouble:
        absent.add("masks")
    if not len(measured.boxes):
        absent.add("boxes")
    if not measured.trouble:
        absent.add("damaged")
    titles = {name: title for name, title in T.TOPICS.items() if name not in absent}
    if measured.trouble:
        titles["damaged"] = T.DAMAGED_TOPIC.format(title=titles["damaged"], count=len(measured.trouble))
    return titles
