"""What a table says about its labels, so that a form which asks for it begins with the right choice."""

import streamlit as st

from explorer.data.formats.csv_file import CsvSpec, recognized

_READ_AGAIN_S = 20.0


@st.cache_data(ttl=_READ_AGAIN_S, max_entries=32, show_spinner=False)  # a form asks at each click
def recognized_labels(path: str, label_column: str, encoding: str) -> str:
    """Return the value of `several` that a table shows. Raises DatasetError, and ValidationError for wrong values."""
    asked = {"path": path, "label_column": label_column, "encoding": encoding}
    return recognized(CsvSpec.model_validate(asked)).several
