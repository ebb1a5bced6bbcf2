"""A data set as Augment shows it: any sample by its part and index, with notes about how it was read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.data.dataset import Dataset, label_words
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.images import decode
from explorer.data.mask_names import MaskNames
from explorer.data.roots import refuse_outside
from explorer.data.sample import Sample

Noted = tuple[Sample, tuple[str, ...]]  # a sample and notes about it


@dataclass(frozen=True, eq=False)
class Pictures:
    """An opened data set.

    Attributes:
        classes: the names of labels and boxes from 0; () if unknown.
        sizes: how many samples each part has.
        load: gives the sample of a part at an index, with notes; raises DatasetError, ImageError, SampleError.
        name: gives the name of a sample, with its class where it has one, without loading it.
        names: the names of the values of masks, where they come from a file.
        notes: about the whole set, in sentences.
    """

    classes: tuple[str, ...]
    sizes: Mapping[str, int]
    load: Callable[[str, int], Noted]
    name: Callable[[str, int], str]
    names: MaskNames = field(default_factory=MaskNames)
    notes: tuple[str, ...] = ()


def of_dataset(dataset: Dataset) -> Pictures:
    """The pictures of an embedded data set."""
    parts = dict(zip(TRAIN_AND_VAL, (dataset.train, dataset.val), strict=True))
    return Pictures(
        dataset.classes,
        {part: len(split) for part, split in parts.items()},
        lambda part, index: (parts[part].load(index), ()),
        lambda part, index: f"{parts[part].ids[index]}, {label_words(dataset.classes, parts[part].labels, index)}",
        notes=dataset.notes,
    )


def of_files(dataset: Dataset, root: Path) -> Pictures:
    """The pictures of a data set of image files. Those outside of the folders that pages may read are refused."""
    parts = dict(zip(TRAIN_AND_VAL, (dataset.train, dataset.val), strict=True))

    def load(part: str, index: int) -> Noted:
        split = parts[part]
        name, file = split.ids[index], split.source(index)
        assert isinstance(file, Path)
        refuse_outside([file], root)
        decoded = decode(file, name, dataset.depth or "auto")
        return Sample(decoded.pixels, label=split.label_of(index), id=name), decoded.notes

    return replace(of_dataset(dataset), load=load)
