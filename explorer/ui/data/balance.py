"""How many images, boxes or keypoints a data set has of each class: charts whose bars open the images."""

import numpy as np
import streamlit as st

from explorer.data.contents import NO_LABEL, Contents
from explorer.data.mask_coding import UNNAMED
from explorer.figures import data_set as figures
from explorer.figures import measured
from explorer.texts import Data as T
from explorer.texts import Measured as M
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.data import picked
from explorer.ui.data.album import classes_of, part_name
from explorer.ui.data.annotated import Annotated
from explorer.ui.data.counts import Counts, of_class
from explorer.ui.data.opened import Opened
from explorer.ui.session.keys import widget_key
from explorer.ui.train import mask_classes

_MOST_NAMED = 40  # classes of masks


def show(opened: Opened, counts: Counts, annotated: Annotated) -> None:
    """Draw the counts of what has classes: the images themselves, or else their annotations."""
    if counts.labeled or annotated.kind == "":
        _images(opened, counts)
    elif annotated.kind == "masks":
        _masks(opened)
    else:
        _annotations(opened, annotated)
    if annotated.kind and not counts.labeled and len(opened.contents.parts) > 1:
        _images(opened, counts)


def _images(opened: Opened, counts: Counts) -> None:
    contents = opened.contents
    title = T.BALANCE_PARTS if not counts.labeled else T.BALANCE if contents.several is None else T.BALANCE_LABELS
    st.markdown(f"**{title}**", help=T.CLICK)
    parts = [part_name(contents, part) for part in range(len(contents.parts))]
    if counts.labeled:
        shown = figures.largest(counts.table)
        names, table = [contents.classes[label] for label in shown], counts.table[:, shown]
    else:
        shown, names, table = np.array([NO_LABEL]), [""], counts.without[:, None]

    def clicked(cell: plot.Cell) -> None:
        row, part = cell
        if row < len(names) and part < len(parts):
            words = T.PICKED_PART.format(class_name=names[row], part=parts[part]) if names[row] else parts[part]
            label = int(shown[row])
            places = of_class(contents, label, part)
            picked.pick(opened.key, words, places, (label if counts.labeled else picked.EVERY, part))

    figure = figures.balance(table, names, contents.parts, parts)
    plot.show(figure, title, widget_key("data_balance", opened.key), on_cell=clicked)
    if counts.labeled:
        if len(shown) < len(contents.classes):
            st.caption(T.OTHERS.format(shown=len(shown), count=len(contents.classes)))
        with st.expander(T.TABLE):
            st.dataframe(table_of(contents, counts), hide_index=True, width="stretch")


def table_of(contents: Contents, counts: Counts) -> dict[str, list[object]]:
    """Return the counts as columns: the class or label, its images in each part, and all of them."""
    names, table = list(contents.classes), counts.table
    one_class = contents.several is None
    if counts.without.any():
        without = T.NO_CLASS if one_class else T.NO_LABEL
        names, table = [*names, without], np.concatenate([table, counts.without[:, None]], axis=1)
    parts = {part_name(contents, at): row.tolist() for at, row in enumerate(table)}
    column = T.CLASS_COLUMN if one_class else T.LABEL_COLUMN
    return {column: names, **parts, T.ALL_COLUMN: table.sum(axis=0).tolist()}


def _annotations(opened: Opened, annotated: Annotated) -> None:
    contents = opened.contents
    title = T.ANNOTATED_CLASSES[annotated.kind]
    st.markdown(f"**{title}**", help=T.CLICK)
    shown = figures.largest(annotated.counts[None])
    names = [contents.classes[label] for label in shown]

    def clicked(cell: plot.Cell) -> None:
        if cell[0] < len(names):
            label = int(shown[cell[0]])
            words = T.PICKED_ANNOTATED.format(name=names[cell[0]])
            picked.pick(opened.key, words, annotated.images_with(label), (label, picked.EVERY))

    figure = measured.by_class(
        annotated.counts[shown].tolist(), names, shown.tolist(), T.ANNOTATED_AXIS[annotated.kind], M.HOVER_COUNT,
        np.zeros(len(shown)),
    )  # fmt: skip
    plot.show(figure, title, widget_key("data_annotated", opened.key), on_cell=clicked)
    if len(shown) < len(contents.classes):
        st.caption(T.OTHERS.format(shown=len(shown), count=len(contents.classes)))
    if not annotated.whole:
        st.caption(T.ANNOTATED_READ.format(count=len(annotated.read), total=len(contents)))


def _masks(opened: Opened) -> None:
    """Name the colors of the classes of masks; their areas are known when the images are measured."""
    contents = opened.contents
    if contents.refused:
        return  # the values of its masks are no classes
    classes = classes_of(contents)
    st.markdown(f"**{T.ANNOTATED_CLASSES['masks']}**")
    if learned := mask_classes.chosen(opened.key, contents.mask_classes):
        st.html(mask_classes.lines(learned, _MOST_NAMED))
        if learned.ignored is None:
            st.html(mask_classes.ignored_line(learned))
        if UNNAMED in contents.notes:
            st.caption(escape(UNNAMED))
        return
    if not classes.names:
        st.caption(T.NO_NAMES)
        return
    named = [
        f':color[■]{{foreground="#{bytes(classes.colors[at % len(classes.colors)]).hex()}"}} {escape(name)}'
        for at, name in enumerate(classes.names[:_MOST_NAMED])
    ]
    st.markdown("  \n".join(named))
