"""Starts a study and leads to its page."""

from pathlib import Path

import streamlit as st

from explorer.runs.life import launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import longest_of
from explorer.settings.rows import steps_of
from explorer.texts import Common
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query


def named(config: RunConfig, name: str) -> RunConfig:
    """Return the config with a name, which is cut where it is longer than that of a run may be.

    Args:
        config: Of the study.
        name: May contain {pipeline} and {dataset}, which are filled in.
    """
    most = longest_of(RunConfig, "name")
    values = {"pipeline": config.pipeline.name or steps_of(config.pipeline), "dataset": data_name(config)}
    for key, value in values.items():
        name = name.replace(f"{{{key}}}", value)
    return config.model_copy(update={"name": name if len(name) <= most else name[: most - 1] + "…"})


def data_name(config: RunConfig) -> str:
    """Return what the data set of a run is called: the name of its folder or file, or its title."""
    path = getattr(config.dataset, "path", "")
    return Path(path).name if path else config.dataset.title


def start(config: RunConfig) -> None:
    """Start a study and open its page; show the reason if it cannot be started."""
    paths = begin(config)
    if paths is not None:
        workspace.go(Page.RUNS, **{Query.RUN.value: paths.id})


def begin(config: RunConfig) -> RunPaths | None:
    """Start a study; show the reason and return None if it cannot be started."""
    try:
        with st.spinner(Common.STARTING):
            return launcher.start(config)
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return None
