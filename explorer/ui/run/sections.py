"""The sections of a training run's page, each of which is computed only while it is open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

from explorer.base.task_names import TaskName
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.state.status import State
from explorer.texts import Immunity, Labels, Masks, Matrix, Mistakes
from explorer.texts import Run as T
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import labels, masks, matrix, mistakes, scores
from explorer.ui.run import charts, details
from explorer.ui.run.readers import view_of
from explorer.ui.session.keys import widget_key
from explorer.ui.study.immunity import robust


@dataclass(frozen=True)
class Section:
    """A section: its title, and the function that draws it each second while the run trains."""

    title: str
    show: Callable[[RunView, RunSnapshot, Evidence], None]
    tasks: frozenset[TaskName] = frozenset(get_args(TaskName))
    """Those whose runs have this section."""


def _curves(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    del evidence  # the curves are made of events and counts

    def open_matrix(choice: Literal["best", "latest"], cell: Opened) -> None:
        matrix.lead_to(snapshot.id, choice, cell)
        st.session_state[_open_key(snapshot.id)] = Matrix.TITLE

    charts.show(view, snapshot, open_matrix)


def _robustness(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    del evidence  # distorted images are judged by a run of its own
    robust.show([(view.paths, snapshot)], view_of)


def _settings(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    del view, evidence
    details.show_settings(snapshot)


def _log(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    del snapshot, evidence
    details.show_log(view)


SECTIONS = (
    Section(T.CURVES, _curves),
    Section(Masks.TITLE, masks.show, frozenset({"segmentation"})),
    Section(Labels.TITLE, labels.show, frozenset({"labels"})),
    Section(Matrix.TITLE, matrix.show, frozenset({"classification", "segmentation"})),
    Section(T.SCORES, scores.show),
    Section(Mistakes.TITLE, mistakes.show, frozenset({"classification"})),
    Section(Immunity.SECTION, _robustness, frozenset({"classification"})),
    Section(T.SETTINGS, _settings),
    Section(T.LOG, _log),
)


def _open_key(run_id: str) -> str:
    """The key of the section that is open."""
    return widget_key("run", run_id, "section")


# By the view itself: a reader that belongs to a forgotten view would never learn of later epochs. It holds its view, so
# that no other one can get the same id.
@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={RunView: id})
def evidence_of(view: RunView) -> Evidence:
    """Return the reader of a run's evidence, shared by all browser tabs."""
    return Evidence(view)


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the section that is open."""
    evidence = evidence_of(view)
    task: TaskName = "classification" if snapshot.config is None else snapshot.config.task
    sections = [section for section in SECTIONS if task in section.tasks]
    titles = [section.title for section in sections]
    # The log says why a run broke, so it is open then.
    broken = snapshot.status.state in (State.FAILED, State.LOST)
    first = T.LOG if broken else T.CURVES
    tabs = st.tabs(titles, default=first, key=_open_key(snapshot.id), on_change="rerun")
    for tab, section in zip(tabs, sections, strict=True):
        if tab.open:
            with tab:
                section.show(view, snapshot, evidence)
