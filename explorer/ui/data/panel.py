"""Starts and watches the measurement of a data set on the Data page, and gives what is known so far."""

import os
from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.base.words import span
from explorer.data.contents import Contents
from explorer.data.formats.spec import FileSpec
from explorer.data.overview import saved
from explorer.data.overview.errors import reach_of_shares
from explorer.data.overview.measured import Measured
from explorer.data.overview.sampling import USUAL, Sampling
from explorer.data.overview.saved import Progress
from explorer.draw.data_images import MeasureFew
from explorer.draw.drawing import DrawingError
from explorer.draw.pictures import NoPicture
from explorer.texts import Measured as T
from explorer.ui.background import asking, jobs
from explorer.ui.components.markdown import escape
from explorer.ui.data import measuring
from explorer.ui.data.album import Album
from explorer.ui.data.measuring import Failed
from explorer.ui.data.opened import Opened
from explorer.ui.session.keys import widget_key

SMALL = 3_000  # images up to which a data set is measured without a question
_TRIED = 6  # images that are decoded for the estimate
ALL = Sampling(None)


def known(opened: Opened) -> Measured | None:
    """What was measured of the images, in the order of the contents; None while nothing is known."""
    if not isinstance(opened.spec, FileSpec):
        return None
    # While all are measured, those of the sample are still known.
    found = measuring.latest(opened.spec, sampling_of(opened.spec)) or measuring.latest(opened.spec, USUAL)
    return None if found is None else _aligned(found.measured, opened.contents)


@lru_cache(maxsize=4)
def _aligned(measured: Measured, contents: Contents) -> Measured:
    return measured.aligned(contents.ids)


def sampling_of(spec: FileSpec) -> Sampling:
    """All images where they were measured or are being measured, else the usual sample."""
    return ALL if measuring.running(spec, ALL) or measuring.latest(spec, ALL) is not None else USUAL


def show(opened: Opened, measured: Measured | None) -> None:
    """Start the measurement of a small data set, offer that of a large one, or show how far it is."""
    spec = opened.spec
    if not isinstance(spec, FileSpec):
        return
    sampling = sampling_of(spec)
    state = measuring.state(spec, sampling)
    if state is None and measuring.JOBS.full:
        jobs.watch(True, lambda: measuring.JOBS.full, _busy)
        return
    if state is None and _begins_by_itself(opened, spec, sampling):
        measuring.start(spec, sampling)
        state = measuring.state(spec, sampling)
    if isinstance(state, Progress):
        _watch(opened, spec, sampling)
    elif isinstance(state, Failed):
        st.error(escape(T.FAILED.format(reason=state.reason)))
        _start(spec, sampling, T.AGAIN)
    elif state is None:
        _offer(opened, spec)
    elif measured is not None:
        whole = measuring.state(spec, ALL)
        if isinstance(whole, Failed):  # the measurements of the sample stay
            st.error(escape(T.FAILED.format(reason=whole.reason)))
        _about(opened, spec, measured)


def _busy() -> None:
    st.caption(T.BUSY)


def _begins_by_itself(opened: Opened, spec: FileSpec, sampling: Sampling) -> bool:
    """Whether a data set is small enough to measure without a click, and has no measurement yet, canceled or not."""
    return 0 < len(opened.contents) <= SMALL and measuring.JOBS.get(saved.key(spec, sampling)) is None


def _watch(opened: Opened, spec: FileSpec, sampling: Sampling) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.container()
        st.button(
            T.CANCEL, help=T.CANCEL_HELP, key=widget_key("data_measure_cancel", opened.key),
            on_click=measuring.cancel, args=(spec, sampling),
        )  # fmt: skip

    def draw() -> None:
        progress = measuring.progress(spec, sampling)
        words = T.PROGRESS.format(done=progress.done, total=progress.total) if progress.total else T.BEGINS
        if progress.left is not None:
            words = T.LEFT.format(progress=words, time=span(progress.left))
        st.progress(progress.share, words)

    with place:
        jobs.watch(True, lambda: measuring.running(spec, sampling), draw)


def _offer(opened: Opened, spec: FileSpec) -> None:
    """Offer to measure a large data set, with an estimate of how long that takes."""
    total = len(opened.contents)
    most = min(USUAL.most or total, total)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = T.START_SAMPLE.format(count=most, total=total) if most < total else T.START_ALL.format(total=total)
        _start(spec, USUAL, words, primary=True)
        each = _seconds_each(opened.key, opened)
        if each is not None:
            st.caption(T.ESTIMATE.format(time=span(each * most)))


def _about(opened: Opened, spec: FileSpec, measured: Measured) -> None:
    """Say what the measurements stand for, and offer to measure again or all."""
    total, count = len(opened.contents), len(measured)
    most = USUAL.most
    sampled = most is not None and total > most and count < total
    with st.container(horizontal=True, vertical_alignment="center"):
        if sampled:
            error = 100 * reach_of_shares(count, total)
            st.caption(T.SAMPLED.format(count=count, total=total, error=error), width="stretch")
            _start(spec, ALL, T.START_ALL.format(total=total))
        elif count < total:
            st.caption(T.NEWER.format(count=total - count), width="content")
        if not sampled:
            _start(spec, sampling_of(spec), T.AGAIN, T.AGAIN_HELP)


def _start(
    spec: FileSpec, sampling: Sampling, label: str, help_text: str = T.START_HELP, primary: bool = False
) -> None:
    st.button(
        label, help=help_text, key=widget_key("data_measure", sampling.name),
        type="primary" if primary else "tertiary", icon=":material/straighten:" if primary else None,
        on_click=measuring.start, args=(spec, sampling), disabled=measuring.JOBS.full,
    )  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=64)
def _seconds_each(key: str, _opened: Opened) -> float | None:
    """The seconds that an image takes on all cores, tried on a few; None where none of them can be read."""
    del key
    places = np.random.default_rng(0).choice(len(_opened.contents), min(_TRIED, len(_opened.contents)), replace=False)
    album = Album(_opened)
    try:
        return asking.wait_for(MeasureFew(tuple(album.image(int(at)) for at in places))) / (os.cpu_count() or 1)
    except (NoPicture, DrawingError):
        return None
