"""The two runs of the lesson about masks, and how well each class was learned in both."""

import secrets
from functools import lru_cache

import pandas as pd
import streamlit as st

from explorer.base.words import span
from explorer.draw.mask_lesson import Interpolation, with_masks_by
from explorer.metrics.intervals import Interval, class_intervals
from explorer.metrics.table import LOSS
from explorer.runs.life import control, launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.machine import durations, paces
from explorer.runs.machine.machine import known_machine
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.index import summaries
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.summary import RunSummary
from explorer.runs.overview.view import RunView
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.texts import Common, Runs
from explorer.texts import Lab as T
from explorer.ui.background.jobs import watch
from explorer.ui.components.markdown import escape
from explorer.ui.session import selection
from explorer.ui.session.keys import Page, Query, widget_key

# Masks of three shapes, whose numbers are 1 to 3 beside a background of 0.
_LESSON = {
    "dataset": {
        "kind": "shapes", "learn": "masks", "num_classes": 3, "image_size": 64, "train_images": 240, "val_images": 80,
    },
    "pipeline": {
        "nodes": [
            {
                "kind": "step", "id": "lesson", "transform": "Affine", "p": 1.0,
                "params": {"rotate": [-45, 45], "scale": [0.8, 1.2]},
            }
        ]
    },
    "image_size": 64, "epochs": 12, "batch_size": 16,  # with the decoder alone learning on a pretrained encoder
}  # fmt: skip
_PAIR = "masklesson"  # begins the word that both runs have in common
_WAYS: tuple[Interpolation, ...] = ("INTER_NEAREST", "INTER_LINEAR")


@lru_cache(maxsize=1)
def config() -> RunConfig:
    """Return the run of the lesson, whose masks are interpolated as each step does."""
    return from_values(_LESSON)


def show() -> None:
    """Draw the button that starts both runs and, once there are some, how well each class was learned."""
    st.markdown(f"**{T.LESSON_TRAIN}**")
    runs = _latest()
    busy = any(not run.status.over for run in runs.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(T.LESSON_START, key=widget_key("lesson_start"), icon=":material/play_arrow:", disabled=busy):
            _start()
            st.rerun()
        if busy:
            st.button(Common.CANCEL, key=widget_key("lesson_cancel"), on_click=_cancel, help=T.LESSON_CANCEL_HELP)
        else:
            st.caption(_takes(), width="content")
    watch(busy, lambda: any(not run.status.over for run in _latest().values()), _results)
    if runs:
        address = {Query.RUNS.value: selection.address(run.id for run in runs.values())}
        st.page_link(Page.RUNS, label=T.LESSON_COMPARE, icon=":material/compare_arrows:", query_params=address)


def _takes() -> str:
    """Say how long both runs will take, one after the other."""
    seconds = expected_s()
    shared = {"epochs": config().epochs, "images": len(config().dataset.open().train)}
    return (T.LESSON_UNKNOWN if seconds is None else T.LESSON_TAKES.format(takes=span(seconds))).format(**shared)


def expected_s() -> float | None:
    """Return the seconds of both runs by what runs or this network took here; None where nothing was measured."""
    machine = known_machine()
    if machine is None:
        return None
    key, asked = paces.machine_key(machine), config()
    measured = [durations.known(durations.work_of(_of_way(way), key)) for way in _WAYS]
    each = [found.of(asked.epochs) for found in measured if found is not None]
    if each:
        return len(_WAYS) * sum(each) / len(each)
    pace = paces.known(asked.backbone, key, asked.task)
    if pace is None:
        return None
    dataset = asked.dataset.open()
    return len(_WAYS) * paces.estimate_s(asked, len(dataset.train), len(dataset.val), pace)


def _of_way(way: Interpolation) -> RunConfig:
    return config().model_copy(update={"pipeline": with_masks_by(config().pipeline, way)})


def _start() -> None:
    pair = _PAIR + secrets.token_hex(4)
    try:
        for way in _WAYS:
            launcher.start(_of_way(way).model_copy(update={"name": T.LESSON_NAMES[way], "pair": pair}))
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.LESSON_NOT_STARTED.format(reason=error)))


def _cancel() -> None:
    """Ask both runs to save and stop, or to leave the queue."""
    try:
        for run in _latest().values():
            control.request_stop(run.paths)
    except OSError as error:
        st.error(escape(T.LESSON_NOT_CANCELED.format(reason=error)))


def _latest() -> dict[Interpolation, RunSummary]:
    """Return the newest pair of runs by the way in which masks were interpolated."""
    mine = [run for run in summaries() if str(run.asked.get("pair") or "").startswith(_PAIR)]
    pair = mine[0].asked["pair"] if mine else None
    found = {_way(run): run for run in mine if run.asked["pair"] == pair}
    return {way: found[way] for way in _WAYS if way in found}


def _way(run: RunSummary) -> Interpolation:
    targets = run.asked.get("pipeline", {}).get("targets", {})
    return "INTER_LINEAR" if targets.get("mask_interpolation") == "INTER_LINEAR" else "INTER_NEAREST"


def _results() -> None:
    runs = _latest()
    for way, run in runs.items():
        if not run.status.over:
            _progress(way, run)
    columns = {T.LESSON_WAYS[way]: _of_classes(run) for way, run in runs.items()}
    if any(columns.values()):
        classes = next(found for found in columns.values() if found)
        table = {name: [_words(found.get(one)) for one in classes] for name, found in columns.items()}
        st.dataframe(pd.DataFrame({T.LESSON_CLASS: list(classes), **table}), hide_index=True, width="content")
        st.caption(T.LESSON_NOTE)


def _progress(way: Interpolation, run: RunSummary) -> None:
    snapshot = RunView(run.paths).refresh()
    words = T.LESSON_STATE.format(
        name=T.LESSON_WAYS[way], state=Runs.STATES[run.status.state], epochs=run.epochs, of=run.asked_epochs
    )
    left = "" if snapshot.eta_s is None else T.LESSON_LEFT.format(left=span(snapshot.eta_s))
    st.progress(snapshot.fraction, words + left, width=420)


def _of_classes(run: RunSummary) -> dict[str, Interval]:
    """Return the IoU of each class in the best epoch, or nothing before the first one."""
    view = RunView(run.paths)
    snapshot = view.refresh()
    best = best_point(run.paths, snapshot.config, snapshot.epochs)
    record = None if best is None else Evidence(view).record(best.epoch)
    if best is None or record is None:
        return {}
    found = class_intervals(evaluation_of(record, best.value(LOSS)), "iou")
    return dict(zip(config().dataset.open().classes, found, strict=True))


def _words(found: Interval | None) -> str:
    if found is None or found.value is None:
        return ""
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return T.LESSON_INTERVAL.format(value=found.value, low=found.low, high=found.high)
