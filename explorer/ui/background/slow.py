"""Which steps are too slow to be drawn at every change, and how long a whole pipeline takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.probability import effective
from explorer.augment.size_rules import Size
from explorer.augment.sizes import step_sizes
from explorer.texts import Preview as T

LIMIT = 300.0  # milliseconds of one step, and
TOTAL_LIMIT = 700.0  # of all together: beyond, a change is not live any more


@dataclass(frozen=True)
class Cost:
    """slow: name and milliseconds of each step that is slow by itself, the slowest first. milliseconds: of all steps
    that can fire, each counted as often as it does.
    """

    slow: Mapping[str, float]
    milliseconds: float

    @property
    def asks(self) -> bool:
        """Whether somebody should be asked before it is drawn."""
        return bool(self.slow) or self.milliseconds > TOTAL_LIMIT


def cost(pipeline: Pipeline, size: Size) -> Cost:
    """What drawing an image of that size takes, as far as it is known beforehand.

    Each step is reckoned on the largest image that the steps before it can make.
    """
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
    """How long a drawing takes, in words."""
    return T.SECONDS.format(seconds=seconds) if seconds < 100 else T.MINUTES.format(minutes=seconds / 60)
