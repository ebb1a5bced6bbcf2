"""The forms that start a learning curve and a search from a finished study."""

from typing import Any

import streamlit as st

from explorer.base.words import span
from explorer.metrics.verdicts.effects import FEWEST_REPEATS
from explorer.runs.machine.further_costs import FurtherCost, cost_of
from explorer.runs.machine.machine import known_machine
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import images_path
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.runs.spec.fields import limits_of
from explorer.runs.spec.plans.search import SearchPlan
from explorer.runs.spec.plans.worth import WorthPlan
from explorer.texts import Search, Worth
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.study import numbers, starting

_ICON = ":material/play_arrow:"


def worth_form(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the form of a learning curve, and start it."""
    key = widget_key("study", view.paths.id, "worth", "repeats")
    _, most = limits_of(WorthPlan, "repeats")
    repeats = numbers.whole(Worth.REPEATS, (FEWEST_REPEATS, most), WorthPlan().repeats, key, Worth.REPEATS_HELP)
    _start(view, snapshot, {"ask": "worth", "repeats": repeats}, Worth.NAME, "worth")


def search_form(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the form of a search, and start it."""
    left, right = st.columns(2)
    key = widget_key("study", view.paths.id, "search", "repeats")
    _, most_repeats = limits_of(SearchPlan, "repeats")
    with left:
        repeats = numbers.whole(
            Search.REPEATS, (FEWEST_REPEATS, most_repeats), SearchPlan().repeats, key, Search.REPEATS_HELP
        )
    key = widget_key("study", view.paths.id, "search", "most")
    with right:
        most = numbers.whole(Search.MOST, limits_of(SearchPlan, "most"), SearchPlan().most, key, Search.MOST_HELP)
    asked = {"ask": "search", "repeats": repeats, "most": most}
    _start(view, snapshot, asked, Search.NAME, "search")


def _start(view: RunView, snapshot: RunSnapshot, asked: dict[str, Any], name: str, word: str) -> None:
    """Draw the cost and the button; a field of `asked` is None where what was typed is wrong, and its field says so."""
    config, key = snapshot.config, widget_key("study", view.paths.id, word, "start")
    if config is None or config.study is None:
        return
    if None in asked.values():
        st.button(Worth.START, icon=_ICON, key=key, disabled=True)
        return
    try:
        made = starting.named(config_of(config, asked | {"origin": view.paths.id}), name)
        images = StudyImages.load(images_path(view.paths))
    except (ConfigError, StudyRecordError) as error:
        st.error(escape(str(error)))
        return
    cost = cost_of(made, len(images), len(images.classes), known_machine())
    st.caption(_cost(made, cost))
    if st.button(Worth.START, type="primary", icon=_ICON, key=key):
        starting.start(made)


def config_of(config: RunConfig, asked: dict[str, Any]) -> RunConfig:
    """Return the config of a further study with the folds, views and the smallest effect of the first one.

    Raises:
        ConfigError: A value is wrong.
    """
    kept = {field: getattr(config.study, field) for field in ("folds", "views", "smallest")}
    return from_values(config.model_dump() | {"study": kept | asked})


def _cost(config: RunConfig, cost: FurtherCost) -> str:
    plan = config.study
    if isinstance(plan, SearchPlan):
        words = Search.COST.format(
            count=len(plan.offered), searches=plan.repeats * plan.folds + 1, heads=cost.heads, views=cost.views
        )
    else:
        words = Worth.COST.format(heads=cost.heads, views=cost.views)
    return f"{words} {Worth.TAKES.format(takes=span(cost.seconds))}" if cost.seconds is not None else words
