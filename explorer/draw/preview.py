"""The preview of a pipeline on a picture, as `preview.js` reads it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from explorer.augment.apply import AugmentedSample, AugmentError
from explorer.augment.outline import BentError
from explorer.augment.pipeline import Pipeline
from explorer.augment.trace import Trace, trace
from explorer.data.sample import Sample
from explorer.draw import cards, frames, sources, training
from explorer.draw.drawing import Request
from explorer.draw.encoding import Classes, Encoded, Plain, Targets, as_jpeg, as_shown, as_uint8, encode, reduced, scale
from explorer.draw.pictures import Picture, Subject
from explorer.draw.sources import Loaded
from explorer.texts import Preview as T

FULL_QUALITY = 95  # JPEG, of what is saved
MOST_SHOWN = 16_384  # px; browsers paint no larger image
MOST_JPEG = 65_500  # px; a JPEG has no longer side


@dataclass(frozen=True)
class Caption:
    title: str
    detail: str


@dataclass(frozen=True, eq=False)
class Shown:
    """A preview, ready for the browser.

    Attributes:
        frame: Both sides, with the words beside them.
        strip: The cards of the steps, None if they are not drawn yet.
        full: JPEG of the result at its own size, if it is shown smaller.
        times: See `cards.times`.
    """

    frame: bytes = b""
    strip: bytes | None = None
    full: bytes | None = None
    times: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Preview(Request[Shown]):
    """A pipeline on a picture, with what each step did. Raises AugmentError, NoPicture.

    Attributes:
        focus: Card of the step that is shown large, "" for the whole pipeline.
        difference: Whether the difference is shown instead of the result.
        shown_side: Size in px at which the two sides are shown, None for their own.
    """

    subject: Subject
    pipeline: Pipeline
    seed: int
    classes: Classes
    focus: str = ""
    difference: bool = False
    shown_side: int | None = None

    @property
    def draft_key(self) -> object:
        return ("draft", self.pipeline.key, self.subject.source, self.subject.long_side)

    def draw(self) -> Iterator[Shown]:
        loaded = sources.load(self.subject)
        drawn = applied(self.pipeline, loaded, self.seed)
        yield Shown(_frame(self, loaded, drawn), full=_full(self, drawn.result))
        strip = cards.frame(drawn.traced, loaded.sample, self.focus, self.classes)
        yield Shown(strip=strip, times=cards.times(drawn.traced))

    def read(self, parts: list[Any]) -> Shown:
        picture, *further = map(self.checked, parts)
        return picture if not further else replace(picture, strip=further[0].strip, times=further[0].times)


@dataclass(frozen=True, eq=False)
class Applied:
    """What a pipeline did, the result that is shown, and why training refuses it, "" if it does not."""

    traced: Trace
    result: AugmentedSample
    refused: str
    milliseconds: float


def applied(pipeline: Pipeline, loaded: Loaded, seed: int) -> Applied:
    """Apply a pipeline; a picture that is shown as in training gets training's result. Raises AugmentError."""
    picture, begun = loaded.picture, time.perf_counter()
    traced = trace(loaded.sample, pipeline, seed, index=picture.index)
    result, refused = traced.result, ""
    if picture.square is not None:
        try:
            result = training.of_trace(traced, pipeline, picture.square, whole=picture.whole)
        except AugmentError as error:
            refused = T.REFUSED.format(reason=error)
    return Applied(traced, result, refused, (time.perf_counter() - begun) * 1000)


def _frame(asked: Preview, loaded: Loaded, drawn: Applied) -> bytes:
    picture, traced, result = loaded.picture, drawn.traced, drawn.result
    before, after, captions = _sides(asked, loaded, drawn)
    compared = asked.difference and picture.square is not None and not asked.focus
    size = before.image.shape[:2]
    middle = picture.square is not None and not picture.whole
    outline, around = (None, "") if compared else outline_of(traced, asked.focus, size, middle)
    remark = _remark(result)
    if asked.difference:
        after, captions, remark = _difference(before, after, captions, outline is not None)
    side = asked.shown_side or _too_large(before, after)
    if side is not None and asked.shown_side is None:
        remark = " ".join(filter(None, [T.SHOWN_SMALLER.format(side=side), remark]))
    return frames.pack(
        {
            "before": _encoded(reduced(before, side), loaded),
            "after": encode(reduced(after, side)),
            "captions": {"before": captions[0], "after": captions[1]},
            "colors": asked.classes.colors,
            "names": asked.classes.names,
            "first": asked.classes.first,
            "outline": _scaled(outline, scale(before, side)),
            "seed": asked.seed,
            "statuses": cards.statuses(traced),
            "words": T.PREVIEW_WORDS,
            "remark": " ".join(filter(None, [drawn.refused, remark, around])),
            "notice": "",
            "stale": False,
        }
    )


def stale(frame: bytes, notice: str) -> bytes:
    """The frame of the last good drawing, marked as such with the reason why there is no newer one."""
    return frames.with_words(frame, notice=notice, stale=True, statuses={})


def _too_large(*sides: Targets) -> int | None:
    """The size in px to show both at if one is larger than a browser can show, else None."""
    return MOST_SHOWN if max(max(side.image.shape[:2]) for side in sides) > MOST_SHOWN else None


def _full(asked: Preview, result: AugmentedSample) -> bytes | None:
    if asked.shown_side is None or max(result.image.shape[:2]) > MOST_JPEG:
        return None
    return as_jpeg(as_shown(result.image), FULL_QUALITY)


Sides = tuple[Targets, Targets, tuple[Caption, Caption]]


def _sides(asked: Preview, loaded: Loaded, drawn: Applied) -> Sides:
    """Before and after of the step in focus, or of the whole pipeline."""
    entry = cards.focused(drawn.traced, asked.focus)
    if entry is not None and entry.before is not None and entry.after is not None:
        title = T.STEP_AFTER.format(title=entry.title)
        return _captioned(entry.before, entry.after, T.STEP_BEFORE.format(title=entry.title), title, entry.milliseconds)
    before = loaded.sample
    if asked.difference and loaded.picture.square is not None:  # pixels are compared in the same place
        before = training.unaugmented(before, loaded.picture.square, whole=loaded.picture.whole)
    return _captioned(before, drawn.result, T.BEFORE, T.AFTER, drawn.milliseconds)


def _captioned(before: Targets, after: Targets, first: str, second: str, milliseconds: float) -> Sides:
    detail = f"{cards.size(after)} · {T.MILLISECONDS.format(ms=milliseconds)}"
    return before, after, (Caption(first, cards.size(before)), Caption(second, detail))


def _difference(
    before: Targets, after: Targets, captions: tuple[Caption, Caption], outlined: bool
) -> tuple[Targets, tuple[Caption, Caption], str]:
    """|after - before| for each channel, so bright that the largest difference is white, its captions and a remark.

    If it cannot be computed, the result is shown instead and the remark says so, and whether it is `outlined`.
    """
    first, second = as_uint8(before.image), as_uint8(after.image)
    if first.shape != second.shape:
        return after, captions, T.NO_DIFFERENCE_OUTLINED if outlined else T.NO_DIFFERENCE
    difference = cv2.absdiff(first, second)
    largest = int(difference.max())
    gain = 255 / largest if largest else 1.0
    words = T.DIFFERENCE_DETAIL.format(mean=float(difference.mean()), largest=largest, gain=gain)
    title = Caption(T.DIFFERENCE_OF.format(title=captions[1].title), T.GAIN.format(gain=gain))
    return Plain(cv2.convertScaleAbs(difference, alpha=gain).reshape(difference.shape)), (captions[0], title), words


def _encoded(side: Targets, loaded: Loaded) -> Encoded:
    return _before(loaded.picture, side) if side is loaded.sample else encode(side)


@lru_cache(maxsize=16)
def _before(picture: Picture, side: Sample) -> Encoded:  # noqa: ARG001 - by its id and its pixels
    return encode(side)


def _remark(result: AugmentedSample) -> str:
    if result.image.dtype == np.uint8:
        return ""
    low, high = float(result.image.min()), float(result.image.max())
    return T.FLOAT.format(dtype=result.image.dtype, low=low, high=high)


# The outline on the image before


Outline = list[list[float]] | None
_EDGE = 1.0  # px; an outline that runs along the edge of the image is not drawn


def outline_of(traced: Trace, focus: str, size: tuple[int, int], squared: bool = False) -> tuple[Outline, str]:
    """The corners for the step in focus or for the whole pipeline, and a remark about them.

    Args:
        traced: What each step did.
        focus: The id of a card, "" for the whole pipeline.
        size: Height and width in px of the image before.
        squared: Whether only the middle square of the pipeline's result is shown.
    """
    entry = cards.focused(traced, focus)
    try:
        corners = traced.outline(entry)
    except BentError as bent:
        return None, T.NO_OUTLINE.format(name=bent) if str(bent) else ""
    if squared and entry is None:
        corners = _of_middle(_edges(size) if corners is None else corners, traced.result.image.shape[:2])
    if corners is None or _is_frame(corners, size):
        return None, ""
    outside = (corners < -_EDGE).any() or (corners > np.array(size[::-1]) + _EDGE).any()
    return corners.round(2).tolist(), T.OUTLINE_OUTSIDE if outside else T.OUTLINE


def _is_frame(corners: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the outline is the whole image, turned or mirrored or not."""
    apart = np.abs(corners[:, None] - _edges(size)[None]).max(axis=2)
    return bool((apart.min(axis=0) <= _EDGE).all())


def _edges(size: tuple[int, int]) -> np.ndarray:
    height, width = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], float)


def _of_middle(corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The outline of the middle square of a result, from the outline of all of it. size: of the result."""
    height, width = size
    side = min(height, width)
    corner = ((width - side) / 2, (height - side) / 2)
    before = cv2.getPerspectiveTransform(_edges(size).astype(np.float32), corners.astype(np.float32))
    middle: np.ndarray = cv2.perspectiveTransform((_edges((side, side)) + corner)[None], before)[0]
    return middle


def _scaled(outline: Outline, scale: float) -> Outline:
    """The outline on a copy of the image."""
    return None if outline is None else [[x * scale, y * scale] for x, y in outline]
