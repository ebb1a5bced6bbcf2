"""Data sets that appear in the folder that pages may read, whole from the first moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def data_set(home: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder to write a data set into, and move it to `home/data/name` at the end of the block.

    A page of the test before may still be looking for data sets, and what it finds is offered to all pages for some
    seconds. It would offer `train` as a data set of its own while `val` is not there yet.
    """
    made = home / "unfinished" / name
    made.mkdir(parents=True)
    yield made
    place = home / "data" / name
    place.parent.mkdir(exist_ok=True)
    made.rename(place)
