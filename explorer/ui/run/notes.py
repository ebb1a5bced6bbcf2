"""Notes about a run: its attempts, the run that it started from, and what its trainer noted."""

import math

import streamlit as st

from explorer.runs.overview.summary import summarize
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record import resume_point
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.reasons import notes_in
from explorer.texts import Compare
from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import other_run
from explorer.ui.session.keys import widget_key

_SETTLING_STEPS = 20  # until the running statistics of a new batch norm fit: see docs/segmentation.md


def show(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the notes, if there are any."""
    if snapshot.config is not None and snapshot.config.start_from is not None:
        _origin(snapshot.config.start_from, snapshot.id)
    is_study = snapshot.config is not None and snapshot.config.kind == "study"
    noted = notes_in(snapshot.start.values) if snapshot.start else []
    lines = [*_attempts(paths, is_study), *_settling(snapshot), *noted]
    if lines:
        first, more = zip(*map(_parts, lines), strict=True)
        st.caption("  \n".join(map(escape, first)), help="\n\n".join(map(escape, filter(None, more))) or None)


def _parts(note: str) -> tuple[str, str]:
    """The first sentence of a note, which stands on the page, and what follows it, which is one hover away."""
    first, dot, more = note.partition(". ")
    return (f"{first}.", more) if dot else (note, "")


def _settling(snapshot: RunSnapshot) -> list[str]:
    """Say how many epochs may look bad in validation only because the batch norms of the decoder are new."""
    config = snapshot.config
    if config is None or config.kind != "train" or config.task != "segmentation" or not snapshot.total_steps:
        return []
    epochs = min(math.ceil(_SETTLING_STEPS * config.epochs / snapshot.total_steps), config.epochs)
    return [T.SETTLING.format(epochs=epochs, steps=_SETTLING_STEPS)] if epochs > 1 else []


def _origin(run_id: str, own_id: str) -> None:
    try:
        name = summarize(run_paths(run_id)).name
    except RunNotFound:
        st.caption(escape(T.STARTS_FROM_GONE.format(id=run_id)))
        return
    words = T.STARTS_FROM.format(name=escape(name))
    with st.container(horizontal=True, gap="medium"):
        other_run.button(run_id, words, key=widget_key("run_origin"), icon=":material/call_split:")
        other_run.compare_button(run_id, own_id, Compare.WITH_ORIGIN, key=widget_key("run_compare_origin"))


def _attempts(paths: RunPaths, is_study: bool) -> list[str]:
    found = resume_point.resumed(paths)
    if not found:
        return []
    if is_study:  # it has no steps, and goes on with the first part that is missing
        return [T.RESUMED_STUDY.format(times=T.TIMES.get(len(found), T.TIMES_MORE).format(count=len(found)))]
    words = [
        (T.ATTEMPT if one.step else T.ATTEMPT_FROM_START).format(number=one.attempt, step=one.step) for one in found
    ]
    times = T.TIMES.get(len(found), T.TIMES_MORE).format(count=len(found))
    return [T.RESUMED.format(times=times, attempts=", ".join(words))]
