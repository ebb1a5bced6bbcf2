"""The right side of the Augment page: which picture, which seed, and the preview itself."""

import time

import streamlit as st

from explorer.data.images import ImageError
from explorer.data.sample import SampleError
from explorer.ui import pictures, render, workspace
from explorer.ui.components import preview
from explorer.ui.components.parameters import escape, sync
from explorer.ui.pictures import Picture
from explorer.ui.state import Key
from explorer.ui.texts import Augment as T

PLAY_SECONDS = 1.2
HEAD_START = 0.04  # seconds: sent and painted before the rest of the page competes for the processor
GREETING_DRAWS = 6  # a new visitor sees this many draws go by, then the picture rests
MAX_SEED = 2**31 - 1
SUFFIXES = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif"]


def show() -> render.Errors:
    """Draw the preview as a fragment (a new seed redraws nothing else); return what is wrong with the draft."""
    playing = bool(st.session_state.setdefault(Key.PLAYING, False))

    def body() -> None:
        if bool(st.session_state[Key.PLAYING]) != playing:
            st.rerun()  # only the whole page can start or end the clock of a fragment
        _tick(playing)
        _draw()

    st.fragment(body, run_every=PLAY_SECONDS if playing else None)()
    look: render.Look | None = st.session_state.get(Key.LOOK)
    return look.errors if look else {}


def greet() -> None:
    """Let a new visitor's picture move by itself for a few draws."""
    st.session_state[Key.PLAYING] = True
    st.session_state[Key.DRAWS_LEFT] = GREETING_DRAWS


def _tick(playing: bool) -> None:
    now = time.monotonic()
    if not playing or now - st.session_state.setdefault(Key.LAST_TICK, now) < PLAY_SECONDS * 0.8:
        return
    st.session_state[Key.LAST_TICK] = now
    left = st.session_state.get(Key.DRAWS_LEFT)
    if left is not None:
        st.session_state[Key.DRAWS_LEFT] = left - 1
        if left <= 1 or workspace.current().history.past:  # whoever has begun to work wants a picture that rests
            _stop_playing()
            st.rerun()
    _next_seed()


def _stop_playing() -> None:
    st.session_state[Key.PLAYING] = False
    st.session_state.pop(Key.DRAWS_LEFT, None)
    st.session_state.pop(Key.LAST_TICK, None)


def _play_changed() -> None:
    st.session_state.pop(Key.DRAWS_LEFT, None)  # from now on it plays until it is paused
    st.session_state.pop(Key.LAST_TICK, None)


def _next_seed() -> None:
    seed = workspace.current().view.seed
    workspace.look(seed=(seed + 1) % MAX_SEED)


def _next_pressed() -> None:
    _stop_playing()
    _next_seed()


def _seed_typed() -> None:
    workspace.look(seed=int(st.session_state[Key.SEED]))


def _draw() -> None:
    work = workspace.current()
    controls, shown = st.container(), st.container()
    with controls:
        picture = _picture(work)
    look = render.look(work.history, picture, work.view.seed, st.session_state.get(Key.LAST_GOOD))
    st.session_state[Key.LOOK] = look
    if look.shown is not None:
        if not look.errors:
            st.session_state[Key.LAST_GOOD] = look.shown
        with shown:
            preview.show(look.shown.frame(look.notice), key=Key.PREVIEW)
        time.sleep(HEAD_START)
    with controls:
        _controls(work)
    for note in picture.notes:
        st.caption(escape(note))


def _controls(work: workspace.Workspace) -> None:
    picture, seed, draw, play = st.columns([2.3, 1.3, 0.8, 1.0], vertical_alignment="bottom")
    titles = pictures.choices()
    sync(Key.PICTURE, work.view.picture if work.view.picture in titles else next(iter(titles)))
    picture.selectbox(
        T.PICTURE, list(titles), key=Key.PICTURE, format_func=titles.__getitem__, on_change=_picture_chosen
    )
    sync(Key.SEED, work.view.seed)
    seed.number_input(T.SEED, 0, MAX_SEED, key=Key.SEED, on_change=_seed_typed, help=T.SEED_HELP)
    draw.button(T.NEXT, key=Key.NEXT, on_click=_next_pressed, help=T.NEXT_HELP, width="stretch")
    play.toggle(T.PLAY, key=Key.PLAYING, on_change=_play_changed, help=T.PLAY_HELP)


def _picture_chosen() -> None:
    st.session_state.pop(Key.UPLOAD_ERROR, None)
    workspace.look(picture=st.session_state[Key.PICTURE])


def _picture(work: workspace.Workspace) -> Picture:
    name = work.view.picture
    first = next(iter(pictures.choices()))
    if name != pictures.UPLOAD:
        return pictures.embedded(name if name in pictures.choices() else first)
    _uploaders()
    content = workspace.upload("picture")
    if content is None:
        st.info(T.UPLOAD_HINT)
        return pictures.embedded(first)
    return pictures.uploaded(content, workspace.upload("mask"), T.UPLOADED_NAME)


def _uploaders() -> None:
    picture, mask = st.columns(2)
    picture.file_uploader(T.UPLOAD, SUFFIXES, key=Key.UPLOAD, on_change=_receive)
    mask.file_uploader(T.UPLOAD_MASK, SUFFIXES, key=Key.UPLOAD_MASK, on_change=_receive)
    if problem := st.session_state.get(Key.UPLOAD_ERROR):
        st.error(escape(problem))


def _receive() -> None:
    """Keep what was uploaded, if it can be read: a bad file never replaces a good one."""
    st.session_state.pop(Key.UPLOAD_ERROR, None)
    picture, mask = st.session_state[Key.UPLOAD], st.session_state[Key.UPLOAD_MASK]
    content = picture.getvalue() if picture else workspace.upload("picture")
    labels = mask.getvalue() if mask else None
    if content is None:
        return
    try:
        pictures.uploaded(content, None, picture.name if picture else T.UPLOADED_NAME)
        workspace.keep_upload("picture", content)
        workspace.keep_upload("mask", None)
        pictures.uploaded(content, labels, T.UPLOADED_NAME)
        workspace.keep_upload("mask", labels)
    except (ImageError, SampleError) as error:
        st.session_state[Key.UPLOAD_ERROR] = str(error)
