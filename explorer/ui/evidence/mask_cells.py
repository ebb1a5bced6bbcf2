"""The images whose pixels are in a cell of the confusion matrix, most pixels first, with these pixels colored."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.metrics.mask_images import most_pixels_first
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Masks as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import mask_viewer, pictures
from explorer.ui.evidence.mask_images import MaskImages, Wall
from explorer.ui.evidence.mask_looking import looking_of
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence, opened: Opened) -> None:
    """Draw the images of a cell, a row or a column of an epoch."""
    source = pictures.of_validation(snapshot, evidence)
    if isinstance(source, str):
        st.info(escape(source))
        return
    images, cell = MaskImages(view, snapshot, source), (opened.row, opened.column)
    cells = images.cells(opened.epoch)
    if cells is None or len(cells) != len(source.ids):
        st.info(T.NO_CELLS)
        return
    order, counts = most_pixels_first(cells, *cell)
    st.markdown(f"**{escape(_heading(images.names, opened, counts))}**", help=T.CELL_HELP)
    key, looking = (snapshot.id, "cell"), looking_of(snapshot.id, "cell")
    if looking.opened != opened:
        looking.opened, looking.image = opened, None

    def choose(image: int) -> None:
        looking.lead_to(image, "difference", opened.epoch)

    if looking.image is not None and len(order):
        best = best_point(view.paths, snapshot.config, snapshot.epochs)
        mask_viewer.show(
            images, looking, order, None if best is None else best.epoch, widget_key("mask_viewer", *key),
            cell=cell, words=T.PLACE_IN_CELL,
        )  # fmt: skip
    total = cells.sum(axis=(1, 2))
    pixels = dict(zip(order.tolist(), counts.tolist(), strict=True))

    def caption(index: int) -> Caption:
        share = pixels[index] / max(int(total[index]), 1)
        return Caption(T.PIXELS.format(count=pixels[index]), T.CELL_NOTE.format(share=pictures.percent(share)))

    wall = Wall(images, opened.epoch, cell)
    pictures.show(wall, order, caption, widget_key("mask_wall", *key), T.CELL_HELP, on_choose=choose)


def _heading(names: tuple[str, ...], opened: Opened, counts: NDArray[np.int64]) -> str:
    row = "" if opened.row is None else names[opened.row]
    column = "" if opened.column is None else names[opened.column]
    words = T.OF_CELL if row and column else T.OF_ROW if row else T.OF_COLUMN
    return words.format(row=row, column=column, count=int(counts.sum()), images=len(counts), epoch=opened.epoch + 1)
