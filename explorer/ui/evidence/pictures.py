"""A grid of a run's images with captions and pages, and one of them large beside what the network saw of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.cells import top_classes
from explorer.texts import RecordedImages as T
from explorer.ui.evidence.sources import Source, of_validation
from explorer.ui.preview.wall import ON_PAGE, PATIENCE, POLL_MS, Caption, Drawn, Refused, board, close, show

__all__ = [
    "ON_PAGE", "PATIENCE", "POLL_MS", "Caption", "Drawn", "Refused", "Source", "board", "close", "of_validation",
    "percent", "scores_text", "show",
]  # fmt: skip


def scores_text(classes: Sequence[str], logits: NDArray[np.float32], count: int = 3) -> str:
    """Return the most likely classes of (C,) logits with their probabilities in words."""
    parts = (T.SCORE.format(name=classes[place], share=percent(share)) for place, share in top_classes(logits, count))
    return " · ".join(parts)


def percent(share: float) -> str:
    """Return a probability in percent; one that is rounded to 100% without being 1 keeps its nines."""
    return f"{share:.1%}" if share < 0.9995 else ">99.9%"
