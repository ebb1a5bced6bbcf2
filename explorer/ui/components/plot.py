"""A live chart, drawn by `Plotly.react`, so that its zoom survives every update."""

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import streamlit as st

from explorer.texts import Charts as T
from explorer.ui.components.parts import component
from explorer.ui.theme.static_files import plotly_path

_component = component("plot", isolate_styles=False)

Figure = Mapping[str, Any]  # {"data": [...], "layout": {...}}, JSON values only


def data(figure: Figure, label: str, key: str, clickable: bool = False) -> dict[str, Any]:
    """The data for the browser, which redraws only when `revision` changes.

    Raises:
        ValueError: The figure is not valid JSON. Plotly needs null for gaps, not NaN.
    """
    text = json.dumps(figure, allow_nan=False)
    return {
        "figure": figure,
        "label": label,
        "key": key,
        "clickable": clickable,
        "revision": blake2b(text.encode(), digest_size=8).hexdigest(),
        "script": plotly_path(),
        "words": {"failed": T.FAILED},
    }


def show(figure: Figure, label: str, key: str, on_cell: Callable[[], None] | None = None) -> None:
    """Mount or update the chart.

    Args:
        figure: The figure as JSON values.
        label: A description for screen readers.
        key: The key of the component.
        on_cell: Called when a cell of a heatmap is clicked, see `clicked`.
    """
    clickable = on_cell is not None
    _component(data=data(figure, label, key, clickable), key=key, on_cell_change=on_cell or (lambda: None))


def clicked(key: str) -> tuple[int, int] | None:
    """The (row, column) of the cell that was just clicked, or None."""
    cell = getattr(st.session_state.get(key), "cell", None)
    return None if cell is None else (int(cell["row"]), int(cell["column"]))
