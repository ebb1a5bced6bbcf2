"""The step that a mode is about, and the list to choose it from."""

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.augment.catalog import Transform, catalog
from explorer.augment.pipeline import Draft, Step, walk
from explorer.texts import Lab as T
from explorer.ui.components.fields import bound
from explorer.ui.lab import board
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key

Fits = Callable[[Transform], bool]


def offered(draft: Draft, fits: Fits) -> Mapping[str, Step]:
    """Return the steps that fit by their ids, in the order of application."""
    return {
        node.id: node
        for node, _ in walk(draft.nodes)
        if isinstance(node, Step) and node.transform in catalog() and fits(catalog()[node.transform])
    }


def current(work: workspace.Workspace, fits: Fits) -> Step | None:
    """Return the selected step if it fits, else the first that does, else None."""
    found = offered(work.draft, fits)
    return found.get(work.view.selected or "") or next(iter(found.values()), None)


def choose(work: workspace.Workspace, fits: Fits) -> None:
    """Draw the list of steps that fit; choosing one selects it on the Augment page too."""
    found, step = offered(work.draft, fits), current(work, fits)
    if step is None:
        return
    titles = _titles(found)
    shows = bound(widget_key("lab", "step"), step.id, _chosen)
    st.selectbox(T.STEP, list(found), format_func=titles.__getitem__, **shows)


def _titles(found: Mapping[str, Step]) -> dict[str, str]:
    """Return the name of each step, with a number if the name occurs more than once."""
    names = [step.transform for step in found.values()]
    seen: dict[str, int] = {}
    titles = {}
    for node_id, step in found.items():
        seen[step.transform] = seen.get(step.transform, 0) + 1
        twice = names.count(step.transform) > 1
        titles[node_id] = T.TWICE.format(name=step.transform, number=seen[step.transform]) if twice else step.transform
    return titles


def _chosen(chosen: str) -> None:
    workspace.look(selected=chosen)
    board.look(parameter="")
