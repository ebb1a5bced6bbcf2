"""Buttons that lead from the page of a run to that of another one, and to the comparison of both."""

import streamlit as st

from explorer.texts import Compare as T
from explorer.ui.session import selection
from explorer.ui.session.keys import Query


def button(run_id: str, words: str, *, key: str, icon: str) -> None:
    """Draw the button.

    It is not a page link, which within one page does not change the address, so that Back would leave the app. The
    address changes in a callback: a page that is drawn again because the run has changed would lose a press.

    Args:
        run_id: Where it leads.
        words: Its label, as Markdown.
        key: Of the widget.
        icon: As Streamlit names it.
    """
    st.button(words, key=key, type="tertiary", icon=icon, on_click=_open, args=(run_id,))


def compare_button(reference: str, run_id: str, words: str, *, key: str) -> None:
    """Draw the button that compares two runs.

    Args:
        reference: The id of the run that the other one is compared with.
        run_id: The id of the other run.
        words: Its label.
        key: Of the widget.
    """
    st.button(
        words, key=key, type="tertiary", icon=":material/stacked_line_chart:", on_click=selection.compare,
        args=((reference, run_id),), help=T.COMPARE_HELP,
    )  # fmt: skip


def _open(run_id: str) -> None:
    st.query_params[Query.RUN] = run_id
