"""The right side of the Augment page: picture, seed, preview and the strip of steps."""

import time

import streamlit as st

from explorer.draw.cards import node_of
from explorer.texts import Preview as T
from explorer.ui.components import preview, strip
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.preview import firing, live, rendering, sources
from explorer.ui.preview.looks import Errors
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.renewal import renew, renewable
from explorer.ui.session.view import MAX_SEED

PLAY_SECONDS = 1.2
POLL_SECONDS = 0.6  # while something slow is drawn
HEAD_START = 0.06  # seconds for the browser to paint before the rest of the page competes for the processor
GREETING_DRAWS = 6  # draws that a new visitor sees before the image returns to its first seed and stops


def show() -> Errors:
    """Draw the preview as a fragment, so that a new seed redraws nothing else; return the errors of the draft."""
    clock = _clock()
    drawn = 0

    def body() -> None:
        nonlocal drawn
        # Only the whole page can change the timer of a fragment and the parts outside of it.
        if _clock() != clock or st.session_state.pop(Key.WHOLE_PAGE, False):
            st.rerun()
        _tick(clock == PLAY_SECONDS)
        errors = _draw()
        drawn += 1
        known = st.session_state.get(Key.ERRORS)
        st.session_state[Key.ERRORS] = errors
        if _clock() != clock or (drawn > 1 and errors != known):
            st.rerun()

    st.fragment(body, run_every=clock)()
    return dict(st.session_state[Key.ERRORS])


def _clock() -> float | None:
    if rendering.job() is not None:
        return POLL_SECONDS
    return PLAY_SECONDS if st.session_state.get(renewable(Key.PLAYING), _greets()) else None


def greet() -> None:
    """Play a few draws to a new visitor, from a seed where every step fires and back to it."""
    st.session_state[Key.SETTLE] = True
    st.session_state[Key.DRAWS_LEFT] = GREETING_DRAWS
    st.session_state[Key.UNSEEN] = True


def _greets() -> bool:
    return Key.DRAWS_LEFT in st.session_state


def _tick(playing: bool) -> None:
    now = time.monotonic()
    if not playing or Key.UNSEEN in st.session_state:
        return
    if now - st.session_state.setdefault(Key.LAST_TICK, now) < PLAY_SECONDS * 0.8:
        return
    st.session_state[Key.LAST_TICK] = now
    left = st.session_state.get(Key.DRAWS_LEFT)
    if left is not None:
        st.session_state[Key.DRAWS_LEFT] = left - 1
        begun = bool(workspace.current().history.past)
        if left <= 1 or begun:  # people who have started to edit want a still image
            stop_playing()
            if not begun:  # otherwise a pipeline that was just opened may be about to get its own seed
                st.session_state[Key.SETTLE] = True
            st.rerun()
    _next_seed()


def _seen(_: str) -> None:
    """Start the greeting when its first image is on the screen: a slow browser would otherwise miss all of it."""
    if st.session_state.pop(Key.UNSEEN, False):
        st.session_state[Key.LAST_TICK] = time.monotonic()


def stop_playing() -> None:
    """Stop playing: the end of the greeting of a newcomer would close a dialog that was opened meanwhile."""
    if _greets() or st.session_state.get(renewable(Key.PLAYING)):
        renew(Key.PLAYING)
    for name in (Key.DRAWS_LEFT, Key.UNSEEN, Key.LAST_TICK):
        st.session_state.pop(name, None)


def _play_changed(key: str) -> None:
    if key != renewable(Key.PLAYING):
        return
    if _greets():
        stop_playing()
    st.session_state.pop(Key.LAST_TICK, None)


def _next_seed() -> None:
    seed = workspace.current().view.seed
    workspace.look(seed=(seed + 1) % MAX_SEED)


def _next_pressed() -> None:
    stop_playing()
    _next_seed()


def _draw() -> Errors:
    work = workspace.current()
    controls, shown, below, trace = st.container(), st.container(), st.container(), st.container()
    with controls:
        top = st.container()
        found = sources.show(work)
    st.session_state[Key.FOUND] = found
    work = firing.settle(work, found)
    look = live.look(work, found)
    st.session_state[Key.LOOK] = look
    cards = b""
    if look.shown is not None:
        with shown:
            unseen = Key.UNSEEN in st.session_state
            preview.show(look.frame(), key=widget_key("preview"), on_painted=_seen if unseen else None)
        sent = time.monotonic()
        cards = look.strip()  # drawn while the browser paints the picture
        live.settle(look)
        time.sleep(max(0.0, HEAD_START - (time.monotonic() - sent)))
    with top:
        _controls(work)
    with below:
        for note in found.picture.notes:
            st.caption(escape(note))
        _bar(work, found)
    with trace:
        if cards:
            strip.show(cards, work.view.selected, key=widget_key("strip"), on_focus=_focus)
    return look.errors


def _controls(work: workspace.Workspace) -> None:
    picture, seed, draw, play = st.columns([2.3, 1.3, 0.8, 1.0], vertical_alignment="bottom")
    with picture:
        sources.choose(work)
    sources.choose_seed(work, seed)
    draw.button(T.NEXT, key=Key.NEXT, on_click=_next_pressed, help=T.NEXT_HELP, width="stretch")
    key = renewable(Key.PLAYING)
    # On by its default, not by the session state: a browser that loads slowly gets the page of a later update first,
    # which would no longer name the value, and would switch the greeting off before anybody saw it.
    play.toggle(T.PLAY, value=_greets(), key=key, on_change=_play_changed, args=(key,), help=T.PLAY_HELP)


def _bar(work: workspace.Workspace, found: sources.Found) -> None:
    """Draw the bar between picture and strip: the choice of the view, and the state of slow drawings."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shows = bound(
            widget_key("difference"), T.DIFFERENCE if work.view.difference else T.WHOLE,
            lambda chosen: workspace.look(difference=chosen == T.DIFFERENCE),
        )  # fmt: skip
        st.segmented_control(
            T.VIEW,
            [T.WHOLE, T.DIFFERENCE],
            required=True,
            label_visibility="collapsed",
            help=T.DIFFERENCE_HELP,
            **shows,
        )
        rendering.offer_full(work, found)
        rendering.show_state(work, found)
    if problem := st.session_state[Key.LOOK].errors.get(("", "")):
        st.error(escape(problem))


def _focus(card: str) -> None:
    """Show the chosen card large, and the parameters of its step."""
    node = node_of(card)
    if node is None:
        workspace.look(focus="")
    else:
        workspace.look(focus=card[:100], selected=node[:100])
        st.session_state[Key.WHOLE_PAGE] = True
