"""What a table or a file of arrays says about its labels, so that the form begins with the right choice."""

from collections.abc import Mapping

import streamlit as st

from explorer.data.specs import OF_FILES
from explorer.settings.fields import RECOGNIZED_BY

_READ_AGAIN_S = 20.0


@st.cache_data(ttl=_READ_AGAIN_S, max_entries=32, show_spinner=False)  # a form asks at each click
def recognized_labels(kind: str, asked: Mapping[str, str]) -> str:
    """Return the value of `several` that a data set shows. Raises DatasetError, and ValidationError for wrong values.

    Args:
        kind: Its format.
        asked: What is known of its spec: where it is, and how it is read.
    """
    return str(getattr(OF_FILES[kind].model_validate(asked).recognized(), RECOGNIZED_BY))
