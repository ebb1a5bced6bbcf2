"""From a draft and a picture to what the preview shows; where the draft is wrong, the last good picture stays."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial

import cv2
import numpy as np

from explorer.augment.apply import AugmentedSample, AugmentError
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, validate
from explorer.augment.trace import Trace, trace
from explorer.data.prepare import fit_square
from explorer.texts import Augment as T
from explorer.ui import as_trained, outlines, trace_cards
from explorer.ui.components import preview
from explorer.ui.components.preview import Caption, Classes, Encoded, Fate, Outline, Targets
from explorer.ui.history import History
from explorer.ui.pictures import Picture
from explorer.ui.view import View

Errors = Mapping[tuple[str, str], str]
OnStep = Callable[[int], None]
FULL_QUALITY = 95  # JPEG, of what is saved


@dataclass(eq=False)
class Shown:
    """One drawing: both sides encoded, the words beside them, and the strip of steps.

    outline: corners on the image before of what is shown after. fate: what became of each node with this seed.
    full: JPEG of the result at its own size, where what is shown is smaller.
    """

    before: Encoded
    after: Encoded
    captions: tuple[Caption, Caption]
    classes: Classes
    make_strip: Callable[[], bytes] | None
    remark: str = ""
    outline: Outline = None
    fate: Fate = preview.NO_FATE
    full: bytes | None = None

    @cached_property
    def strip(self) -> bytes:
        """What the strip of steps shows. Made when it is asked for: people wait for the large picture."""
        strip = self.make_strip() if self.make_strip is not None else b""
        self.make_strip = None  # it holds on to the pictures of all steps
        return strip

    def frame(self, notice: str = "") -> bytes:
        """What travels to the browser; a `notice` says why this is not the newest draft's picture."""
        return preview.frame(
            self.before,
            self.after,
            self.captions,
            self.classes,
            T.PREVIEW_WORDS,
            notice,
            self.remark,
            self.outline,
            self.fate,
        )


@dataclass(frozen=True, eq=False)
class Look:
    """What the preview shows for a draft: a drawing, what is wrong with the draft, and how old the drawing is."""

    shown: Shown | None
    errors: Errors = field(default_factory=dict)
    notice: str = ""


def look(history: History, picture: Picture, view: View, classes: Classes, last_good: Shown | None) -> Look:
    """Draw the present draft; where it is wrong, keep `last_good`, or after a reload the last draft that was right."""
    try:
        return Look(draw(validate(history.present), picture, view, classes))
    except DraftErrors as error:
        errors: Errors = error.errors
    except AugmentError as error:
        errors = {(error.node_id, ""): error.reason}
    return Look(last_good or last_valid(history.past, picture, view, classes), errors, T.STALE)


def last_valid(drafts: tuple[Draft, ...], picture: Picture, view: View, classes: Classes) -> Shown:
    """The drawing of the last draft that can be drawn, or of no steps at all."""
    for draft in reversed(drafts):
        try:
            return draw(validate(draft), picture, view, classes)
        except (DraftErrors, AugmentError):
            continue
    return draw(Pipeline(), picture, view, classes)


def draw(
    pipeline: Pipeline,
    picture: Picture,
    view: View,
    classes: Classes,
    on_step: OnStep | None = None,
    long_side: int | None = None,
) -> Shown:
    """Apply the pipeline to the picture and encode what the view asks for. Raises AugmentError.

    on_step: as in `trace`. long_side: at which size in px the two sides are shown; None: at their own.
    """
    begun = time.perf_counter()
    traced, result, refused = applied(pipeline, picture, view.seed, on_step)
    milliseconds = (time.perf_counter() - begun) * 1000
    trace_cards.remember(traced, pipeline)
    before, after, captions = _sides(traced, result, picture, view, milliseconds)
    compared = view.difference and picture.square is not None and not view.focus
    size = before.image.shape[:2]
    outline, around = (None, "") if compared else outlines.of(traced, view.focus, size, picture.square is not None)
    remark = _remark(result)
    if view.difference:
        after, captions, remark = _difference(before, after, captions, outline is not None)
    strip = partial(trace_cards.frame, traced, picture, view.focus, classes)
    shown = Shown(
        _encoded(before, picture) if long_side is None else preview.encode(_reduced(before, long_side)),
        preview.encode(after if long_side is None else _reduced(after, long_side)),
        captions,
        classes,
        strip,
        " ".join(filter(None, [refused, remark, around])),
        outline if long_side is None else outlines.scaled(outline, _scale(before, long_side)),
        Fate(view.seed, trace_cards.statuses(traced)),
        None if long_side is None else preview.as_jpeg(preview.as_shown(result.image), FULL_QUALITY),
    )
    if long_side is not None:
        _ = shown.strip  # now, in the background, and not when the page is drawn
    return shown


def _scale(side: Targets, long_side: int) -> float:
    return min(1.0, long_side / max(side.image.shape[:2]))


def _reduced(side: Targets, long_side: int) -> Targets:
    """A side at most `long_side` px, to be looked at."""
    height, width = side.image.shape[:2]
    scale = _scale(side, long_side)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    mask = None if side.mask is None else cv2.resize(side.mask, size, interpolation=cv2.INTER_NEAREST)
    factors = np.array([scale, scale, 1.0])
    return _Plain(
        image=cv2.resize(preview.as_shown(side.image), size, interpolation=cv2.INTER_AREA),
        mask=mask,
        bboxes=None if side.bboxes is None else side.bboxes * factors[[0, 0, 0, 0, 2]],
        keypoints=None if side.keypoints is None else side.keypoints * factors,
    )


@dataclass(frozen=True, eq=False)
class _Plain:
    """A picture that was made to be looked at."""

    image: np.ndarray
    mask: np.ndarray | None = None
    bboxes: np.ndarray | None = None
    keypoints: np.ndarray | None = None


Sides = tuple[Targets, Targets, tuple[Caption, Caption]]


def applied(
    pipeline: Pipeline, picture: Picture, seed: int, on_step: OnStep | None = None
) -> tuple[Trace, AugmentedSample, str]:
    """What each step does, the result that is shown, and why training refuses it ("" where it does not).

    The result is that of training where the picture is shown so. Raises AugmentError.
    """
    traced = trace(picture.sample, pipeline, seed, index=picture.index, on_step=on_step)
    if picture.square is None:
        return traced, traced.result, ""
    try:
        return traced, as_trained.of_trace(traced, pipeline, picture.square), ""
    except AugmentError as error:
        return traced, traced.result, T.REFUSED.format(reason=error)


def _sides(traced: Trace, result: AugmentedSample, picture: Picture, view: View, milliseconds: float) -> Sides:
    """Before and after of the step in focus, or of the whole pipeline."""
    entry = trace_cards.focused(traced, view.focus)
    if entry is not None and entry.before is not None and entry.after is not None:
        title = T.STEP_AFTER.format(title=entry.title)
        return _captioned(entry.before, entry.after, T.STEP_BEFORE.format(title=entry.title), title, entry.milliseconds)
    before = picture.sample
    if view.difference and picture.square is not None:  # only what lies in the same place can be compared
        before = fit_square(before, picture.square)
    return _captioned(before, result, T.BEFORE, T.AFTER, milliseconds)


def _captioned(before: Targets, after: Targets, first: str, second: str, milliseconds: float) -> Sides:
    detail = f"{_size(after)} · {T.MILLISECONDS.format(ms=milliseconds)}"
    return before, after, (Caption(first, _size(before)), Caption(second, detail))


def _size(side: Targets) -> str:
    return T.SIZE.format(width=side.image.shape[1], height=side.image.shape[0])


def _difference(
    before: Targets, after: Targets, captions: tuple[Caption, Caption], outlined: bool
) -> tuple[Targets, tuple[Caption, Caption], str]:
    """|after - before| for each channel, made brighter so that the largest difference is white.

    Where there is none, the result is shown instead, and the remark says so. outlined: whether an outline is shown.
    """
    first, second = preview.as_uint8(before.image), preview.as_uint8(after.image)
    if first.shape != second.shape:
        return after, captions, T.NO_DIFFERENCE_OUTLINED if outlined else T.NO_DIFFERENCE
    difference = cv2.absdiff(first, second)
    largest = int(difference.max())
    gain = 255 / largest if largest else 1.0
    words = T.DIFFERENCE_DETAIL.format(mean=float(difference.mean()), largest=largest, gain=gain)
    title = Caption(T.DIFFERENCE_OF.format(title=captions[1].title), T.GAIN.format(gain=gain))
    return _Plain(cv2.convertScaleAbs(difference, alpha=gain).reshape(difference.shape)), (captions[0], title), words


def _encoded(side: Targets, picture: Picture) -> Encoded:
    return _before(picture) if side is picture.sample else preview.encode(side)


@lru_cache(maxsize=16)
def _before(picture: Picture) -> Encoded:
    return preview.encode(picture.sample)


def _remark(result: AugmentedSample) -> str:
    if result.image.dtype == np.uint8:
        return ""
    low, high = float(result.image.min()), float(result.image.max())
    return T.FLOAT.format(dtype=result.image.dtype, low=low, high=high)
