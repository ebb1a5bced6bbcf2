"""From a draft and a picture to what the preview shows; where the draft is wrong, the last good picture stays."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from explorer.augment.apply import AugmentedSample, AugmentError, Drawn, augment
from explorer.augment.describe import describe
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, validate
from explorer.ui.components import preview
from explorer.ui.history import History
from explorer.ui.pictures import Picture
from explorer.ui.texts import Augment as T

Errors = Mapping[tuple[str, str], str]
_WORDS = {"opacity": T.OPACITY, "boxes": T.BOXES, "hold": T.HOLD, "drawn_nothing": T.DRAWN_NOTHING}


@dataclass(frozen=True)
class Shown:
    """One drawing: both sides encoded, and the words beside them."""

    before: preview.Encoded
    after: preview.Encoded
    captions: tuple[preview.Caption, preview.Caption]
    class_names: tuple[str, ...]
    drawn: tuple[preview.DrawnRow, ...]
    remark: str = ""

    def frame(self, notice: str = "") -> bytes:
        """What travels to the browser; a `notice` says why this is not the newest draft's picture."""
        return preview.frame(
            self.before, self.after, self.captions, self.class_names, _WORDS, self.drawn, notice, self.remark
        )


@dataclass(frozen=True)
class Look:
    """What the preview shows for a draft: a drawing, what is wrong with the draft, and how old the drawing is."""

    shown: Shown | None
    errors: Errors = field(default_factory=dict)
    notice: str = ""


def look(history: History, picture: Picture, seed: int, last_good: Shown | None) -> Look:
    """Draw the present draft; where it is wrong, keep `last_good`, or after a reload the last draft that was right."""
    try:
        return Look(draw(validate(history.present), picture, seed))
    except DraftErrors as error:
        errors: Errors = error.errors
    except AugmentError as error:
        errors = {(error.node_id, ""): error.reason}
    return Look(last_good or _last_valid(history.past, picture, seed), errors, T.STALE)


def _last_valid(drafts: tuple[Draft, ...], picture: Picture, seed: int) -> Shown | None:
    for draft in reversed(drafts):
        try:
            return draw(validate(draft), picture, seed)
        except (DraftErrors, AugmentError):
            continue
    return draw(Pipeline(), picture, seed)


def draw(pipeline: Pipeline, picture: Picture, seed: int) -> Shown:
    """Apply the pipeline to the picture with `seed` and encode both sides. Raises AugmentError."""
    begun = time.perf_counter()
    result = augment(picture.sample, pipeline, seed)
    milliseconds = (time.perf_counter() - begun) * 1000
    before = _before(picture)
    after = preview.encode(result)
    captions = (
        preview.Caption(T.BEFORE, _size(before)),
        preview.Caption(T.AFTER, f"{_size(after)} · {T.MILLISECONDS.format(ms=milliseconds)}"),
    )
    return Shown(before, after, captions, picture.class_names, _rows(result.drawn), _remark(result))


@lru_cache(maxsize=32)
def _before(picture: Picture) -> preview.Encoded:
    return preview.encode(picture.sample)


def _size(side: preview.Encoded) -> str:
    return T.SIZE.format(width=side.width, height=side.height)


def _rows(drawn: tuple[Drawn, ...]) -> tuple[preview.DrawnRow, ...]:
    return tuple(
        preview.DrawnRow(step.transform, ", ".join(f"{name} {value}" for name, value in describe(step.params).items()))
        for step in drawn
    )


def _remark(result: AugmentedSample) -> str:
    if result.image.dtype == np.uint8:
        return ""
    low, high = float(result.image.min()), float(result.image.max())
    return T.FLOAT.format(dtype=result.image.dtype, low=low, high=high)
