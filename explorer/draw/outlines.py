"""The outline on the image before of what the image after shows, and the words for it."""

import cv2
import numpy as np

from explorer.augment.outline import BentError
from explorer.augment.trace import Trace
from explorer.draw import cards
from explorer.texts import Preview as T

Outline = list[list[float]] | None
_EDGE = 1.0  # px; an outline that runs along the edge of the image is not drawn


def of(traced: Trace, focus: str, size: tuple[int, int], squared: bool = False) -> tuple[Outline, str]:
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
        corners = _of_middle(_frame(size) if corners is None else corners, traced.result.image.shape[:2])
    if corners is None or _is_frame(corners, size):
        return None, ""
    outside = (corners < -_EDGE).any() or (corners > np.array(size[::-1]) + _EDGE).any()
    return corners.round(2).tolist(), T.OUTLINE_OUTSIDE if outside else T.OUTLINE


def _is_frame(corners: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the outline is the whole image, turned or mirrored or not."""
    apart = np.abs(corners[:, None] - _frame(size)[None]).max(axis=2)
    return bool((apart.min(axis=0) <= _EDGE).all())


def _frame(size: tuple[int, int]) -> np.ndarray:
    height, width = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], float)


def _of_middle(corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The outline of the middle square of a result, from the outline of all of it. size: of the result."""
    height, width = size
    side = min(height, width)
    corner = ((width - side) / 2, (height - side) / 2)
    before = cv2.getPerspectiveTransform(_frame(size).astype(np.float32), corners.astype(np.float32))
    middle: np.ndarray = cv2.perspectiveTransform((_frame((side, side)) + corner)[None], before)[0]
    return middle


def scaled(outline: Outline, scale: float) -> Outline:
    """The outline on a copy of the image."""
    return None if outline is None else [[x * scale, y * scale] for x, y in outline]
