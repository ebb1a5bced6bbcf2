"""The search for seeds with which steps fire."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.augment import firing
from explorer.augment.pipeline import Pipeline
from explorer.draw import sources
from explorer.draw.pictures import Subject
from explorer.draw.request import Request


@dataclass(frozen=True)
class SeedFor(Request[firing.Search]):
    """The first of `seeds` with which a step fires; without a step, the one with which most fire. Raises NoPicture.

    The search ends after `seconds`.
    """

    subject: Subject
    pipeline: Pipeline
    seeds: tuple[int, ...]
    seconds: float
    node_id: str | None = None

    @property
    def draft_key(self) -> object:
        return ("draft", self.pipeline.key, self.subject.source, self.subject.long_side)

    def draw(self) -> Iterator[firing.Search]:
        loaded = sources.load(self.subject)
        sample, index = loaded.sample, loaded.picture.index
        if self.node_id is None:
            yield firing.fullest(sample, self.pipeline, self.seeds, index, self.seconds)
        else:
            yield firing.first(sample, self.pipeline, self.node_id, self.seeds, index, self.seconds)
