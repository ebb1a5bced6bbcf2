"""The one live chart: a figure as JSON, drawn by `Plotly.react`, so that zoom and node survive every tick."""

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
    """What travels to the browser. Equal figures have equal revisions: the browser then does nothing.

    Raises ValueError where the figure is not JSON: plotly knows gaps as null, never as nan.
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
    """Mount the chart, or bring the mounted one up to date.

    label: for screen readers. on_cell: called when a cell of a heatmap is clicked; `clicked(key)` says which.
    """
    _component(
        data=data(figure, label, key, clickable=on_cell is not None),
        key=key,
        on_cell_change=on_cell or _ignore,
    )


def clicked(key: str) -> tuple[int, int] | None:
    """(row, column) of the cell that was just clicked; None where that is not what called."""
    cell = getattr(st.session_state.get(key), "cell", None)
    return None if cell is None else (int(cell["row"]), int(cell["column"]))


def _ignore() -> None:
    """A chart without cells to click."""
