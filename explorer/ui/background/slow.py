"""Estimates how long a pipeline takes, and which steps are too slow to be drawn at every change."""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.augment.costs import OBSERVED
from explorer.augment.firing import effective
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.sizes import Size, step_sizes
from explorer.texts import Preview as T

LIMIT = 300.0  # milliseconds of one step
TOTAL_LIMIT = 700.0  # milliseconds of all steps together; beyond it the preview no longer feels live


@dataclass(frozen=True)
class Cost:
    """The estimated time of a pipeline.

    Attributes:
        slow: The milliseconds of each slow step by name, slowest first.
        milliseconds: The sum over all steps, each weighted by its probability.
    """

    slow: Mapping[str, float]
    milliseconds: float

    @property
    def asks(self) -> bool:
        """Whether the page asks before it draws."""
        return bool(self.slow) or self.milliseconds > TOTAL_LIMIT


def cost(pipeline: Pipeline, size: Size) -> Cost:
    """Estimate for an image of this size. Each step gets the largest image that the steps before it can produce."""
    chances, sizes = effective(pipeline.nodes), step_sizes(pipeline, size)
    slow: dict[str, float] = {}
    total = 0.0
    for node, _ in walk(pipeline.nodes):
        if isinstance(node, Step) and chances[node.id] > 0:
            milliseconds = OBSERVED.estimate(node.transform, node.params, sizes[node.id])
            total += chances[node.id] * milliseconds
            if milliseconds > LIMIT:
                slow[node.transform] = max(milliseconds, slow.get(node.transform, 0.0))
    return Cost(dict(sorted(slow.items(), key=lambda item: -item[1])), total)


def in_words(seconds: float) -> str:
    """A duration in seconds or minutes."""
    return T.SECONDS.format(seconds=seconds) if seconds < 100 else T.MINUTES.format(minutes=seconds / 60)
