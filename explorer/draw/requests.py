"""Everything that a worker can be asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.augment import firing
from explorer.augment.draws.counts import DrawCounts
from explorer.augment.draws.measure import measure
from explorer.augment.pipeline import Pipeline
from explorer.draw import sources
from explorer.draw.batch import FirstBatch, Trial
from explorer.draw.cells import Both, Cell
from explorer.draw.data_images import DataPicture, MeasureFew
from explorer.draw.data_pairs import PairPicture
from explorer.draw.drawing import Request
from explorer.draw.listing import ListValidation
from explorer.draw.mask_lesson import TurnedMask
from explorer.draw.mask_views import OneClassViews
from explorer.draw.masked import MaskedInput, MaskThumbnail
from explorer.draw.pictures import Subject
from explorer.draw.predicted import PredictedPicture
from explorer.draw.presets import PresetPicture
from explorer.draw.preview import Preview
from explorer.draw.recorded import NetworkInput, RecordedPicture
from explorer.draw.sources import Describe
from explorer.draw.training_images import ListTraining, TrainingInput
from explorer.draw.uploads import Checked, ColorsOf, KeepReference, MaskOf, Recolored, ReferencePicture

__all__ = [
    "Both", "Cell", "Checked", "ColorsOf", "DataPicture", "Describe", "Draws", "FirstBatch", "KeepReference",
    "ListTraining", "ListValidation", "MaskOf", "MaskThumbnail", "MaskedInput", "MeasureFew", "NetworkInput",
    "OneClassViews", "PairPicture", "PredictedPicture", "PresetPicture", "Preview", "Recolored", "RecordedPicture",
    "ReferencePicture", "SeedFor", "TrainingInput", "Trial", "TurnedMask",
]  # fmt: skip


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


@dataclass(frozen=True)
class Draws(Request[DrawCounts]):
    """The counts of the draws `start` to `stop` of `total`, with those that failed. Raises NoPicture."""

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
