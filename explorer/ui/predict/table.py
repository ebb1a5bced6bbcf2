"""The table of a prediction, a page at a time."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer.base.names import shown
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.predictions import NO_LABEL, Predictions
from explorer.texts import Predict as T
from explorer.ui.session.keys import widget_key

ON_PAGE = 100


def show(snapshot: RunSnapshot, found: Predictions) -> None:
    """Draw a page of the table and the buttons that turn it."""
    show_rows(snapshot, len(found), lambda first, last: rows_of(found, first, last))


def show_rows(snapshot: RunSnapshot, count: int, rows: Callable[[int, int], list[dict[str, object]]]) -> None:
    """Draw a page of a table.

    Args:
        snapshot: The prediction.
        count: Of rows.
        rows: Returns the rows from one place to another.
    """
    key = widget_key("predict", snapshot.id, "page")
    pages = max(1, -(-count // ON_PAGE))
    page = min(int(st.session_state.get(key, 0)), pages - 1)

    def turn(by: int) -> None:
        st.session_state[key] = min(max(page + by, 0), pages - 1)

    first, last = page * ON_PAGE, min((page + 1) * ON_PAGE, count)
    st.dataframe(rows(first, last), hide_index=True, height="content" if last - first <= 15 else 560)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(T.PAGE_OF.format(first=first + 1, last=last, count=count), width="content")
        if pages > 1:
            st.button(
                T.PREVIOUS,
                key=widget_key("predict", snapshot.id, "back"),
                on_click=turn,
                args=(-1,),
                disabled=page == 0,
            )
            st.button(
                T.NEXT,
                key=widget_key("predict", snapshot.id, "on"),
                on_click=turn,
                args=(1,),
                disabled=page == pages - 1,
            )


def rows_of(found: Predictions, first: int, last: int) -> list[dict[str, object]]:
    """Return the rows from one place to another."""
    part = slice(first, last)
    if found.about.several:
        agree = (found.holds(found.each[:, part]) == found.answers()[part]).all(axis=2).sum(axis=0)
    else:
        agree = (found.each[:, part].argmax(axis=2) == found.predicted[part]).sum(axis=0)
    several, labeled = len(found.each) > 1, bool((found.labels[part] != NO_LABEL).any())
    rows = []
    for place in range(first, last):
        mine, label = int(found.predicted[place]), int(found.labels[place])
        row: dict[str, object] = {
            T.TABLE_ID: shown(found.ids[place]),
            T.TABLE_PREDICTED: found.words(place),
        }
        if found.about.several:
            row |= {
                name: round(float(score), 4) for name, score in zip(found.classes, found.scores[place], strict=True)
            }
        else:
            row[T.TABLE_PROBABILITY] = round(float(found.scores[place, mine]), 4)
        if labeled:
            row[T.TABLE_LABEL] = found.classes[label] if label != NO_LABEL else ""
        if several:
            row[T.TABLE_AGREE] = f"{int(np.asarray(agree)[place - first])} / {len(found.each)}"
        rows.append(row)
    return rows
