"""The final set of a training run: closed, or opened once with its scores."""

import sys
import time

import streamlit as st

from explorer.base.child import ChildError, output
from explorer.base.task_names import TaskName
from explorer.metrics.intervals import Interval, intervals
from explorer.metrics.table import LISTED, LOSS
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import final, ledger
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.final import FinalResult
from explorer.runs.state.status import State
from explorer.texts import Looks as T
from explorer.texts import Runs
from explorer.ui.background import jobs
from explorer.ui.components import not_free
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.later import Later
from explorer.ui.run.answer import between
from explorer.ui.session.keys import widget_key

WIDTH = 420  # px of the open form
METRIC_WIDTH = 148  # px
_CHILD_S = 3600.0


@st.cache_resource(show_spinner=False)
def _later() -> Later[dict[str, Interval]]:
    return Later()


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the final set of a run whose data set has one."""
    share = snapshot.config.dataset.set_aside if snapshot.config else None
    if share is None:
        return
    found = final.read(view.paths)
    if found is not None:
        _opened(view, *found)
        if snapshot.config is not None:
            not_free.warn(snapshot.config.dataset, before=found[0].time, but=view.paths.id)
    elif snapshot.status.state is not State.FINISHED:
        st.caption(T.FINAL_WAITS.format(share=share), help=T.FINAL_HELP)
    else:
        _closed(view, snapshot, share)


def _closed(view: RunView, snapshot: RunSnapshot, share: float) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(T.FINAL_CLOSED.format(share=share), help=T.FINAL_HELP, width="content")
        key = widget_key("run", view.paths.id, "final")
        popover = st.popover(T.FINAL_OPEN, icon=":material/lock_open:", key=key, on_change="rerun")
    if popover.open:
        with popover, st.container(width=WIDTH):
            if snapshot.config is not None:
                not_free.warn(snapshot.config.dataset, but=view.paths.id)
            _form(view)


def _form(view: RunView) -> None:
    refused_key = widget_key("run", view.paths.id, "final_refused")
    st.markdown(T.FINAL_ONCE)
    refused, insist = st.session_state.get(refused_key, ""), False
    if refused:
        st.warning(escape(refused))
        insist = st.checkbox(T.FINAL_INSIST, key=widget_key("run", view.paths.id, "final_insist"))
    if not st.button(T.FINAL_NOW, type="primary", key=widget_key("run", view.paths.id, "final_now")):
        return
    command = [sys.executable, "-P", "-m", "explorer.training.opening", str(view.paths.root)]
    try:
        with st.spinner(T.FINAL_OPENING):
            output(command + (["--insist"] if insist else []), _CHILD_S, lines=1)
    except ChildError as error:
        st.session_state[refused_key] = str(error)
    else:
        st.session_state.pop(refused_key, None)
    st.rerun()


def _opened(view: RunView, result: FinalResult, record: EpochRecord) -> None:
    st.markdown(f"**{T.FINAL}**", help=T.FINAL_HELP)
    loss = float("nan") if result.loss is None else result.loss
    key = (str(view.paths.root), result.time)
    evaluation = evaluation_of(record, loss)

    def compute() -> dict[str, Interval]:
        return intervals(evaluation, tuple(LISTED[evaluation.task]))

    def draw() -> None:
        _scores(_later().get(key, compute), evaluation.task)

    if _later().get(key, compute) is None:
        jobs.watch(True, lambda: _later().computes(key), draw)
    else:
        draw()
    said = T.FINAL_RESTS.format(images=result.images, epoch=result.epoch + 1, label=label(result))
    times = len(ledger.read().opened(result.contents))
    more = [T.FINAL_SINCE.format(count=times)] if times > result.before + 1 else []
    st.caption(" ".join([said, *more]))


def _scores(ends: dict[str, Interval] | None, task: TaskName) -> None:
    """Draw each metric with its interval; None while they are computed."""
    with st.container(horizontal=True, gap="small"):
        for name, metric in LISTED[task].items():
            with st.container(width=METRIC_WIDTH, gap=None):
                title = T.FINAL_LOSS if name == LOSS else metric.title
                st.metric(
                    title, _value(ends, name), between(ends, name), delta_color="off", delta_arrow="off",
                    help=metric.help,
                )  # fmt: skip


def label(result: FinalResult) -> str:
    """Return what a score of the final set is called."""
    date = time.strftime("%Y-%m-%d", time.localtime(result.time))
    if result.before == 0:
        return T.FINAL_OPENED.format(date=date)
    if result.seen < len(result.contents):
        return T.FINAL_OPENED_PART.format(date=date, seen=result.seen)
    return T.FINAL_OPENED_AGAIN.format(date=date, count=result.before + 1)


def _value(ends: dict[str, Interval] | None, name: str) -> str:
    found = (ends or {}).get(name)
    if found is None:
        return Runs.NONE_YET
    return Runs.UNDEFINED if found.value is None else f"{found.value:.3f}"
