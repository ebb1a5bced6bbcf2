"""Part of a statistic, counted in a worker."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.augment.draws.counts import DrawCounts
from explorer.augment.draws.measure import measure
from explorer.augment.pipeline import Pipeline
from explorer.draw import sources
from explorer.draw.pictures import Subject
from explorer.draw.request import Request


@dataclass(frozen=True)
class Draws(Request[DrawCounts]):
    """The tally of the draws `start` to `stop` of `total`, with those that failed. Raises NoPicture."""

    subjects: tuple[Subject, ...]
    pipeline: Pipeline
    seed: int
    start: int
    stop: int
    total: int

    @property
    def draft_key(self) -> object:
        return ("draws", self.pipeline.key, self.subjects)

    def draw(self) -> Iterator[DrawCounts]:
        samples = [sources.load(subject).sample for subject in self.subjects]
        yield measure(samples, self.pipeline, self.seed, range(self.start, self.stop), self.total)
