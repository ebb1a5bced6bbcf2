"""All runs as rows that can be opened."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.runs.summary import RunSummary
from explorer.runs.words import clock
from explorer.ui.components.parts import component
from explorer.ui.palette import STATE_COLOURS
from explorer.ui.texts import Runs as T

_component = component("run_list")


def rows(runs: Sequence[RunSummary], now: float) -> list[dict[str, Any]]:
    """What each row shows. now: seconds since 1970."""
    return [
        {
            "id": run.id,
            "state": T.STATES[run.status.state],
            "colour": STATE_COLOURS[run.status.state],
            "alive": not run.status.over,
            "reason": run.status.reason,
            "name": run.name,
            "what": " · ".join(filter(None, [run.dataset, str(run.asked.get("backbone", ""))])),
            "score": _score(run.best.get("auroc")),
            "started": T.LIST_STARTED.format(time=clock(run.started, now)) if run.started else "",
        }
        for run in runs
    ]


def _score(auroc: Any) -> str:
    return T.LIST_AUROC.format(value=auroc) if isinstance(auroc, int | float) else ""


def show(runs: Sequence[RunSummary], key: str, on_open: Callable[[], None]) -> None:
    """Mount the list; the id of an opened run arrives in `st.session_state[key].open`."""
    _component(data={"runs": rows(runs, time.time()), "label": T.LIST}, key=key, on_open_change=on_open)


def opened(key: str) -> str | None:
    """The id of the run that was just opened, or None."""
    found = getattr(st.session_state.get(key), "open", None)
    return None if found is None else str(found)
