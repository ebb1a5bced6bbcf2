"""Finding the best epoch of a run, whose weights are in best.ckpt."""

from collections.abc import Sequence

from explorer.metrics.table import HEADLINE, LOSS
from explorer.runs.overview.view import EpochPoint
from explorer.runs.record import outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.ranking import best_of


def best_point(paths: RunPaths, config: RunConfig | None, points: Sequence[EpochPoint]) -> EpochPoint | None:
    """Return the best of the validated epochs so far; None where there is none.

    The outcome of the latest attempt names the epoch that was kept. Without one, the epoch is found as the trainer
    finds it, by explorer.runs.spec.ranking.

    Args:
        paths: The run.
        config: None where it cannot be read; then the monitor is the default.
        points: Its validated epochs, ascending.
    """
    ended = outcome.of_latest(paths)
    said = ended.best.get("epoch") if ended else None
    kept = next((point for point in points if point.epoch == said), None)
    if kept is not None or not points:
        return kept
    monitor = config.monitor if config else HEADLINE
    epochs = [{metric: point.value(metric) for metric in (LOSS, monitor)} for point in points]
    return points[best_of(epochs, monitor, config.rules if config else 2)]
