"""The state of the preview as a value, and the key of everything that it depends on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.pipeline import Pipeline
from explorer.draw import cards, preview
from explorer.draw.drawing import Drawing, DrawingError
from explorer.draw.limits import UNASKED_SECONDS
from explorer.draw.preview import Preview, Shown
from explorer.texts import Preview as T
from explorer.ui.background import endings
from explorer.ui.preview.sources import Found
from explorer.ui.session.keys import Key
from explorer.ui.session.workspace import Workspace

Errors = Mapping[tuple[str, str], str]
Token = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Look:
    """The state of the preview for a draft.

    Attributes:
        shown: The drawing of the draft, or the last valid one.
        errors: Errors of the draft, by node and parameter.
        notice: Why `shown` is not the drawing of the draft; "" if it is.
        drawing: The drawing that is still making the strip of steps.
        failed: Whether the draft has ended a worker.
    """

    shown: Shown | None
    errors: Errors = field(default_factory=dict)
    notice: str = ""
    drawing: Drawing[Shown] | None = None
    failed: bool = False

    def frame(self) -> bytes:
        """Return the picture, marked as stale if it is not that of the draft."""
        if self.shown is None:
            return b""
        return preview.stale(self.shown.frame, self.notice) if self.notice else self.shown.frame

    def strip(self) -> bytes:
        """Return the cards of the steps; they are drawn after the picture, while the browser paints it."""
        if self.shown is not None and self.shown.strip is not None:
            return cards.of_another(self.shown.strip) if self.notice else self.shown.strip
        if self.drawing is None or not self.drawing.wait(UNASKED_SECONDS) or self.drawing.error is not None:
            return b""  # the worker ended after the picture
        return self.drawing.result().strip or b""


def outcome(drawing: Drawing[Shown], pipeline: Pipeline, found: Found) -> Look:
    """Return the result of a drawing or its error as a look. Raises NoPicture, CancelledError."""
    good: Shown | None = st.session_state.get(Key.LAST_GOOD)
    try:
        return Look(drawing.result(), drawing=drawing)
    except AugmentError as error:
        return Look(good, {(error.node_id, ""): error.reason}, T.STALE)
    except DrawingError as error:
        words = endings.words(error, pipeline, found.picture.size)
        return Look(good, {(error.node_id, ""): words}, T.STALE, failed=True)


def token(work: Workspace, found: Found) -> Token:
    """Return a key of everything that a drawing depends on."""
    draft, view = work.draft, work.view
    what = draft.nodes, draft.targets, draft.streams
    return (*what, found.picture.id, view.seed, view.focus, view.difference, found.classes)


def request(work: Workspace, found: Found, pipeline: Pipeline) -> Preview:
    """Return the request that draws the current view."""
    view = work.view
    return Preview(found.subject, pipeline, view.seed, found.classes, view.focus, view.difference)
