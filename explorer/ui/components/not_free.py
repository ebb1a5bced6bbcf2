"""The warning that a final set is not free of earlier runs and studies, which may have used its images."""

import streamlit as st

from explorer.data.specs import DatasetSpec
from explorer.runs.overview.touched import touched
from explorer.texts import Looks as T


def warn(dataset: DatasetSpec, *, before: float | None = None, but: str = "") -> None:
    """Warn where earlier runs may have used images of the final set; the arguments are those of `touched`."""
    found = touched(dataset, before=before, but=but)
    if not any(found):
        return
    runs = T.RUN if found.runs == 1 else T.RUNS.format(count=found.runs)
    studies = T.STUDY if found.studies == 1 else T.STUDIES.format(count=found.studies)
    parts = [words for words, count in ((runs, found.runs), (studies, found.studies)) if count]
    st.warning(T.FINAL_NOT_FREE.format(earlier=T.AND.join(parts)))
