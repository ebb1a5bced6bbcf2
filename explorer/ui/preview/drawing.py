"""When something is drawn: at once where it is fast, asked for and watched where it is slow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, Step, validate, walk
from explorer.draw import cards, preview
from explorer.draw.drawing import Drawing
from explorer.draw.limits import ASKED_SECONDS, UNASKED_SECONDS
from explorer.draw.pictures import FULL, FULL_SHOWN, NoPicture, Picture
from explorer.draw.preview import Shown
from explorer.draw.request import CancelledError, DrawingError
from explorer.draw.requests import Preview
from explorer.texts import Augment as T
from explorer.ui.background import asking, endings, slow, step_cautions
from explorer.ui.background.slow import Cost
from explorer.ui.preview import pictures
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.workspace import Workspace

Errors = Mapping[tuple[str, str], str]
Token = tuple[object, ...]
CHANNEL = "preview"
JPEG = "image/jpeg"
READING = 400.0  # milliseconds; a large picture has to be decoded again
PATIENCE = 0.8  # seconds in which a picture is there, or the page goes on without it


@dataclass(frozen=True, eq=False)
class Look:
    """What the preview shows for a draft: a drawing, what is wrong with the draft, and how old the drawing is.

    drawing: where the strip of steps still comes from. failed: whether the draft has ended a worker.
    """

    shown: Shown | None
    errors: Errors = field(default_factory=dict)
    notice: str = ""
    drawing: Drawing[Shown] | None = None
    failed: bool = False

    def frame(self) -> bytes:
        """What the preview shows."""
        if self.shown is None:
            return b""
        return preview.stale(self.shown.frame, self.notice) if self.notice else self.shown.frame

    def strip(self) -> bytes:
        """The cards of the steps; they are drawn after the picture, while the browser paints it."""
        if self.shown is not None and self.shown.strip is not None:
            return cards.of_another(self.shown.strip) if self.notice else self.shown.strip
        if self.drawing is None or not self.drawing.wait(UNASKED_SECONDS) or self.drawing.error is not None:
            return b""  # the picture was there before the worker ended
        return self.drawing.result().strip or b""


@dataclass(frozen=True, eq=False)
class Job:
    """A drawing that takes longer than the page waits. name: under which session key its result will stand."""

    name: str
    token: Token
    pipeline: Pipeline
    drawing: Drawing[Shown]


def look(work: Workspace, found: Found) -> Look:
    """What the preview shows now."""
    _collect(found)
    full = st.session_state.get(Key.FULL)
    token = _token(work, found)
    if full is not None and full[0] == token:
        return Look(full[1].shown)
    st.session_state.pop(Key.FULL, None)
    try:
        pipeline = validate(work.draft)
    except DraftErrors as error:
        return Look(_last_good(work, found), error.errors, T.STALE)
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == token:
        return done[1]
    cost = _cost(pipeline, found.picture)
    if cost.asks:
        return _slow(work, found, token, _words(cost, pipeline, found.picture))
    return _drawn(work, found, token, pipeline)


def _drawn(work: Workspace, found: Found, token: Token, pipeline: Pipeline) -> Look:
    """The picture of a draft that is quick, or how far it is where it turns out not to be."""
    job: Job | None = st.session_state.get(Key.JOB)
    if job is None or job.token != token:
        begun = st.session_state.pop(Key.AHEAD, None)
        drawing = begun[1] if begun is not None and begun[0] == token else _submitted(work, found, pipeline)
        job = Job(Key.DONE, token, pipeline, drawing)
        _cancel()
        if not drawing.wait_at_work(PATIENCE, parts=1):
            st.session_state[Key.JOB] = job
        else:
            return _of(job, work, found)
    return _late(job, work, found)


def _submitted(work: Workspace, found: Found, pipeline: Pipeline) -> Drawing[Shown]:
    return asking.submit(_request(work, found, pipeline), CHANNEL)


def ahead() -> None:
    """Have the picture of a draft that has just changed drawn while the page above it is still on its way."""
    found: Found | None = st.session_state.get(Key.FOUND)
    if found is None or Key.LOOK not in st.session_state:  # another page shows the form too, without the preview
        return
    work = workspace.current()
    try:
        pipeline = validate(work.draft)
    except DraftErrors:
        return
    if not _cost(pipeline, found.picture).asks:
        st.session_state[Key.AHEAD] = _token(work, found), _submitted(work, found, pipeline)


def _late(job: Job, work: Workspace, found: Found) -> Look:
    return Look(_last_good(work, found), {}, T.TAKES_LONG.format(seconds=job.drawing.order.seconds))


def _of(job: Job, work: Workspace, found: Found) -> Look:
    """What came of a drawing that is there."""
    try:
        shown = job.drawing.result()
    except AugmentError as error:
        return Look(_last_good(work, found), {(error.node_id, ""): error.reason}, T.STALE)
    except DrawingError as error:
        where = (error.node_id, "")
        words = endings.words(error, job.pipeline, found.picture.size)
        return Look(_last_good(work, found), {where: words}, T.STALE, failed=True)
    except NoPicture as error:
        return Look(_last_good(work, found), {("", ""): str(error)}, T.STALE)
    except CancelledError:  # its worker was killed just now, and another one draws it once more
        st.session_state[Key.JOB] = job
        return _late(job, work, found)
    st.session_state[Key.LAST_GOOD] = shown
    # Not drawn again for a click that changes nothing of it: where that were late, the click would be lost.
    good = Look(shown, drawing=job.drawing)
    st.session_state[Key.DONE] = (job.token, good)
    return good


def settle(shown: Look) -> None:
    """Once the strip has come: keep it with the picture, and what each step took."""
    drawing = shown.drawing
    if drawing is None or not drawing.done or drawing.error is not None:
        return
    complete = drawing.result()
    st.session_state[Key.LAST_GOOD] = complete
    done = st.session_state.get(Key.DONE)
    if done is not None and done[1] is shown:
        st.session_state[Key.DONE] = (done[0], Look(complete))  # what its steps took is noted once
    request = drawing.request
    if isinstance(request, Preview):
        steps = {node.id: node for node, _ in walk(request.pipeline.nodes) if isinstance(node, Step)}
        for node_id, (height, width), milliseconds in complete.times:
            if node_id in steps:
                OBSERVED.note(steps[node_id].transform, steps[node_id].params, (height, width), milliseconds)


def under_way() -> bool:
    """Whether something is being drawn that the page does not wait for."""
    return Key.JOB in st.session_state


def show_state(work: Workspace, found: Found) -> None:
    """In the bar: how far a drawing is, or the question whether something slow should be drawn."""
    job: Job | None = st.session_state.get(Key.JOB)
    shown: Look | None = st.session_state.get(Key.LOOK)
    if job is not None:
        _progress(job)
    elif (full := st.session_state.get(Key.FULL)) is not None:
        _full_shown(full[1].shown, found)
    elif shown is not None and shown.failed:
        help_text = T.DRAW_ANYWAY_HELP.format(minutes=ASKED_SECONDS / 60)
        st.button(T.DRAW_ANYWAY, key=Key.RUN_SLOW, on_click=_run_once, args=(work, found), help=help_text)
    elif _asks(work, found):
        _ask(work, found)


def offer_full(work: Workspace, found: Found) -> None:
    """The button that draws the picture at its full size, where the preview shows a copy."""
    if not found.picture.is_copy or under_way() or Key.FULL in st.session_state:
        return
    height, width = found.picture.full_size
    factor = height / found.picture.size[0]
    text = T.RUN_FULL_HELP.format(width=width, height=height, factor=factor)
    st.button(T.RUN_FULL, key=Key.RUN_FULL, on_click=_run_full, args=(work, found), help=text)


# What is drawn


def _token(work: Workspace, found: Found) -> Token:
    """All that a drawing depends on."""
    draft, view = work.draft, work.view
    return (draft.nodes, draft.targets, found.picture.id, view.seed, view.focus, view.difference, found.classes)


def _request(work: Workspace, found: Found, pipeline: Pipeline) -> Preview:
    view = work.view
    return Preview(found.subject, pipeline, view.seed, found.classes, view.focus, view.difference)


def _cost(pipeline: Pipeline, picture: Picture) -> Cost:
    return slow.cost(pipeline, picture.size)


def _last_good(work: Workspace, found: Found) -> Shown | None:
    """The last picture that was right; after a reload that of the last draft that can be drawn, or of no steps."""
    known: Shown | None = st.session_state.get(Key.LAST_GOOD)
    return known if known is not None else _last_valid(work, found)


def _last_valid(work: Workspace, found: Found) -> Shown | None:
    for draft in (*reversed(work.history.past), Draft(targets=work.draft.targets)):
        try:
            pipeline = validate(draft)
            if _cost(pipeline, found.picture).asks:
                continue
            drawing = asking.submit(_request(work, found, pipeline))
            if drawing.wait(UNASKED_SECONDS):
                shown = drawing.result()
                st.session_state[Key.LAST_GOOD] = shown
                return shown
        except (DraftErrors, AugmentError, DrawingError, NoPicture):
            continue
    return None


def _slow(work: Workspace, found: Found, token: Token, words: str) -> Look:
    job: Job | None = st.session_state.get(Key.JOB)
    if st.session_state.get(Key.ALLOWED) and (job is None or job.token != token):
        _run_once(work, found)
    return Look(_last_good(work, found), {}, words)


def _words(cost: Cost, pipeline: Pipeline, picture: Picture) -> str:
    """What takes long, and the first value that is absurd for the picture, whichever step is selected."""
    steps = [T.SLOW_STEP.format(name=name, time=slow.in_words(ms / 1000)) for name, ms in list(cost.slow.items())[:3]]
    said = T.SLOW.format(steps=", ".join(steps) or T.SLOW_ALL.format(time=slow.in_words(cost.milliseconds / 1000)))
    return " ".join([said, *islice(step_cautions.of_pipeline(pipeline, picture.size), 1)])


# What the page does not wait for


def _start(name: str, token: Token, request: Preview, milliseconds: float) -> None:
    _cancel()
    drawing = asking.submit(request, CHANNEL, milliseconds=milliseconds, asked=True)
    st.session_state[Key.JOB] = Job(name, token, request.pipeline, drawing)


def _cancel() -> None:
    job: Job | None = st.session_state.pop(Key.JOB, None)
    if job is not None:
        job.drawing.cancel()


def _collect(found: Found) -> None:
    """Take over what has been finished meanwhile."""
    job: Job | None = st.session_state.get(Key.JOB)
    if job is None or not job.drawing.done:
        return
    del st.session_state[Key.JOB]
    try:
        shown = Look(job.drawing.result(), drawing=job.drawing)
    except AugmentError as error:
        shown = Look(st.session_state.get(Key.LAST_GOOD), {(error.node_id, ""): error.reason}, T.STALE)
    except DrawingError as error:
        words = endings.words(error, job.pipeline, found.picture.size)
        shown = Look(st.session_state.get(Key.LAST_GOOD), {(error.node_id, ""): words}, T.STALE, failed=True)
    except CancelledError:
        return  # nobody has looked for long, as where a computer was asleep: it is drawn, or asked for, once more
    except NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    if job.name == Key.FULL and shown.errors:
        st.session_state[Key.NOTICE] = next(iter(shown.errors.values()))
        return
    st.session_state[job.name] = (job.token, shown)
    if job.name == Key.DONE and not shown.errors:
        st.session_state[Key.LAST_GOOD] = shown.shown


def _progress(job: Job) -> None:
    progress = job.drawing.progress()
    if not job.drawing.order.asked:
        text = T.TAKES_LONG.format(seconds=job.drawing.order.seconds)
    elif progress.seconds_left > 0:
        words = T.FULL_WORKING if job.name == Key.FULL else T.WORKING
        text = words.format(percent=progress.share, time=slow.in_words(progress.seconds_left))
    else:
        text = T.FINISHING
    st.progress(progress.share, text, width=230)
    st.button(T.CANCEL, key=Key.CANCEL, on_click=_cancelled)


def _cancelled() -> None:
    st.session_state[Key.ALLOWED] = False  # else it would begin again at once
    job: Job | None = st.session_state.get(Key.JOB)
    if job is not None and job.name == Key.DONE and not job.drawing.order.asked:
        # What is quick by its estimate does not wait to be asked for: it would begin again.
        good = st.session_state.get(Key.LAST_GOOD)
        st.session_state[Key.DONE] = (job.token, Look(good, {}, T.NOT_DRAWN, failed=True))
    _cancel()


def _asks(work: Workspace, found: Found) -> bool:
    """Whether a drawing waits for somebody's word."""
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == _token(work, found):
        return False
    try:
        return _cost(validate(work.draft), found.picture).asks
    except DraftErrors:
        return False


def _ask(work: Workspace, found: Found) -> None:
    st.button(T.RUN_ONCE, key=Key.RUN_SLOW, on_click=_run_once, args=(work, found), type="primary")
    st.toggle(T.RUN_ALWAYS, key=Key.ALWAYS, on_change=_allow, help=T.RUN_ALWAYS_HELP)


def _allow() -> None:
    # A key of its own: while something is drawn the toggle is not on the page, and its own key is forgotten.
    st.session_state[Key.ALLOWED] = st.session_state[Key.ALWAYS]


def _run_once(work: Workspace, found: Found) -> None:
    try:
        pipeline = validate(work.draft)
    except DraftErrors:
        return  # it is said at its field
    st.session_state.pop(Key.DONE, None)
    cost = _cost(pipeline, found.picture)
    _start(Key.DONE, _token(work, found), _request(work, found, pipeline), cost.milliseconds)


# Full size


def _run_full(work: Workspace, found: Found) -> None:
    try:
        pipeline = validate(work.draft)
        subject = pictures.subject(work.view, work.uploads, work.draft.targets, long_side=FULL)
    except DraftErrors:
        return  # it is said at its field
    except NoPicture as error:
        st.session_state[Key.NOTICE] = str(error)
        return
    height, width = found.picture.full_size
    scale = height * width / (found.picture.size[0] * found.picture.size[1])
    view = work.view
    request = Preview(subject, pipeline, view.seed, found.classes, view.focus, view.difference, FULL_SHOWN)
    _start(Key.FULL, _token(work, found), request, READING + _cost(pipeline, found.picture).milliseconds * scale)


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
