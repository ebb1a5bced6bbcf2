"""The files of a data set that do not decode."""

import numpy as np
import streamlit as st

from explorer.base.names import shown
from explorer.base.words import counted
from explorer.texts import Measured as T
from explorer.ui.data.looking import Looking

_MOST_ROWS = 500


def show(looking: Looking) -> None:
    """List them with the reasons."""
    measured, contents = looking.measured, looking.contents
    rows = sorted(measured.trouble)
    st.markdown(counted(len(rows), *T.DAMAGED).format(total=len(measured)))
    listed = [(shown(contents.ids[int(measured.index[row])]), measured.trouble[row]) for row in rows[:_MOST_ROWS]]
    st.dataframe(
        dict(zip(T.DAMAGED_COLUMNS, zip(*listed, strict=True), strict=True)), hide_index=True, width="stretch"
    )  # fmt: skip
    st.button(
        T.DAMAGED_SHOW, key=looking.key("damaged"), type="tertiary", on_click=looking.pick,
        args=(T.PICKED_DAMAGED, np.array(rows)),
    )  # fmt: skip
