"""How much of the images each class of their masks takes."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.overview import summaries
from explorer.data.overview.errors import reach
from explorer.figures import measured as figures
from explorer.texts import Common
from explorer.texts import Measured as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.data.album import classes_of, part_name
from explorer.ui.data.looking import Looking

_MOST_CLASSES = 24


def show(looking: Looking) -> None:
    """Draw a bar for each class, and list masks that cannot be used."""
    measured, contents = looking.measured, looking.contents
    found = None if contents.refused else summaries.mask_areas(measured)
    if found is not None:
        st.markdown(T.MASKS.format(images=counted(found.with_mask, *Common.IMAGE)))
        first = classes_of(contents).first
        names = [*contents.mask_classes, *map(str, range(len(contents.mask_classes), len(found.share)))]
        shown = np.argsort(-found.share, kind="stable")
        shown = shown[found.share[shown] > 0][:_MOST_CLASSES]
        area = measured.mask_area
        assert area is not None

        def clicked(cell: plot.Cell) -> None:
            if cell[0] < len(shown):
                value = int(shown[cell[0]])
                share = np.nan_to_num(area[:, value])
                order = np.argsort(-share, kind="stable")
                looking.pick(T.PICKED_MASK.format(name=names[value]), order[share[order] > 0])

        figure = figures.by_class(
            (100 * found.share[shown]).tolist(), [names[value] for value in shown], [int(v) - first for v in shown],
            T.MASK_AXIS, T.HOVER_AREA, 100 * reach(found.error[shown]),
        )  # fmt: skip
        left, right = st.columns([1.4, 1], gap="medium")
        with left:
            looking.chart(figure, T.TOPICS["masks"], "masks", clicked)
        with right:
            shares = {T.MASK_SHARE: found.share[shown]} | _by_part(looking, shown)
            columns = {name: (100 * share).round(2) for name, share in shares.items()}
            table = {T.MASK_CLASS: [names[v] for v in shown], **columns, T.MASK_IMAGES: found.images[shown]}
            st.dataframe(table, hide_index=True, width="stretch")
    if measured.mask_trouble:
        with st.expander(counted(len(measured.mask_trouble), *T.MASK_TROUBLE), expanded=found is None):
            for row, reason in list(measured.mask_trouble.items())[:100]:
                st.caption(escape(f"{contents.ids[int(measured.index[row])]}: {reason}"))


def _by_part(looking: Looking, shown: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return the shares of the classes in each part, by the name of its column; nothing where there is one part."""
    measured, contents = looking.measured, looking.contents
    area = measured.mask_area
    if area is None or len(contents.parts) < 2:
        return {}
    known, part = np.isfinite(area).all(axis=1), contents.part[measured.index]
    found = {}
    for number in range(len(contents.parts)):
        rows = known & (part == number)
        share = area[rows][:, shown].mean(axis=0) if rows.any() else np.full(len(shown), np.nan)
        found[T.MASK_PART.format(part=part_name(contents, number))] = share.astype(np.float64)
    return found
