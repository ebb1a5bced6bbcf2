"""The wall of the images of a data set, filtered by class and part, in an order of choice."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.formats.spec import FileSpec
from explorer.data.overview import summaries
from explorer.data.overview.measured import Measured
from explorer.texts import Common
from explorer.texts import Data as T
from explorer.texts import Measured as M
from explorer.ui.components import focus
from explorer.ui.components.markdown import escape
from explorer.ui.data import picked
from explorer.ui.data.album import Album, part_name
from explorer.ui.data.annotated import NOTHING, annotated_of
from explorer.ui.data.counts import counts_of, of_class
from explorer.ui.data.opened import Opened
from explorer.ui.data.picked import EVERY, FILTERS
from explorer.ui.preview import wall
from explorer.ui.session.keys import widget_key

# What the orders go by, and whether the largest value comes first.
_ORDERS = {
    "dark": ("brightness", False),
    "bright": ("brightness", True),
    "blurred": ("sharpness", False),
    "sharp": ("sharpness", True),
    "small": ("megapixels", False),
    "large": ("megapixels", True),
}
Indices = NDArray[np.int64]
_COUNTED = ("boxes", "keypoints")  # annotations by whose classes images are filtered
_HEADING = widget_key("data_wall_heading")


def show(opened: Opened, measured: Measured | None) -> None:
    """Draw the wall of all images, or of those that were picked in a chart."""
    chosen = picked.current(opened.key)
    st.subheader(T.WALL, anchor=False)
    place = st.container(horizontal=True, vertical_alignment="center", key=_HEADING)
    indices = _filtered(opened, measured, None if chosen is None else chosen.indices)
    title = T.WALL_ALL if chosen is None else chosen.title
    with place:
        st.markdown(f"**{escape(title)}** · {counted(len(indices), *Common.IMAGE)}", width="content")
        if chosen is not None:
            st.button(
                T.SHOW_ALL, icon=":material/close:", type="tertiary", key=widget_key("data_all"), on_click=picked.drop
            )
    if chosen is not None:
        landing = widget_key(opened.key, chosen.title, str(chosen.number))
        focus.show(_HEADING, landing, widget_key("data_wall_seen"), reveals=True)
    album = Album(opened, measured)
    wall.show(album, indices, album.caption, widget_key("data_wall", opened.key), title, alone=True)


def _filtered(opened: Opened, measured: Measured | None, of: Indices | None) -> Indices:
    """Draw the filters and return the places that they leave, in the chosen order."""
    contents, label, part = opened.contents, EVERY, EVERY
    labeled = counts_of(contents).labeled
    annotated = NOTHING if labeled or not isinstance(opened.spec, FileSpec) else annotated_of(contents)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(contents.classes) and (labeled or annotated.kind in _COUNTED):
            names = (T.CLASS, T.ALL_CLASSES) if contents.several is None else (T.LABEL_COLUMN, T.ALL_LABELS)
            label = st.selectbox(
                names[0], [EVERY, *range(len(contents.classes))], width=220,
                key=widget_key(FILTERS[0], opened.key), on_change=picked.filter_changed,
                format_func=lambda at: names[1] if at == EVERY else contents.classes[at],
            )  # fmt: skip
        if len(contents.parts) > 1:
            part = st.selectbox(
                T.PART, [EVERY, *range(len(contents.parts))], width=180,
                key=widget_key(FILTERS[1], opened.key), on_change=picked.filter_changed,
                format_func=lambda at: T.ALL_PARTS if at == EVERY else part_name(contents, at),
            )  # fmt: skip
        orders = T.SORTS | (M.SORTS if measured is not None and len(measured) else {})
        order = st.selectbox(
            T.SORT, list(orders), key=widget_key("data_sort", opened.key), format_func=orders.__getitem__, width=200
        )  # fmt: skip
    found = of_class(contents, label if labeled and label != EVERY else None, None if part == EVERY else part)
    if not labeled and label != EVERY:
        found = found[_marked(len(contents), annotated.images_with(label))[found]]
        if not annotated.whole:
            st.caption(T.ANNOTATED_READ.format(count=len(annotated.read), total=len(contents)))
    if of is not None:
        found = of[_marked(len(contents), found)[of]]  # in their own order, such as by area
    if order == "random":
        return np.random.default_rng(0).permutation(found)
    if order not in _ORDERS or measured is None:
        return found
    known = ordered(found, measured, order)
    if len(known) < len(found):
        st.caption(M.ONLY_MEASURED.format(count=len(known)))
    return known


def _marked(count: int, places: Indices) -> NDArray[np.bool_]:
    """(count,) whether each place is one of these; many times faster than a search for each."""
    marked = np.zeros(count, bool)
    marked[places] = True
    return marked


def ordered(places: Indices, measured: Measured, order: str) -> Indices:
    """Return those of the places whose images were measured and decode, by one of the orders."""
    name, largest = _ORDERS[order]
    values = summaries.quantity(measured, name)
    rows = np.flatnonzero(np.isfinite(values) & _marked(measured.total, places)[measured.index])
    return measured.index[rows[np.argsort(-values[rows] if largest else values[rows], kind="stable")]]
