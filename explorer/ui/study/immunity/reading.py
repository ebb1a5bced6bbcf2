"""What the page of an immunity map shows, computed in a thread: intervals of hundreds of cells take seconds."""

from collections.abc import Hashable

import streamlit as st

from explorer.runs.overview.studies.immunity import ImmunityMap, read_map
from explorer.runs.record import meta
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.studies.answers import Row, finished
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, removed_node
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.texts import Immunity as T
from explorer.ui.study.latest import Latest

_KEPT = 16  # maps whose last result is shown while the next one is computed


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[ImmunityMap]:
    return Latest(_KEPT)


def look(paths: RunPaths, plan: ImmunityPlan, metric: str) -> ImmunityMap | None:
    """Return a map in a metric; the last result while a newer one is computed, and None before the first.

    Raises:
        StudyRecordError: A part is damaged.
        ValueError: The metric cannot be shown; the message says why.
    """
    return _latest().get(*_key(paths, metric), lambda: read_map(paths, plan, metric))


def computes(paths: RunPaths, metric: str) -> bool:
    """Return whether the newest result is being computed."""
    return _latest().computes(*_key(paths, metric))


def _key(paths: RunPaths, metric: str) -> tuple[Hashable, Hashable]:
    """Return what is asked, and what of the map is done."""
    return (str(paths.root), metric), finished(paths)


def names_of(found: ImmunityMap, plan: ImmunityPlan) -> tuple[str, ...]:
    """Return what the rows are called: variants by what is left out in them, runs by their name of now."""
    return tuple(_variant(one.row) if plan.study is not None else _run(one.row) for one in found.rows)


def _variant(row: Row) -> str:
    fixed = {PIPELINE: T.PIPELINE, NOTHING: T.NOTHING}
    if row.name in fixed:
        return fixed[row.name]
    return T.WITHOUT.format(step=row.title) if removed_node(row.name) is not None else row.title


def _run(row: Row) -> str:
    try:
        return meta.read(run_paths(row.name)).name or row.title
    except RunNotFound:
        return row.title
