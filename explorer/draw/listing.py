"""Which validation images a data set has today, for runs that have not listed theirs."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.data.fit import square
from explorer.data.specs import DatasetSpec
from explorer.draw import training
from explorer.draw.drawing import Request


@dataclass(frozen=True, eq=False)
class Listed:
    """The validation images that a data set has today: N ids and classes, and the hash of the list."""

    ids: tuple[str, ...]
    labels: tuple[int, ...]
    reading: str
    listing: str


@dataclass(frozen=True)
class ListValidation(Request[Listed]):
    """The validation images of a data set whose squares have `image_size` px. Raises DatasetError.

    Its files have to be in folders that pages may read.
    """

    spec: DatasetSpec
    image_size: int

    def draw(self) -> Iterator[Listed]:
        split = training.opened(self.spec.for_page()).val
        yield Listed(
            tuple(map(str, split.ids)),
            tuple(map(int, split.labels)),
            split.reading,
            split.listing(square(self.image_size)),
        )
