"""Training images of a run by class, and what the network saw of each in any epoch."""

from pathlib import PurePath

import streamlit as st

from explorer.figures.charts import class_names
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Matrix as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import choosing, pictures, sources
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the choice of the class and of the epoch, and the images."""
    names = class_names(snapshot)
    last = max(point.number for point in snapshot.epochs)
    choices = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with choices:
        label = st.selectbox(
            T.CLASS, range(len(names)), format_func=names.__getitem__, key=widget_key("training_class", snapshot.id),
            width=260,
        )  # fmt: skip
        epoch = _epoch(widget_key("training_epoch", snapshot.id), last)
    with st.spinner(T.TRAINING_LOADING):
        found = sources.of_training(snapshot, view.paths, epoch - 1)
    if isinstance(found, str):
        st.info(escape(found))
        return
    source, listed = found
    images = listed.of_class(label)
    heading = T.TRAINING_HEADING.format(name=names[label], count=len(images))
    st.markdown(f"**{escape(heading)}**", help=T.TRAINING_HELP)

    def caption(index: int) -> Caption:
        return Caption(PurePath(source.ids[index]).name, names[listed.labels[index]])

    pictures.show(source, images, caption, widget_key("training_pictures", snapshot.id), heading)


def _epoch(key: str, last: int) -> int:
    """Draw the choice of the epoch, from 1."""
    if last == 1:  # a slider with one value would be an error
        return 1
    # With each new epoch it is another slider to Streamlit, which begins at `value`.
    first = min(choosing.remembered(key, 1), last)
    return choosing.remember(key, st.slider(T.TRAINING_EPOCH, 1, last, first, key=key, width=340))
