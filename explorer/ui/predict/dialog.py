"""The dialog that starts a prediction: which images, which views, what it costs."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.base.words import counted
from explorer.data.dataset import DatasetError
from explorer.runs.life import launcher, predicting
from explorer.runs.life.launcher import LaunchError
from explorer.runs.record.paths import RunNotFound
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import longest_of
from explorer.runs.spec.predict import PredictPlan
from explorer.texts import Common
from explorer.texts import Predict as T
from explorer.ui.components.markdown import escape
from explorer.ui.predict import images, pace, sample, views
from explorer.ui.predict.images import Chosen
from explorer.ui.predict.networks import Networks
from explorer.ui.predict.views import Views
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query, widget_key
from explorer.ui.train import turn


def open_for(networks: Networks) -> None:
    """Open the dialog. Call it outside of fragments."""
    st.dialog(networks.title, width="medium")(_show)(networks)


@dataclass(frozen=True)
class _Asked:
    """What the dialog describes. sample: its path; usable: whether all parts can be used."""

    chosen: Chosen
    views: Views
    which: str
    skip: bool
    sample: str
    fills: str
    fill: bool
    usable: bool


def _show(networks: Networks) -> None:
    try:
        trained = networks.configs()
    except (ConfigError, RunNotFound) as error:
        st.error(escape(T.CANNOT.format(reason=error)))
        return
    asked = _ask(networks, trained)
    config = _config(networks, trained[0], asked) if asked.usable else None
    if config is not None:
        _cost(networks, trained, asked)
        if said := turn.of_next(config):
            st.info(escape(T.WILL_WAIT.format(turn=said)), icon=":material/schedule:")
    label = T.BEGIN.format(images=counted(asked.chosen.count, *Common.IMAGE)) if config is not None else T.BEGIN_NONE
    pressed = st.button(
        label, type="primary" if config is not None else "secondary", icon=":material/play_arrow:",
        key=widget_key("predict", networks.key, "start"), disabled=config is None,
    )  # fmt: skip
    if pressed and config is not None:
        _start(config)


def _ask(networks: Networks, trained: tuple[RunConfig, ...]) -> _Asked:
    key, spec = networks.key, trained[0].dataset
    which = "best"
    if networks.both:
        which = st.segmented_control(
            T.WHICH, list(T.WHICH_TITLES), default=_usual(networks), required=True,
            key=widget_key("predict", key, "which"), format_func=T.WHICH_TITLES.__getitem__, help=T.WHICH_HELP,
        ) or which  # fmt: skip
    chosen = images.ask(key, spec, of_folds=networks.of_folds, best=which == "best")
    seen = views.ask(key, trained)
    path, usable = sample.ask(key, spec)
    fills = sample.ask_fills(key) if path and trained[0].task != "segmentation" else ""
    fill = bool(path) and st.checkbox(
        T.FILL_MISSING, key=widget_key("predict", key, "fill_missing"), help=T.FILL_MISSING_HELP
    )  # fmt: skip
    skip = st.checkbox(T.SKIP, key=widget_key("predict", key, "skip"), help=T.SKIP_HELP)
    return _Asked(
        chosen,
        seen,
        which,
        skip,
        path,
        fills,
        fill,
        usable and not seen.error and bool(chosen.fields) and chosen.count > 0,
    )


def _usual(networks: Networks) -> str:
    """Return the weights that are chosen at first: of folds those whose score their page shows."""
    if not networks.of_folds:
        return "best"
    return st.session_state.get(widget_key("study", networks.of[0].run, "which")) or "last"


def _config(networks: Networks, first: RunConfig, asked: _Asked) -> RunConfig | None:
    """Return the config of the prediction, or show why there is none."""
    plan: dict[str, Any] = {
        "networks": [one.model_dump() for one in networks.chosen(asked.which)], "count": asked.views.count,
        "views": None if asked.views.pipeline is None else asked.views.pipeline.model_dump(),
        "seed": first.seed, "skip_unusable": asked.skip, "sample": asked.sample,
        "fill_missing": asked.fill, "fills": asked.fills or None, **asked.chosen.fields,
    }  # fmt: skip
    name = T.NAME.format(what=asked.chosen.name, name=networks.name)[: longest_of(RunConfig, "name")]
    try:
        return predicting.prediction(PredictPlan.model_validate(plan), name, **_readable(first))
    except (ConfigError, RunNotFound, ValueError) as error:
        messages = error.errors.values() if isinstance(error, ConfigError) else (str(error),)
        for message in messages:
            st.error(escape(T.CANNOT.format(reason=message)))
        return None


def _readable(first: RunConfig) -> dict[str, Any]:
    """Return the data set of the first run as a page may read it."""
    try:
        return {"dataset": first.dataset.for_page().model_dump()}
    except DatasetError:
        return {}  # other images are predicted then


def _cost(networks: Networks, trained: tuple[RunConfig, ...], asked: _Asked) -> None:
    further = 0 if asked.views.pipeline is None else asked.views.count
    count = len(trained)
    seen = ""
    if further:
        seen = T.COST_VIEWS.format(views=counted(further, *T.COST_FURTHER))
    words = T.COST.format(
        images=counted(asked.chosen.count, *Common.IMAGE), networks=counted(count, *Common.NETWORK),
        passes=counted(asked.chosen.count * count * (1 + further), *T.COST_PASSES), views=seen,
    )  # fmt: skip
    with st.container(border=True):
        st.markdown(words)
        st.caption(pace.takes(networks.of, trained, asked.chosen.count * (1 + further)))


def _start(config: RunConfig) -> None:
    try:
        with st.spinner(Common.STARTING):
            paths = launcher.start(config)
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return
    st.query_params.pop(Query.RUNS, None)
    workspace.go(Page.RUNS, **{Query.RUN.value: paths.id})
