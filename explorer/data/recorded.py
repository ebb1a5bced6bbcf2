"""Samples that a run has recorded by name, place and hash, found again in its data set."""

from collections.abc import Callable

from explorer.base.names import existing
from explorer.data.cache.contents import content_of
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.files import split_of
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.formats.spec import FileSpec
from explorer.data.roots import resolve_inside
from explorer.data.specs import DatasetSpec

_NO_RANGE = "The run has not recorded how values of more than 8 bits became pixels."


class OtherSample(DatasetError):
    """A sample that has changed since the run."""


class GoneSample(DatasetError):
    """A sample that was deleted since the run."""


class NoRange(DatasetError):
    """A run that has not recorded how values of more than 8 bits became pixels."""


def _open(spec: DatasetSpec) -> Dataset:
    return spec.open()


def find(
    spec: DatasetSpec,
    part: str,
    index: int,
    name: str,
    content: str,
    opened: Callable[[DatasetSpec], Dataset] = _open,
) -> tuple[Split, int]:
    """Return a split that holds the sample, and its place there.

    The file of a sample is found by its name, since a whole data set may have many files, and may be divided otherwise
    by now.

    Args:
        spec: The data set, with the range of values that the run has recorded.
        part: "train" or "val".
        index: The place in that split when the run began.
        name: The id of the sample.
        content: The recorded hash of its content in hexadecimal; "" where none was recorded.
        opened: Opens a data set that is no folder of files.

    Raises:
        OtherSample, GoneSample, NoRange: See there.
        OutsideRoots: Its file is outside of the folders that pages may read.
        ImageError, DatasetError: It cannot be read.
    """
    if isinstance(spec, MaskFolderSpec):
        if spec.depth == "auto":
            raise NoRange(_NO_RANGE)
        return find_masked(spec, index, name, content, opened)
    if isinstance(spec, FileSpec) and spec.has_files:
        split, place = _of_file(spec, part, name)
    else:
        split, place = _embedded(opened(spec.for_page()), part, index, name)
    if content and content_of(split, place).hex() != content:
        raise OtherSample(f"{name} has changed since the run.")
    return split, place


def find_masked(
    spec: DatasetSpec,
    index: int,
    name: str,
    content: str,
    opened: Callable[[DatasetSpec], Dataset] = _open,
) -> tuple[Split, int]:
    """Return the split of a data set with masks that holds a validation image of a run, and its place there.

    Which mask belongs to a file is known only to the whole data set. The arguments are those of `find`, which also says
    what is raised.
    """
    dataset = opened(spec.for_page())
    for split in (dataset.val, dataset.train, dataset.test):
        if split is None:
            continue
        place = index if index < len(split) and split.ids[index] == name else _place(split, name)
        if place is not None:
            if content and content_of(split, place).hex() != content:
                raise OtherSample(f"{name} has changed since the run.")
            return split, place
    raise GoneSample(f"{name} is no longer in the data set.")


def _place(split: Split, name: str) -> int | None:
    return split.ids.index(name) if name in split.ids else None


def _embedded(dataset: Dataset, part: str, index: int, name: str) -> tuple[Split, int]:
    split = dataset.val if part == "val" else dataset.train
    if index >= len(split) or split.ids[index] != name:
        raise OtherSample(f"{name} is no longer in the data set.")
    return split, index


def _of_file(spec: FileSpec, part: str, name: str) -> tuple[Split, int]:
    resolve_inside(str(spec.images.absolute()))
    file = existing(spec.images / name)
    resolve_inside(str(file.absolute()))
    if not file.is_file():
        raise GoneSample(f"{name} was deleted since the run.")
    if spec.depth == "auto":
        raise NoRange(_NO_RANGE)
    return split_of(part, [(file, 0)], spec.images, spec.depth), 0
