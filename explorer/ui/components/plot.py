"""A live chart, drawn by `Plotly.react`, so that its zoom survives every update."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from explorer.figures import scripts
from explorer.texts import Charts as T
from explorer.ui.components.parts import as_number, component, event
from explorer.ui.theme.static_files import plotly_path

_component = component(
    "plot", isolate_styles=False, shared=("dom", "marks", "plot_keys"), before=scripts.shared("themed", "saving")
)

Cell = tuple[int, int]
Figure = Mapping[str, Any]  # {"data": [...], "layout": {...}}, JSON values only


@dataclass(frozen=True)
class Mark:
    """A mark of the chosen threshold on a chart.

    Attributes:
        channel: The channel of the threshold component that says where it is.
        name: The name of the chart in that channel.
        line: Whether a line shows the place on the x axis.
    """

    channel: str
    name: str
    line: bool = False


def data(figure: Figure, label: str, key: str, clickable: bool = False, mark: Mark | None = None) -> dict[str, Any]:
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
        "mark": None if mark is None else asdict(mark),
        "revision": blake2b(text.encode(), digest_size=8).hexdigest(),
        "script": plotly_path(),
        "file": file_of(key),
        "words": {"failed": T.FAILED, **T.SAVING},
    }


def show(
    figure: Figure,
    label: str,
    key: str,
    on_cell: Callable[[Cell], None] | None = None,
    mark: Mark | None = None,
) -> None:
    """Mount or update the chart.

    Args:
        figure: The figure as JSON values.
        label: A description for screen readers.
        key: The key of the component.
        on_cell: Called with (row, column) when a cell of a heatmap is clicked, and with (row, 0) when a row is, where
            a trace of bars has `"meta": {"rows": true}`; with "column" in it the trace gives its number.
        mark: The mark of a threshold that the chart shows.
    """
    clickable = on_cell is not None
    calls = event(key, "cell", on_cell or (lambda cell: None), _as_cell)
    # Its place is as high as the chart from the beginning, so that nothing below moves when plotly has drawn it.
    height = figure["layout"]["height"]
    _component(data=data(figure, label, key, clickable, mark), key=key, height=height, **calls)


def file_of(key: str) -> str:
    """The name of the files that a figure is saved as, from its key: the run and the figure."""
    _kind, *rest = key.split(":")
    return "-".join(rest or [key])


def _as_cell(sent: Any) -> Cell | None:
    if not isinstance(sent, Mapping):
        return None
    row, column = as_number(sent.get("row")), as_number(sent.get("column"))
    return None if row is None or column is None else (row, column)
