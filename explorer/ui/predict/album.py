"""The images of a prediction as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.draw.predicted import PredictedPicture
from explorer.draw.recorded import LARGE, SMALL, Recorded
from explorer.runs.record.predictions import Predictions
from explorer.runs.spec.config import RunConfig
from explorer.ui.preview.wall import Picture


@dataclass(frozen=True, eq=False)
class Album:
    """The images of a prediction, by row."""

    found: Predictions
    config: RunConfig

    def small(self, index: int) -> PredictedPicture:
        """Return the request for a small picture."""
        return PredictedPicture(self._image(index), SMALL)

    def large(self, index: int) -> Sequence[Picture]:
        """Return the picture for the large view."""
        request = PredictedPicture(self._image(index), LARGE)
        return [Picture(f"large-{index}", "", request, request)]

    def name(self, index: int) -> str:
        """Return the name of an image."""
        return self.found.ids[index]

    def _image(self, index: int) -> str | Recorded:
        root, file = self.found.about.root, self.found.files[index]
        if root:
            return str(Path(root) / file)
        assert self.config.predict is not None
        dataset = self.config.predict.dataset or self.config.dataset
        return Recorded(dataset, self.config.predict.part, int(self.found.places[index]), file, "")
