"""The outline on the image before of what the image after shows, and the words for it."""

import numpy as np

from explorer.augment.outline import BentError
from explorer.augment.trace import Trace
from explorer.ui import trace_cards
from explorer.ui.components.preview import Outline
from explorer.ui.texts import Augment as T

_EDGE = 1.0  # px; an outline that runs along the edge of the image is not drawn


def of(traced: Trace, focus: str, size: tuple[int, int]) -> tuple[Outline, str]:
    """The corners for the step in focus, or for the whole pipeline, and what has to be said about them.

    Args:
        traced: What each step did.
        focus: The id of a card, "" for the whole pipeline.
        size: Height and width in px of the image before.
    """
    entry = trace_cards.focused(traced, focus)
    try:
        corners = traced.outline(entry)
    except BentError as bent:
        return None, T.NO_OUTLINE.format(name=bent) if str(bent) else ""
    if corners is None or _is_frame(corners, size):
        return None, ""
    outside = (corners < -_EDGE).any() or (corners > np.array(size[::-1]) + _EDGE).any()
    return corners.round(2).tolist(), T.OUTLINE_OUTSIDE if outside else T.OUTLINE


def _is_frame(corners: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the outline is the whole image, turned or mirrored or not."""
    height, width = size
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    apart = np.abs(corners[:, None] - frame[None]).max(axis=2)
    return bool((apart.min(axis=0) <= _EDGE).all())


def scaled(outline: Outline, scale: float) -> Outline:
    """The outline on a copy of the image."""
    return None if outline is None else [[x * scale, y * scale] for x, y in outline]
