"""The cells of the laboratory: what each shows, and the request that draws it."""

from dataclasses import dataclass

from explorer.augment.pipeline import Pipeline
from explorer.draw.cells import LARGE, SIDE, Cell, Drawn
from explorer.draw.encoding import Classes
from explorer.draw.pictures import Picture, Subject
from explorer.ui.background import slow
from explorer.ui.lab.fills import Task

__all__ = ["LARGE", "SIDE", "Drawn", "Spec", "failed"]


@dataclass(frozen=True)
class Spec:
    """What a cell shows: a pipeline on a picture with a seed, `side` px large; targets: whether they are laid over."""

    subject: Subject
    picture: Picture
    pipeline: Pipeline
    seed: int
    classes: Classes
    side: int = SIDE
    targets: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """All that its drawing depends on."""
        return ("cell", self.picture.id, self.pipeline.key, self.seed, self.classes, self.side, self.targets)

    @property
    def milliseconds(self) -> float:
        """What it is expected to take."""
        return slow.cost(self.pipeline, self.picture.size).milliseconds + 3.0

    @property
    def request(self) -> Cell:
        """What a worker is asked for."""
        return Cell(self.subject, self.pipeline, self.seed, self.classes, self.side, self.targets)

    def task(self) -> Task:
        """Its drawing, as one of many."""
        return Task(self.key, self.milliseconds, self.request, failed)


def failed(reason: str) -> Drawn:
    """What stands in the place of a cell that cannot be drawn."""
    return Drawn(None, message=reason)
