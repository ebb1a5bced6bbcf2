"""The log of a run: its end or the lines that contain a text, and a download of all of it."""

import streamlit as st

from explorer.runs.record import logs
from explorer.runs.record.paths import RunPaths
from explorer.texts import Run as T
from explorer.ui.session.keys import widget_key

TAIL_LINES = 200
MOST_FOUND = 500
HEIGHT = 420  # px
FITS_LINES = 18


def show(paths: RunPaths, tail: str) -> None:
    """Draw the search, the download and the lines. `tail` is the end of the log, shown without a search."""
    with st.container(horizontal=True, vertical_alignment="center"):
        sought = st.text_input(
            T.LOG_SEARCH, key=widget_key("run", paths.id, "log"), placeholder=T.LOG_SEARCH, type="search", live=True,
            label_visibility="collapsed", width=360,
        )  # fmt: skip
        # A callable, because the bytes of the whole log would be hashed and kept at every update.
        st.download_button(
            T.LOG_DOWNLOAD, lambda: _whole(paths), file_name=f"{paths.id}.txt", mime="text/plain",
            key=widget_key("log_download"), on_click="ignore", type="tertiary", icon=":material/download:",
        )  # fmt: skip
    with st.container():  # so that its content does not move the field
        if sought and sought.strip():
            _found(paths, sought.strip())
        else:
            _lines(tail or T.LOG_EMPTY, follow=True)


def _found(paths: RunPaths, sought: str) -> None:
    found = logs.search(paths.log, sought, most=MOST_FOUND)
    if not found:
        st.caption(T.LOG_NOTHING)
        return
    words = T.LOG_FOUND_MANY if len(found) == MOST_FOUND else T.LOG_FOUND_ONE if len(found) == 1 else T.LOG_FOUND
    st.caption(words.format(count=len(found)))
    _lines("\n".join(T.LOG_LINE.format(number=number, line=line) for number, line in found), follow=False)


def _lines(text: str, *, follow: bool) -> None:
    """Draw lines. With `follow` the newest stay visible until a person scrolls away."""
    long = text.count("\n") >= FITS_LINES
    with st.container(height=HEIGHT if long else "content", border=False, autoscroll=follow):
        st.code(text, language=None, wrap_lines=True)


def _whole(paths: RunPaths) -> bytes:
    try:
        return paths.log.read_bytes()
    except FileNotFoundError:
        return b""
