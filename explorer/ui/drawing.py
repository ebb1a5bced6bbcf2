"""When something is drawn: at once where it is fast, asked for and in the background where it is slow."""

from collections.abc import Callable

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, validate
from explorer.texts import Augment as T
from explorer.ui import memory, pictures, render, slow
from explorer.ui.jobs import Job, OnStep
from explorer.ui.render import Look, Shown
from explorer.ui.slow import Cost
from explorer.ui.sources import Found
from explorer.ui.state import Key
from explorer.ui.workspace import Workspace

Token = tuple[object, ...]
JPEG = "image/jpeg"
READING = 400.0  # milliseconds; a large picture has to be decoded again


def look(work: Workspace, found: Found) -> Look:
    """What the preview shows now."""
    memory.touch()
    _collect()
    full = st.session_state.get(Key.FULL)
    token = _token(work, found)
    if full is not None and full[0] == token:
        return Look(full[1])
    st.session_state.pop(Key.FULL, None)
    try:
        pipeline = validate(work.draft)
    except DraftErrors as error:
        return Look(_last_good(work, found), error.errors, T.STALE)
    cost = _cost(pipeline, found)
    if cost.asks:
        return _slow(work, found, token, cost)
    shown = render.look(work.history, found.picture, work.view, found.classes, st.session_state.get(Key.LAST_GOOD))
    if not shown.errors and shown.shown is not None:
        st.session_state[Key.LAST_GOOD] = shown.shown
    return shown


def under_way() -> bool:
    """Whether something is being drawn in the background."""
    return Key.JOB in st.session_state


def show_state(work: Workspace, found: Found) -> None:
    """In the bar: how far the background is, or the question whether something slow should be drawn."""
    job: Job[Shown] | None = st.session_state.get(Key.JOB)
    if job is not None:
        _progress(job)
    elif (full := st.session_state.get(Key.FULL)) is not None:
        _full_shown(full[1], found)
    elif cost := _asked(work, found):
        _ask(work, found, cost)


def offer_full(work: Workspace, found: Found) -> None:
    """The button that draws the picture at its full size, where the preview shows a copy."""
    if not found.picture.is_copy or under_way() or Key.FULL in st.session_state:
        return
    height, width = found.picture.full_size
    factor = height / found.picture.sample.size[0]
    text = T.RUN_FULL_HELP.format(width=width, height=height, factor=factor)
    st.button(T.RUN_FULL, key=Key.RUN_FULL, on_click=_run_full, args=(work, found), help=text)


# What is drawn


def _token(work: Workspace, found: Found) -> Token:
    """All that a drawing depends on."""
    draft, view = work.draft, work.view
    return (draft.nodes, draft.targets, found.picture.id, view.seed, view.focus, view.difference, found.classes)


def _cost(pipeline: Pipeline, found: Found) -> Cost:
    return slow.cost(pipeline, found.picture.sample.size)


def _last_good(work: Workspace, found: Found) -> Shown:
    known: Shown | None = st.session_state.get(Key.LAST_GOOD)
    if known is None:
        drafts = tuple(draft for draft in work.history.past if not _is_slow(draft, found))
        known = render.last_valid(drafts, found.picture, work.view, found.classes)
    return known


def _is_slow(draft: Draft, found: Found) -> bool:
    try:
        return _cost(validate(draft), found).asks
    except DraftErrors:
        return True


def _slow(work: Workspace, found: Found, token: Token, cost: Cost) -> Look:
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == token:
        return done[1] if isinstance(done[1], Look) else Look(done[1])
    job: Job[Shown] | None = st.session_state.get(Key.JOB)
    if st.session_state.get(Key.ALLOWED) and (job is None or job.token != token):
        _run_once(work, found, cost)
    return Look(_last_good(work, found), {}, _words(cost))


def _drawn(work: Workspace, found: Found, on_step: OnStep) -> Shown:
    return render.draw(validate(work.draft), found.picture, work.view, found.classes, on_step)


def _words(cost: Cost) -> str:
    steps = [T.SLOW_STEP.format(name=name, time=slow.in_words(ms / 1000)) for name, ms in list(cost.slow.items())[:3]]
    return T.SLOW.format(steps=", ".join(steps) or T.SLOW_ALL.format(time=slow.in_words(cost.milliseconds / 1000)))


# In the background


def _start(token: Token, work: Callable[[OnStep], Shown], milliseconds: float, name: str = Key.DONE) -> None:
    """name: under which session key its result will stand."""
    _cancel()
    st.session_state[Key.JOB] = Job(name, token, work, milliseconds)


def _cancel() -> None:
    job: Job[Shown] | None = st.session_state.pop(Key.JOB, None)
    if job is not None:
        job.cancel()


def _collect() -> None:
    """Take over what the background has finished."""
    job: Job[Shown] | None = st.session_state.get(Key.JOB)
    if job is None or not job.done:
        return
    del st.session_state[Key.JOB]
    try:
        shown = job.finish()
    except AugmentError as error:
        known = st.session_state.get(Key.LAST_GOOD)
        st.session_state[Key.DONE] = (job.token, Look(known, {(error.node_id, ""): error.reason}, T.STALE))
        return
    except pictures.NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    if shown is not None:
        st.session_state[job.name] = (job.token, shown)
        if job.name == Key.DONE:
            st.session_state[Key.LAST_GOOD] = shown


def _progress(job: Job[Shown]) -> None:
    progress = job.progress()
    words = T.FULL_WORKING if job.name == Key.FULL else T.WORKING
    text = words.format(percent=progress.share, time=slow.in_words(progress.seconds_left))
    st.progress(progress.share, text if progress.seconds_left > 0 else T.FINISHING, width=230)
    st.button(T.CANCEL, key=Key.CANCEL, on_click=_cancelled)


def _cancelled() -> None:
    st.session_state[Key.ALLOWED] = False  # else it would begin again at once
    _cancel()


def _asked(work: Workspace, found: Found) -> Cost | None:
    """The cost of a drawing that waits for somebody's word."""
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == _token(work, found):
        return None
    try:
        cost = _cost(validate(work.draft), found)
    except DraftErrors:
        return None
    return cost if cost.asks else None


def _ask(work: Workspace, found: Found, cost: Cost) -> None:
    st.button(T.RUN_ONCE, key=Key.RUN_SLOW, on_click=_run_once, args=(work, found, cost), type="primary")
    st.toggle(T.RUN_ALWAYS, key=Key.ALWAYS, on_change=_allow, help=T.RUN_ALWAYS_HELP)


def _allow() -> None:
    # A key of its own: while something is drawn the toggle is not on the page, and its own key is forgotten.
    st.session_state[Key.ALLOWED] = st.session_state[Key.ALWAYS]


def _run_once(work: Workspace, found: Found, cost: Cost) -> None:
    _start(_token(work, found), lambda on_step: _drawn(work, found, on_step), cost.milliseconds)


# Full size


def _run_full(work: Workspace, found: Found) -> None:
    try:
        cost = _cost(validate(work.draft), found)
    except DraftErrors:
        return  # it is said at its field
    height, width = found.picture.full_size
    scale = height * width / (found.picture.sample.size[0] * found.picture.sample.size[1])

    def draw(on_step: OnStep) -> Shown:
        picture = pictures.of_view(work.view, work.uploads, pictures.FULL)
        picture, _ = pictures.annotated(picture, work.view, work.draft.targets)
        return render.draw(validate(work.draft), picture, work.view, found.classes, on_step, pictures.FULL_SHOWN)

    _start(_token(work, found), draw, READING + cost.milliseconds * scale, name=Key.FULL)


def _full_shown(shown: Shown, found: Found) -> None:
    height, width = found.picture.full_size
    if shown.full is not None:
        st.download_button(
            T.SAVE_FULL, shown.full, T.FULL_NAME, JPEG, key=Key.SAVE_FULL, on_click="ignore",
            help=T.FULL_SHOWN.format(width=width, height=height),
        )  # fmt: skip
    st.button(T.CLOSE_FULL, key=Key.CLOSE_FULL, on_click=_close_full)


def _close_full() -> None:
    st.session_state.pop(Key.FULL, None)
