"""Which validation images a data set has today, for runs that have not listed theirs."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.data.fit import square
from explorer.data.formats.spec import FileSpec
from explorer.data.roots import resolve_inside
from explorer.data.specs import DatasetSpec
from explorer.draw import training
from explorer.draw.drawing import Request


@dataclass(frozen=True)
class Listed:
    """The validation images that a data set has today: N ids and classes, and the hash of the list."""

    ids: tuple[str, ...]
    labels: tuple[int, ...]
    reading: str
    listing: str


@dataclass(frozen=True)
class ListValidation(Request[Listed]):
    """The validation images of a data set whose squares have `image_size` px. Raises DatasetError.

    Its folder has to be one that pages may read.
    """

    spec: DatasetSpec
    image_size: int

    def draw(self) -> Iterator[Listed]:
        spec = self.spec
        if isinstance(spec, FileSpec):
            resolve_inside(str(spec.images))
            spec = spec.model_copy(update={"links": "inside"})  # a run of the command line may follow any
        split = training.opened(spec).val
        yield Listed(
            tuple(map(str, split.ids)),
            tuple(map(int, split.labels)),
            split.reading,
            split.listing(square(self.image_size)),
        )
