"""Which epoch of a run is its best: the one whose weights are in best.ckpt."""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

from explorer.runs import outcome
from explorer.runs.config import RunConfig
from explorer.runs.paths import RunPaths
from explorer.runs.view import EpochPoint

Derived = TypeVar("Derived")


def best_point(
    paths: RunPaths, config: RunConfig | None, points: Sequence[EpochPoint[Derived]]
) -> EpochPoint[Derived] | None:
    """The best of the validated epochs so far.

    A run that is over has said which epoch it kept. Until then, and where it could not say so, the epoch is found as
    the trainer finds it: by the monitor, and among equal values by the validation loss.

    Args:
        paths: the run.
        config: what it was asked to do; None where that cannot be read, which is taken for the default monitor.
        points: its validated epochs, ascending.

    Returns:
        One of `points`; None where there is none.
    """
    ended = outcome.read(paths)
    said = ended.best.get("epoch") if ended else None
    kept = next((point for point in points if point.epoch == said), None)
    monitor = config.monitor if config else "auroc"
    return kept or max(points, key=lambda point: _rank(point, monitor), default=None)


def _rank(point: EpochPoint[Any], monitor: str) -> tuple[float, float]:
    loss = -point.val_loss if math.isfinite(point.val_loss) else -math.inf
    value = loss if monitor == "val_loss" else float(getattr(point, monitor))
    return (value if math.isfinite(value) else -math.inf, loss)
