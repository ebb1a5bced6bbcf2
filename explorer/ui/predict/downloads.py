"""The files of a prediction: its submissions, and all probabilities as CSV or Parquet."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import streamlit as st

from explorer.runs.overview import prediction_table as tables
from explorer.runs.overview.sample_submission import Fills, SubmissionError, read_sample
from explorer.runs.overview.submission import Submission, filled, submissions, write_numbered
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.predictions import Predictions, PredictionsError
from explorer.runs.spec.config import RunConfig
from explorer.texts import Predict as T
from explorer.texts import PredictMasks as M
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import table_downloads
from explorer.ui.predict import sample
from explorer.ui.session.keys import widget_key

_MOST_FILES = 4  # submissions that have a button, the newest first
_WIDTH = 520  # px


def show(view: RunView, snapshot: RunSnapshot, config: RunConfig, found: Predictions) -> None:
    """Draw a button for each file; tables are made when they are pressed."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        show_submissions(view, snapshot)
        table_downloads.show(
            T.FILE.format(id=snapshot.id), lambda: tables.columns(found), (T.CSV, T.PARQUET), T.TABLE_HELP,
            "predict", snapshot.id,
        )  # fmt: skip
        if snapshot.status.over and len(found):
            show_fill(
                view, snapshot, config, lambda path, fills, fill: filled(
                    found, read_sample(path, found.classes, found.ids, cast(Fills, fills) if fills else None), fill=fill
                ),
            )  # fmt: skip


def show_submissions(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw a button for each submission, the newest first."""
    for place, file in enumerate(submissions(view.paths)[::-1][:_MOST_FILES]):
        _submission(snapshot, file, newest=place == 0)


def _submission(snapshot: RunSnapshot, file: Path, *, newest: bool) -> None:
    st.download_button(
        file.name, file.read_bytes, file_name=file.name, mime="text/csv", on_click="ignore",
        type="primary" if newest else "secondary", key=widget_key("predict", snapshot.id, file.name),
        icon=":material/download:", help=T.SUBMISSION_HELP,
    )  # fmt: skip


def show_fill(
    view: RunView,
    snapshot: RunSnapshot,
    config: RunConfig,
    fill_in: Callable[[Path, str, bool], Submission],
    *,
    masks: bool = False,
) -> None:
    """Draw what fills another sample submission.

    Args:
        view, snapshot, config: The prediction.
        fill_in: Fills the sample of a path; it also gets what its columns take, "" for what they say, and whether
            missing images are filled in. Raises SubmissionError, PredictionsError.
        masks: Whether masks are predicted, which fill one kind of column only.
    """
    popover = st.popover(
        T.FILL, key=widget_key("predict", snapshot.id, "fill"), on_change="rerun", icon=":material/table_edit:"
    )  # fmt: skip
    if not popover.open:
        return
    with popover, st.container(width=_WIDTH):
        path, usable = sample.ask(f"{snapshot.id}:fill", config.dataset)
        fills = "" if masks else sample.ask_fills(f"{snapshot.id}:fill")
        fill = st.checkbox(
            T.FILL_MISSING, key=widget_key("predict", snapshot.id, "fill_missing"),
            help=M.FILL_MISSING_HELP if masks else T.FILL_MISSING_HELP,
        )  # fmt: skip
        pressed = st.button(
            T.FILL_NOW, type="primary", key=widget_key("predict", snapshot.id, "fill_now"),
            disabled=not (path and usable),
        )  # fmt: skip
        if not pressed:
            return
        try:
            write_numbered(view.paths, fill_in(Path(path), fills, fill))
        except (SubmissionError, PredictionsError, OSError) as error:
            reason = error.strerror or error if isinstance(error, OSError) else error
            st.error(escape(T.SUBMISSION_WRONG.format(reason=reason)))
            return
    st.rerun()
