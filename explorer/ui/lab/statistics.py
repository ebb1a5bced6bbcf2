"""Statistics mode: measurements over many draws, with their progress and their results."""

from typing import get_args

import streamlit as st

from explorer.augment.draws.counts import DrawCounts
from explorer.augment.draws.report import report
from explorer.augment.pipeline import Pipeline, is_on
from explorer.base.words import span
from explorer.draw.drawing import DrawingError
from explorer.draw.measuring import Measuring
from explorer.texts import Common
from explorer.texts import Statistics as T
from explorer.ui.background import endings
from explorer.ui.background.jobs import watch
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, places, statistics_jobs, statistics_results
from explorer.ui.lab.statistics_jobs import JOBS, Request
from explorer.ui.preview.sources import Found
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import MOST, Draws, Lab
from explorer.ui.session.workspace import Workspace


def show(work: Workspace, found: Found) -> None:
    """Draw the controls, and below them the progress or the results."""
    lab = work.view.lab
    pipeline = work.pipeline
    if pipeline is None:
        st.error(escape(T.WRONG.format(errors=" ".join(work.errors.values()))))
        return
    if not any(is_on(node) for node in pipeline.nodes):
        st.info(T.EMPTY)
        return
    request = _request(work, found, pipeline)
    # Not in the callback of the button, which has the request that the page was drawn with: a choice made just before
    # the click would be lost.
    if st.session_state.pop(Key.STAT_ASKED, False):
        statistics_jobs.start(request)
    with (
        st.container(key=widget_key("stat_controls")),
        st.container(horizontal=True, vertical_alignment="bottom", gap="medium"),
    ):
        st.segmented_control(
            T.DRAWS, get_args(Draws), required=True, help=T.DRAWS_HELP, width="content",
            format_func=lambda count: f"{count:,}", **board.bound("draws"),
        )  # fmt: skip
        st.number_input(T.PICTURES, 1, MOST, help=T.PICTURES_HELP, width=140, **board.bound("measured"))
        works = JOBS.at_work(request.key) is not None
        _button(request, works)
    watch(works, lambda: JOBS.at_work(request.key), lambda: _look(request, lab, found))


def _request(work: Workspace, found: Found, pipeline: Pipeline) -> Request:
    lab = work.view.lab
    seen = places.places(work.view, work.uploads, found, work.draft.targets, lab.measured)
    there = [(each.subject, each.picture.id) for each in seen if each.subject is not None and each.picture is not None]
    subjects, ids = tuple(subject for subject, _ in there), tuple(name for _, name in there)
    return Request(subjects, ids, pipeline, work.view.seed, lab.draws)


def _button(request: Request, works: bool) -> None:
    if works:
        st.button(
            Common.CANCEL, key=widget_key("stat_cancel"), icon=":material/stop_circle:",
            on_click=JOBS.cancel, args=(request.key,),
        )  # fmt: skip
    elif statistics_jobs.result(request.key) is None:
        again = Key.STAT_SHOWN in st.session_state
        st.button(
            T.AGAIN if again else T.MEASURE, key=widget_key("stat_start"), type="primary", icon=":material/play_arrow:",
            on_click=_ask,
        )  # fmt: skip


def _ask() -> None:
    st.session_state[Key.STAT_ASKED] = True


def _look(request: Request, lab: Lab, found: Found) -> None:
    """Show the result, else the progress with the intermediate result, else the previous result."""
    tally = statistics_jobs.result(request.key)
    if tally is not None:
        if problem := statistics_jobs.not_kept(request.key):
            st.warning(escape(T.NOT_KEPT.format(reason=problem)))
        st.session_state[Key.STAT_SHOWN] = request, tally
        _results(request, tally, found)
        return
    measuring = JOBS.get(request.key)
    if measuring is not None:
        _progress(measuring, request)
        if measuring.tally:
            _results(request, measuring.tally, found)
    elif (shown := st.session_state.get(Key.STAT_SHOWN)) is not None:
        st.info(T.EARLIER)
        earlier, counted = shown
        _results(earlier, counted, found)
    else:
        words = T.ONE if len(request.subjects) == 1 else T.SEVERAL
        st.markdown(words.format(draws=lab.draws, count=len(request.subjects)))
        st.caption(T.EXPLAIN)


def _progress(measuring: Measuring, request: Request) -> None:
    state = measuring.progress()
    if (error := measuring.error) is not None:
        text = endings.words(error, request.pipeline) if isinstance(error, DrawingError) else str(error)
        st.error(escape(text))
    elif not measuring.running:
        st.info(T.CANCELLED.format(done=state.done, total=state.total))
    elif state.seconds_left is None:
        st.progress(
            0.0, Common.STARTING if not state.seconds else T.PROGRESS_FIRST.format(done=state.done, total=state.total)
        )
    else:
        words = T.PROGRESS.format(done=state.done, total=state.total, rate=state.rate, left=span(state.seconds_left))
        st.progress(state.done / state.total, words)


def _results(request: Request, tally: DrawCounts, found: Found) -> None:
    statistics_results.show(report(tally, request.pipeline), found.classes)
