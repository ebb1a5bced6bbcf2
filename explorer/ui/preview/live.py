"""The preview of the draft as it changes: drawn at once if that is quick, otherwise by `rendering`."""

from dataclasses import replace
from itertools import islice

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Draft, Pipeline, Step, checked, walk
from explorer.draw.drawing import CancelledError, Drawing, DrawingError
from explorer.draw.limits import UNASKED_SECONDS
from explorer.draw.pictures import NoPicture, Picture
from explorer.draw.preview import Preview, Shown
from explorer.texts import Preview as T
from explorer.ui.background import asking, slow, step_cautions
from explorer.ui.background.slow import Cost
from explorer.ui.preview import looks, rendering
from explorer.ui.preview.looks import Look, Token
from explorer.ui.preview.rendering import Job
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.workspace import Workspace

PATIENCE = 0.8  # seconds that the page waits for a picture


def look(work: Workspace, found: Found) -> Look:
    """Return what the preview shows now."""
    rendering.collect(found)
    full = st.session_state.get(Key.FULL)
    token = looks.token(work, found)
    if full is not None and full[0] == token:
        return Look(full[1].shown)
    st.session_state.pop(Key.FULL, None)
    if work.pipeline is None:
        return Look(_last_good(work, found), work.errors, T.STALE)
    done = st.session_state.get(Key.DONE)
    if done is not None and done[0] == token:
        known: Look = done[1]
        return known
    cost = slow.cost(work.pipeline, found.picture.size)
    if cost.asks:
        job = rendering.job()
        if st.session_state.get(Key.ALLOWED) and (job is None or job.token != token):
            rendering.run_once(work, found)
        return Look(_last_good(work, found), {}, _words(cost, work.pipeline, found.picture))
    return _drawn(work, found, token, work.pipeline)


def ahead() -> None:
    """Start to draw a draft that has just changed, before the page reaches the preview."""
    found: Found | None = st.session_state.get(Key.FOUND)
    if found is None or Key.LOOK not in st.session_state:  # another page shows the form without the preview
        return
    work = workspace.current()
    pipeline = work.pipeline
    if pipeline is not None and not slow.cost(pipeline, found.picture.size).asks:
        st.session_state[Key.AHEAD] = looks.token(work, found), _submitted(work, found, pipeline)


def settle(shown: Look) -> None:
    """Keep a finished strip with its picture, and record how long each step took."""
    drawing = shown.drawing
    if drawing is None or not drawing.done or drawing.error is not None:
        return
    complete = drawing.result()
    st.session_state[Key.LAST_GOOD] = complete
    done = st.session_state.get(Key.DONE)
    if done is not None and done[1] is shown:
        st.session_state[Key.DONE] = (done[0], Look(complete))  # without the drawing: the times are recorded once
    request = drawing.request
    if isinstance(request, Preview):
        steps = {node.id: node for node, _ in walk(request.pipeline.nodes) if isinstance(node, Step)}
        for node_id, (height, width), milliseconds in complete.times:
            if node_id in steps:
                OBSERVED.note(steps[node_id].transform, steps[node_id].params, (height, width), milliseconds)


def _drawn(work: Workspace, found: Found, token: Token, pipeline: Pipeline) -> Look:
    """Return the picture of a draft that should be quick, or a notice if it is not."""
    job = rendering.job()
    if job is None or job.token != token:
        begun = st.session_state.pop(Key.AHEAD, None)
        drawing = begun[1] if begun is not None and begun[0] == token else _submitted(work, found, pipeline)
        job = Job(Key.DONE, token, pipeline, drawing)
        rendering.cancel()
        if drawing.wait_at_work(PATIENCE, parts=1):
            return _finished(job, work, found)
        st.session_state[Key.JOB] = job
    return _late(job, work, found)


def _submitted(work: Workspace, found: Found, pipeline: Pipeline) -> Drawing[Shown]:
    return asking.submit(looks.request(work, found, pipeline), rendering.CHANNEL)


def _late(job: Job, work: Workspace, found: Found) -> Look:
    return Look(_last_good(work, found), {}, T.TAKES_LONG.format(seconds=job.drawing.order.seconds))


def _finished(job: Job, work: Workspace, found: Found) -> Look:
    try:
        result = looks.outcome(job.drawing, job.pipeline, found)
    except NoPicture as error:
        result = Look(None, {("", ""): str(error)}, T.STALE)
    except CancelledError:  # its worker was killed, and another one draws it again
        st.session_state[Key.JOB] = job
        return _late(job, work, found)
    if result.errors:
        return replace(result, shown=_last_good(work, found))
    st.session_state[Key.LAST_GOOD] = result.shown
    # Kept, so that a click that changes nothing in the picture does not wait for it: a late answer loses the click.
    st.session_state[Key.DONE] = (job.token, result)
    return result


def _last_good(work: Workspace, found: Found) -> Shown | None:
    """Return the last valid picture; after a reload, that of the newest draft that can be drawn, or of no steps."""
    known: Shown | None = st.session_state.get(Key.LAST_GOOD)
    if known is not None:
        return known
    for draft in (*reversed(work.history.past), Draft(targets=work.draft.targets)):
        pipeline = checked(draft).pipeline
        if pipeline is None or slow.cost(pipeline, found.picture.size).asks:
            continue
        try:
            drawing = asking.submit(looks.request(work, found, pipeline))
            if drawing.wait(UNASKED_SECONDS):
                shown = drawing.result()
                st.session_state[Key.LAST_GOOD] = shown
                return shown
        except (AugmentError, DrawingError, NoPicture):
            continue
    return None


def _words(cost: Cost, pipeline: Pipeline, picture: Picture) -> str:
    """Return which steps are slow, and the first warning about a value that does not suit the picture."""
    steps = [T.SLOW_STEP.format(name=name, time=slow.in_words(ms / 1000)) for name, ms in list(cost.slow.items())[:3]]
    said = T.SLOW.format(steps=", ".join(steps) or T.SLOW_ALL.format(time=slow.in_words(cost.milliseconds / 1000)))
    return " ".join([said, *islice(step_cautions.of_pipeline(pipeline, picture.size), 1)])
