"""Brightness, contrast and sharpness of the images of a data set."""

import numpy as np
import streamlit as st

from explorer.data.overview import summaries
from explorer.figures.measured import short
from explorer.texts import Measured as T
from explorer.ui.data.looking import Looking

_SHOWN = ("brightness", "contrast", "sharpness")


def show(looking: Looking) -> None:
    """Draw a histogram of each."""
    middle = {name: float(np.nanmedian(summaries.quantity(looking.measured, name))) for name in _SHOWN}
    st.markdown(T.MEDIANS.format(**middle | {"sharpness": short(middle["sharpness"])}))
    for name, column in zip(_SHOWN, st.columns(len(_SHOWN), gap="medium"), strict=True):
        with column:
            looking.histogram(name)
