"""The choice between the person's metric and log loss, which sees differences that no prediction shows yet."""

from collections.abc import Callable, Hashable

import streamlit as st

from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.measured import judged
from explorer.runs.overview.studies.effects import SENSITIVE
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.texts import Study
from explorer.texts import Worth as T
from explorer.ui.session.keys import widget_key
from explorer.ui.study import latest
from explorer.ui.study.latest import Found, Latest


def choose(run_id: str, metric: str) -> str:
    """Draw the choice, and return the key of the metric that is chosen."""
    offered = list(dict.fromkeys((judged(metric), SENSITIVE)))
    if len(offered) == 1:
        return offered[0]
    chosen = st.segmented_control(
        T.METRIC,
        offered,
        default=offered[0],
        key=widget_key("study", run_id, "metric"),
        format_func=lambda key: EVERY[key].title,
        help=T.SENSITIVE_HELP,
        required=True,
    )
    return chosen or offered[0]


def show(
    view: RunView,
    snapshot: RunSnapshot,
    results: Latest[Found],
    state: Callable[[RunPaths], Hashable],
    read: Callable[[RunPaths, RunConfig, str], Found | None],
    none_yet: str,
    draw: Callable[[RunSnapshot, Found], None],
) -> None:
    """Draw what a study has found so far in the metric that is chosen.

    Args:
        view, snapshot: Of the study.
        results: The results of all such studies.
        state: Returns what of the study is done.
        read: Reads the result in a metric; None before the first part is done.
        none_yet: What to say until then.
        draw: Draws a result.
    """
    config = snapshot.config
    assert config is not None
    metric = choose(snapshot.id, config.monitor)
    key = (str(view.paths.root), metric)

    def look() -> Found | None:
        return results.get(key, state(view.paths), lambda: read(view.paths, config, metric))

    def computes() -> bool:
        return results.computes(key, state(view.paths))

    def nothing() -> None:
        st.info(Study.COMPUTING if computes() else none_yet)

    latest.watch(snapshot.status.over, look, computes, lambda found: draw(snapshot, found), nothing)
