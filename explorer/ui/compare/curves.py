"""The curves of all compared runs in one figure."""

from collections.abc import Hashable, Sequence
from typing import Literal, get_args

import streamlit as st

from explorer.figures import overlay
from explorer.figures.charts import Figure
from explorer.metrics.table import EVERY, HEADLINES, listed_for
from explorer.texts import Compare as T
from explorer.ui.compare.readers import Compared
from explorer.ui.components import plot
from explorer.ui.session.keys import widget_key

SMOOTHINGS = (0.0, 0.02, 0.05, 0.1, 0.2)  # shares of the horizontal axis
AXES: tuple[Literal["epoch", "step", "time"], ...] = get_args(overlay.Axis)


def show(runs: Sequence[Compared]) -> None:
    """Draw the choices and the figure."""
    metric, axis, smoothing = _choices(runs)
    in_places = sorted(runs, key=lambda run: run.place)
    figure = _figure(tuple(run.stamp for run in in_places), metric, axis, smoothing, in_places)
    label = T.CURVES_LABEL.format(metric=EVERY[metric].title, count=len(runs))
    plot.show(figure, label, widget_key("chart", "compare", "curves"))
    most = overlay.points_each(len(runs), smoothing > 0)
    notes = [T.CURVES_NOTE]
    if smoothing:
        notes.append(T.SMOOTHED.format(share=smoothing))
    if any(max(len(run.snapshot.steps.step), len(run.snapshot.epochs)) > most for run in runs):
        notes.append(T.THINNED.format(points=most))
    st.caption(" ".join(notes))


def _choices(runs: Sequence[Compared]) -> tuple[str, Literal["epoch", "step", "time"], float]:
    keys = [key for key, one in listed_for(run.snapshot.task for run in runs).items() if one.of != "loss"]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        metric = st.selectbox(
            T.METRIC, keys, index=keys.index(_monitor(runs, keys)),
            key=widget_key("compare_metric"), format_func=lambda key: EVERY[key].title, width=200,
        )  # fmt: skip
        axis = st.segmented_control(
            T.AXIS, AXES, default=AXES[0], key=widget_key("compare_axis"), format_func=T.AXES.__getitem__,
            help=T.AXIS_HELP, required=True,
        )  # fmt: skip
        smoothing = st.segmented_control(
            T.SMOOTHING, SMOOTHINGS, default=0.0, key=widget_key("compare_smoothing"), help=T.SMOOTHING_HELP,
            format_func=lambda share: f"{share:.0%}" if share else T.NO_SMOOTHING, required=True,
        )  # fmt: skip
    return metric, axis, smoothing


def _monitor(runs: Sequence[Compared], scores: Sequence[str]) -> str:
    """The metric that all runs watch; the headline where they watch several, or the loss, which is drawn anyway."""
    headline = HEADLINES[runs[0].snapshot.task]
    watched = {run.snapshot.config.monitor if run.snapshot.config else headline for run in runs}
    return watched.pop() if len(watched) == 1 and watched <= set(scores) else headline


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(
    stamps: tuple[Hashable, ...],
    metric: str,
    axis: Literal["epoch", "step", "time"],
    smoothing: float,
    _runs: Sequence[Compared],
) -> Figure:
    del stamps  # the key of the cache
    courses = [overlay.course(run.snapshot, run.name, run.place) for run in _runs]
    return overlay.overlay(courses, metric, axis, smoothing)
