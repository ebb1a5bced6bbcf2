"""A cell of the laboratory: what it shows, the request that draws it, and its place on the board."""

from dataclasses import dataclass
from typing import Any

from explorer.augment.pipeline import Pipeline
from explorer.draw.cells import LARGE, SIDE, Drawn
from explorer.draw.cells import Cell as Request
from explorer.draw.encoding import Classes
from explorer.draw.pictures import Picture, Subject
from explorer.texts import Preview
from explorer.ui.background import slow
from explorer.ui.background.fills import Task
from explorer.ui.components.grid import Cell

__all__ = ["LARGE", "SIDE", "Drawn", "Spec", "cell", "failed", "size"]


@dataclass(frozen=True)
class Spec:
    """A pipeline on a picture with a seed, `side` px large, with the targets overlaid or not."""

    subject: Subject
    picture: Picture
    pipeline: Pipeline
    seed: int
    classes: Classes
    side: int = SIDE
    targets: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that the drawing depends on."""
        return ("cell", self.picture.id, self.pipeline.key, self.seed, self.classes, self.side, self.targets)

    @property
    def milliseconds(self) -> float:
        """Expected time of the drawing."""
        return slow.cost(self.pipeline, self.picture.size).milliseconds + 3.0

    @property
    def request(self) -> Request:
        return Request(self.subject, self.pipeline, self.seed, self.classes, self.side, self.targets)

    def task(self) -> Task:
        return Task(self.key, self.milliseconds, self.request, failed)


def failed(reason: str) -> Drawn:
    """Return the substitute for a cell that cannot be drawn."""
    return Drawn(None, message=reason)


def cell(drawn: Drawn | None, *, id: str, title: str, alt: str, message: str = "", **more: Any) -> Cell:
    """Return the cell of the board for a drawing; None is a drawing that does not exist yet."""
    drawn = drawn or Drawn(None)
    return Cell(id=id, title=title, alt=alt, picture=drawn.picture, message=message or drawn.message, **more)


def size(drawn: Drawn | None) -> str:
    """Return width and height of the result in words; "" if there is no picture."""
    return Preview.SIZE.format(width=drawn.size[0], height=drawn.size[1]) if drawn and drawn.picture else ""
