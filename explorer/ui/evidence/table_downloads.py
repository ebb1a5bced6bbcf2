"""The buttons that save a table of images as CSV or as Parquet."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.runs.overview import prediction_table as tables
from explorer.ui.session.keys import widget_key

MOST_BYTES = 400_000_000  # the largest file to download; of a larger one pages show its path or a command


def show(file: str, columns: Callable[[], tables.Columns], labels: tuple[str, str], about: str, *key: str) -> None:
    """Draw both buttons; the table is made when one is pressed.

    Args:
        file: The name of the file without its ending.
        columns: Makes the columns.
        labels: Of the button for CSV, and of the one for Parquet.
        about: What the table holds.
        key: Words for the keys of the buttons.
    """
    writers: dict[str, Callable[[tables.Columns], bytes]] = {"csv": tables.as_csv, "parquet": tables.as_parquet}
    for (ending, write), label in zip(writers.items(), labels, strict=True):
        st.download_button(
            label, partial(_made, write, columns), file_name=f"{file}.{ending}", on_click="ignore",
            key=widget_key(*key, "download", ending), icon=":material/download:", help=about,
        )  # fmt: skip


def _made(write: Callable[[tables.Columns], bytes], columns: Callable[[], tables.Columns]) -> bytes:
    return write(columns())
