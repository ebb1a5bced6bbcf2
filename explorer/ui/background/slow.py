"""Which steps are too slow to be drawn at every change, and how long a whole pipeline takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.probability import effective
from explorer.augment.size_rules import Size
from explorer.augment.sizes import step_sizes
from explorer.texts import Preview as T

LIMIT = 300.0  # milliseconds of one step
TOTAL_LIMIT = 700.0  # milliseconds of all steps together; beyond it the preview no longer feels live


@dataclass(frozen=True)
class Cost:
    """How long a pipeline takes.

    Attributes:
        slow: Milliseconds of each step that is slow by itself, by name, the slowest first.
        milliseconds: Of all steps, each weighted by how often it fires.
    """

    slow: Mapping[str, float]
    milliseconds: float

    @property
    def asks(self) -> bool:
        """Whether the page asks before it is drawn."""
        return bool(self.slow) or self.milliseconds > TOTAL_LIMIT


def cost(pipeline: Pipeline, size: Size) -> Cost:
    """An estimate for an image of that size. Each step gets the largest image that the steps before it can make."""
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
