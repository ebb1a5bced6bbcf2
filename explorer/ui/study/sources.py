"""The images of a study as pictures: each row of its scores is an image of one of the two parts of the data set."""

from collections import Counter
from dataclasses import dataclass

from explorer.draw.recorded import Recorded
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.spec.config import RunConfig
from explorer.texts import Study as T
from explorer.ui.evidence.sources import Source, with_recorded_range
from explorer.ui.preview.wall import Picture

_PART = "study"


@dataclass(frozen=True, eq=False)
class StudySource(Source):
    """The images of a study, by row."""

    images: StudyImages | None = None

    def recorded(self, index: int) -> Recorded:
        """Return an image as a worker finds it."""
        assert self.images is not None
        part, place = self.images.place(index)
        return Recorded(self.config.dataset, part, place, self.ids[index], self.hashes[index])

    def large(self, index: int) -> tuple[Picture, ...]:
        """Return the image in large, and what the network saw of it; of masks only the image, which it sees whole."""
        found = super().large(index)
        return found[:1] if self.config.task == "segmentation" else found

    def as_seen(self, size: str) -> str:
        """Return the words below what the heads judged: an image of either part of the data set, in no epoch."""
        return T.AS_JUDGED.format(size=size)


def source_of(paths: RunPaths, snapshot: RunSnapshot, config: RunConfig, images: StudyImages) -> StudySource:
    """Return the images of a study."""
    repeated = frozenset(name for name, count in Counter(images.ids).items() if count > 1)
    with_range = with_recorded_range(config, snapshot.start)
    return StudySource(paths, with_range, _PART, images.ids, images.hashes, repeated, images=images)
