"""Slow drawings that the page does not wait for: a person starts them, sees their progress and can cancel them."""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.draw.drawing import CancelledError, Drawing
from explorer.draw.limits import ASKED_SECONDS
from explorer.draw.pictures import FULL, FULL_SHOWN, NoPicture
from explorer.draw.preview import Preview, Shown
from explorer.texts import Common
from explorer.texts import Preview as T
from explorer.ui.background import asking, slow
from explorer.ui.preview import looks, pictures
from explorer.ui.preview.looks import Look, Token
from explorer.ui.preview.sources import Found
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import Workspace

CHANNEL = "preview"
JPEG = "image/jpeg"
READING = 400.0  # milliseconds to decode a large picture again


@dataclass(frozen=True, eq=False)
class Job:
    """A drawing that takes longer than the page waits; `name` is the session key of its result."""

    name: str
    token: Token
    pipeline: Pipeline
    drawing: Drawing[Shown]


def job() -> Job | None:
    """Return the drawing under way, or None."""
    found: Job | None = st.session_state.get(Key.JOB)
    return found


def cancel() -> None:
    """Cancel the drawing under way."""
    left: Job | None = st.session_state.pop(Key.JOB, None)
    if left is not None:
        left.drawing.cancel()


def collect(found: Found) -> None:
    """Keep the result of a drawing that has finished."""
    done = job()
    if done is None or not done.drawing.done:
        return
    del st.session_state[Key.JOB]
    try:
        look = looks.outcome(done.drawing, done.pipeline, found)
    except CancelledError:
        return  # not watched for long, for example while the computer slept: it is drawn or offered again
    except NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    if done.name == Key.FULL and look.errors:
        st.session_state[Key.NOTICE] = next(iter(look.errors.values()))
        return
    st.session_state[done.name] = (done.token, look)
    if done.name == Key.DONE and not look.errors:
        st.session_state[Key.LAST_GOOD] = look.shown


def show_state(work: Workspace, found: Found) -> None:
    """Draw the progress of a drawing, or the question whether something slow should be drawn."""
    look: Look | None = st.session_state.get(Key.LOOK)
    if (under_way := job()) is not None:
        _progress(under_way)
    elif (full := st.session_state.get(Key.FULL)) is not None:
        _full_shown(full[1].shown, found)
    elif look is not None and look.failed:
        help_text = T.DRAW_ANYWAY_HELP.format(minutes=ASKED_SECONDS / 60)
        st.button(T.DRAW_ANYWAY, key=Key.RUN_SLOW, on_click=run_once, args=(work, found), help=help_text)
    elif _asks(work, found):
        st.button(T.RUN_ONCE, key=Key.RUN_SLOW, on_click=run_once, args=(work, found), type="primary")
        st.toggle(T.RUN_ALWAYS, key=Key.ALWAYS, on_change=_allow, help=T.RUN_ALWAYS_HELP)


def offer_full(work: Workspace, found: Found) -> None:
    """Draw the button for a drawing at full size, if the preview shows a smaller copy."""
    if not found.picture.is_copy or job() is not None or Key.FULL in st.session_state:
        return
    height, width = found.picture.full_size
    factor = height / found.picture.size[0]
    text = T.RUN_FULL_HELP.format(width=width, height=height, factor=factor)
    st.button(T.RUN_FULL, key=widget_key("run_full"), on_click=_run_full, args=(work, found), help=text)


def run_once(work: Workspace, found: Found) -> None:
    """Draw a slow draft."""
    pipeline = work.pipeline
    if pipeline is None:
        return  # what is wrong is shown at its field
    st.session_state.pop(Key.DONE, None)
    cost = slow.cost(pipeline, found.picture.size)
    _start(Key.DONE, looks.token(work, found), looks.request(work, found, pipeline), cost.milliseconds)


def _start(name: str, token: Token, request: Preview, milliseconds: float) -> None:
    cancel()
    drawing = asking.submit(request, CHANNEL, milliseconds=milliseconds, asked=True)
    st.session_state[Key.JOB] = Job(name, token, request.pipeline, drawing)


def _progress(under_way: Job) -> None:
    progress = under_way.drawing.progress()
    if not under_way.drawing.order.asked:
        text = T.TAKES_LONG.format(seconds=under_way.drawing.order.seconds)
    elif progress.seconds_left > 0:
        words = T.FULL_WORKING if under_way.name == Key.FULL else T.WORKING
        text = words.format(percent=progress.share, time=slow.in_words(progress.seconds_left))
    else:
        text = T.FINISHING
    st.progress(progress.share, text, width=230)
    st.button(Common.CANCEL, key=widget_key("cancel"), on_click=_cancel_pressed)


def _cancel_pressed() -> None:
    st.session_state[Key.ALLOWED] = False  # otherwise it would start again at once
    under_way = job()
    if under_way is not None and under_way.name == Key.DONE and not under_way.drawing.order.asked:
        # A draft that should be quick is drawn unasked: this keeps it from starting again.
        good = st.session_state.get(Key.LAST_GOOD)
        st.session_state[Key.DONE] = (under_way.token, Look(good, {}, T.NOT_DRAWN, failed=True))
    cancel()


def _asks(work: Workspace, found: Found) -> bool:
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == looks.token(work, found):
        return False
    return work.pipeline is not None and slow.cost(work.pipeline, found.picture.size).asks


def _allow() -> None:
    # Streamlit forgets the toggle's own key while the toggle is not on the page.
    st.session_state[Key.ALLOWED] = st.session_state[Key.ALWAYS]


# Full size


def _run_full(work: Workspace, found: Found) -> None:
    pipeline = work.pipeline
    if pipeline is None:
        return  # what is wrong is shown at its field
    try:
        subject = pictures.subject(work.view, work.uploads, work.draft.targets, long_side=FULL)
    except NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    height, width = found.picture.full_size
    scale = height * width / (found.picture.size[0] * found.picture.size[1])
    request = replace(looks.request(work, found, pipeline), subject=subject, shown_side=FULL_SHOWN)
    milliseconds = READING + slow.cost(pipeline, found.picture.size).milliseconds * scale
    _start(Key.FULL, looks.token(work, found), request, milliseconds)


def _full_shown(shown: Shown, found: Found) -> None:
    height, width = found.picture.full_size
    if shown.full is not None:
        st.download_button(
            T.SAVE_FULL, shown.full, T.FULL_NAME, JPEG, key=widget_key("save_full"), on_click="ignore",
            help=T.FULL_SHOWN.format(width=width, height=height),
        )  # fmt: skip
    st.button(T.CLOSE_FULL, key=widget_key("close_full"), on_click=st.session_state.pop, args=(Key.FULL, None))
