"""A data set as Augment shows it: any sample by its part and place, each with what there is to note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.data.dataset import Dataset
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.images import decode
from explorer.data.mask_names import MaskNames
from explorer.data.roots import refuse_outside
from explorer.data.sample import Sample

Noted = tuple[Sample, tuple[str, ...]]  # a sample, and what is to be said about it


@dataclass(frozen=True, eq=False)
class Pictures:
    """An opened data set.

    Args:
        classes: names of labels and boxes from 0; () if unknown.
        sizes: how many samples each part has.
        load: part and index -> sample and notes; raises DatasetError, ImageError, SampleError.
        name: part and index -> the sample's name, with its class where it has one, without loading it.
        names: of the values of masks, where they come from a file.
        notes: about the whole set, in sentences.
    """

    classes: tuple[str, ...]
    sizes: Mapping[str, int]
    load: Callable[[str, int], Noted]
    name: Callable[[str, int], str]
    names: MaskNames = field(default_factory=MaskNames)
    notes: tuple[str, ...] = ()


def of_dataset(dataset: Dataset, as_picture: Callable[[Sample], Sample]) -> Pictures:
    """The pictures of an embedded data set. as_picture: changes a sample before it is shown."""
    parts = dict(zip(TRAIN_AND_VAL, (dataset.train, dataset.val), strict=True))

    def name(part: str, index: int) -> str:
        return f"{parts[part].ids[index]}, {dataset.classes[int(parts[part].labels[index])]}"

    return Pictures(
        dataset.classes,
        {part: len(split) for part, split in parts.items()},
        lambda part, index: (as_picture(parts[part].load(index)), ()),
        name,
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
        return Sample(decoded.pixels, label=int(split.labels[index]), id=name), decoded.notes

    return replace(of_dataset(dataset, lambda sample: sample), load=load)
