"""What a leak has cost the runs on a data set: their scores without the images that leaked."""

from collections.abc import Iterable
from functools import lru_cache

import streamlit as st

from explorer.base.names import shown
from explorer.base.words import counted
from explorer.data.contents import Contents
from explorer.data.dataset import DatasetError
from explorer.data.findings.leaked import leaked
from explorer.data.overview.measured import Measured
from explorer.data.overview.near import Duplicates
from explorer.metrics.intervals import Interval
from explorer.metrics.resampling import DRAWS
from explorer.metrics.table import EVERY, HEADLINE
from explorer.metrics.without import Without
from explorer.runs.overview.leak_cost import LeakCost, NoCost, cost_of, runs_of
from explorer.runs.overview.summary import RunSummary
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.data.finding_state import Looked
from explorer.ui.session import workspace
from explorer.ui.session.keys import Query, widget_key
from explorer.ui.train import checks

_MOST = 10  # runs


def show(looked: Looked) -> None:
    """Draw what the leak cost the newest run, and the earlier ones behind a click."""
    runs = runs_of(looked.spec.name(), looked.spec.root.resolve())[:_MOST]
    leaks = bool(looked.findings.leaks)
    if not runs:
        if leaks:
            st.markdown(f"**{T.COST}**")
            st.caption(T.COST_NO_RUN)
        return
    with st.spinner(T.COMPUTING):
        newest = _line(looked, runs[0], leaks)
    if not newest and not leaks:
        return
    st.markdown(f"**{T.COST}**", help=T.COST_HELP.format(draws=DRAWS))
    st.markdown(newest)
    if len(runs) < 2:
        return
    title = T.COST_MORE.format(count=len(runs) - 1)
    with st.expander(title, key=widget_key("finding_cost", looked.opened.key), on_change="rerun") as more:
        if more.open:
            for run in runs[1:]:
                st.markdown(_line(looked, run, always=True))


def _line(looked: Looked, run: RunSummary, always: bool) -> str:
    """Return the sentence about a run; "" where nothing leaked and it is not `always` said."""
    name = escape(run.name)
    try:
        cost = _cost(run.paths, run.name, looked.contents, looked.measured, looked.duplicates)
    except NoCost as error:
        return T.COST_NOT.format(name=name, reason=escape(str(error))) if always else ""
    link = address(run.id)
    if not cost.leaked:
        return T.COST_NONE.format(name=name, link=link, images=cost.images) if always else ""
    return _words(cost, name, link)


def _words(cost: LeakCost, name: str, link: str) -> str:
    area, title = cost.scores[HEADLINE], EVERY[HEADLINE].title
    if area.rest.value is None or area.every.value is None:
        why = area.rest.why or area.every.why
        leaked = counted(cost.leaked, *T.COST_LEAKED_IMAGES)
        return T.COST_UNDEFINED.format(name=name, link=link, metric=title, leaked=leaked, why=escape(why))
    words = T.COST_LINE.format(
        metric=title, every=_value(area.every), rest=_value(area.rest), name=name, link=link,
        leaked=counted(cost.leaked, *T.COST_LEAKED).format(images=cost.images), difference=_difference(area),
    )  # fmt: skip
    unclear = area.low is None or area.high is None or area.low <= 0 <= area.high
    return words + (T.COST_UNCLEAR if unclear else "")


def _value(found: Interval) -> str:
    if found.low is None or found.high is None:
        return T.VALUE_ALONE.format(value=found.value)
    return T.VALUE.format(value=found.value, low=found.low, high=found.high)


def _difference(found: Without) -> str:
    if found.low is None or found.high is None:
        return T.VALUE_ALONE.format(value=found.difference)
    return T.DIFFERENCE.format(value=found.difference, low=found.low, high=found.high).replace("-", "−")


def address(run_id: str) -> str:
    """Return the address of the page of a run."""
    return f"/runs?{Query.RUN.value}={run_id}&{Query.DRAFT.value}={workspace.current().id}"


@lru_cache(maxsize=32)
def _cost(paths: RunPaths, name: str, contents: Contents, measured: Measured, duplicates: Duplicates) -> LeakCost:
    """Compute the cost of a finished run, once. Raises NoCost."""
    config = _config(paths)
    try:
        val = ValidationImages.load(paths.validation).ids
    except ValidationRecordError as error:
        raise NoCost(shown(str(error))) from error
    found = leaked(contents, measured, duplicates, _trained_on(config, name, val), val)
    view = RunView(paths)
    return cost_of(view, view.refresh(), name, found)


def _config(paths: RunPaths) -> RunConfig:
    try:
        return loads(paths.config.read_bytes())
    except (OSError, ConfigError) as error:
        raise NoCost(str(error)) from error


def _trained_on(config: RunConfig, name: str, val: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the training images of a run, as its data set divides them. Raises NoCost."""
    try:
        dataset = checks.opened(config.dataset.for_page())
    except DatasetError as error:
        raise NoCost(T.COST_OTHER_DATA.format(name=name, reason=error)) from error
    judged = set(val)
    if set(dataset.val.ids) != judged:
        raise NoCost(T.COST_OTHER_DIVISION.format(name=name))
    return tuple(one for one in dataset.train.ids if one not in judged)
