"""How values of more than 8 bits become pixels: the range of a data set, shown at its field of the Train page."""

import streamlit as st

from explorer.data.dataset import Dataset
from explorer.data.files import files_of
from explorer.data.inspection import Looking, inspect
from explorer.texts import Train as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key
from explorer.ui.train import checks, seen


def is_deep(dataset: Dataset) -> bool:
    """Whether an image that was looked at has more than 8 bits."""
    return dataset.inspection is not None and bool(dataset.inspection.deep)


def show(dataset: Dataset | None) -> None:
    """The range that holds for all images, and a way to look at those that were not looked at yet."""
    if dataset is None or dataset.inspection is None or dataset.depth is None:
        return
    for note in dataset.inspection.depth_notes(dataset.depth):
        st.caption(escape(note))
    if dataset.inspection.left and st.button(T.LOOK_AT_ALL, key=Key.TRAIN_LOOK, type="tertiary"):
        bar = st.progress(0.0, T.LOOKING_AT)

        def tell(done: int, total: int) -> None:
            bar.progress(done / total, T.LOOKED_AT.format(done=done, total=total))

        inspect(files_of(dataset), Looking(tell=tell))
        checks.opened.clear()
        seen.forget()
        st.rerun()
