"""Which epoch of a run is its best: the one whose weights are in best.ckpt."""

from collections.abc import Sequence

from explorer.metrics.table import HEADLINE, LOSS
from explorer.runs.overview.view import EpochPoint
from explorer.runs.record import outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.ranking import best_of


def best_point(paths: RunPaths, config: RunConfig | None, points: Sequence[EpochPoint]) -> EpochPoint | None:
    """The best of the validated epochs so far.

    A run that is over has said which epoch it kept. Until then, and where it could not say so, the epoch is found as
    the trainer finds it, by explorer.runs.spec.ranking.

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
    if kept is not None or not points:
        return kept
    monitor = config.monitor if config else HEADLINE
    epochs = [{metric: point.value(metric) for metric in (LOSS, monitor)} for point in points]
    return points[best_of(epochs, monitor, config.rules if config else 2)]
