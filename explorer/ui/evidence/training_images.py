"""Training images of a run by class, and what the network saw of each in any epoch."""

import streamlit as st

from explorer.figures.charts import class_names
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Matrix as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import choosing, pictures, sources
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot, cell: Opened | None, epoch_shown: int | None) -> None:
    """Draw the choice of the class and of the epoch, and the images.

    Args:
        view: The reader of the run.
        snapshot: The run.
        cell: The cell of the matrix that is selected. Its true class and its epoch are chosen when it is another one.
        epoch_shown: The epoch that is chosen without a cell, from 0.
    """
    names = class_names(snapshot)
    last = max(point.number for point in snapshot.epochs)
    class_key, epoch_key = (widget_key(f"training_{part}", snapshot.id) for part in ("class", "epoch"))
    _follow(cell, class_key, epoch_key, len(names), last)
    choices = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with choices:
        label = st.selectbox(
            T.CLASS, range(len(names)), format_func=names.__getitem__, key=class_key, width=260,
        )  # fmt: skip
        epoch = _epoch(epoch_key, last, 1 if epoch_shown is None else epoch_shown + 1)
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
        return Caption(T.IMAGE_TRUE.format(true=names[listed.labels[index]]))

    pictures.show(source, images, caption, widget_key("training_pictures", snapshot.id), heading)


def _follow(cell: Opened | None, class_key: str, epoch_key: str, classes: int, last: int) -> None:
    """Choose the class and the epoch of a cell that was not selected before."""
    known = widget_key(class_key, "cell")
    if cell is None or st.session_state.get(known) == cell:
        return
    st.session_state[known] = cell
    wanted = cell.row if cell.row is not None else cell.column
    if wanted is not None and wanted < classes:
        st.session_state[class_key] = wanted
    if cell.epoch < last:
        choosing.remember(epoch_key, cell.epoch + 1)
        st.session_state.pop(epoch_key, None)


def _epoch(key: str, last: int, default: int) -> int:
    """Draw the choice of the epoch, from 1."""
    if last == 1:  # a slider with one value would be an error
        return 1
    # With each new epoch it is another slider to Streamlit, which would begin at its default.
    st.session_state[key] = min(st.session_state.get(key, choosing.remembered(key, default)), last)
    return choosing.remember(key, st.slider(T.TRAINING_EPOCH, 1, last, key=key, width=340))
