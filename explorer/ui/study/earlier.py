"""What an earlier study of the same data set and network says about a new one: the smallest effect that it will see."""

import streamlit as st

from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.same_data import what_counts
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.study import planning, reading

_SAME = ("backbone", "weights", "image_size")


def show(config: RunConfig, repeats: int) -> None:
    """Draw the smallest effect that a study will be able to see, or how to find that out."""
    found = latest(config)
    seen = None
    if found is not None:
        try:
            seen = reading.look(found.paths, loads(found.paths.config.read_bytes()))
        except (StudyRecordError, ConfigError, OSError):
            found = None  # its own page says what is damaged
    if found is None:
        st.caption(T.NO_EARLIER)
    elif seen is None:
        st.caption(T.COMPUTING)
    else:
        st.caption(escape(T.EARLIER.format(name=found.name, visible=planning.visible(seen, repeats))))


def latest(config: RunConfig) -> RunSummary | None:
    """Return the latest study of effects with this data set, network and metric that has done a repeat; or None."""
    asked = config.model_dump(mode="json")
    return next(
        (
            run
            for run in summaries()  # newest first
            if run.ask == "effects"
            and run.repeats
            and run.asked.get("monitor") == config.monitor
            and all(run.asked.get(name) == asked[name] for name in _SAME)
            and what_counts(run.asked.get("dataset")) == what_counts(asked["dataset"])
        ),
        None,
    )
