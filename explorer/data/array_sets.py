"""A data set of arrays: its labels, its division and the loading of its images."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import plain
from explorer.data.arrays import Arrays, as_rgb, each_of, read
from explorer.data.contents import NO_LABEL, Contents, LeftOut
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.division import PARTS, Given, divide
from explorer.data.files import BY_CHOICE, refuse_unusable
from explorer.data.formats.spec import FileSpec
from explorer.data.medmnist_names import names_of
from explorer.data.parts import TEST, TRAIN, VAL
from explorer.data.sample import Sample
from explorer.data.several_labels import MOST_CELLS, notes_of
from explorer.data.stored import ImageError

_MOST_CLASSES = 10_000
_NO_CLASS = "Its label is no whole number from 0."
_NO_LABELS = "One of its labels is neither 0 nor 1."


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. places: the part and the index in it of each sample."""

    file: Path
    ids: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    labels: NDArray[np.int64]

    def _stored(self, index: int) -> NDArray[np.uint8]:
        part, at = self.places[index]
        try:
            return np.asarray(read(self.file)[part].images[at], np.uint8)
        except (DatasetError, KeyError, IndexError) as error:
            raise ImageError(f"{self.ids[index]} is not in {self.file} any more. Start again.") from error

    def __call__(self, index: int) -> Sample:
        label = int(self.labels[index]) if self.labels.ndim == 1 else NO_LABEL
        return Sample(as_rgb(self._stored(index)), label=None if label < 0 else label, id=self.ids[index])

    def source(self, index: int) -> str:
        """The words that say what a sample is made of: a hash of its pixels."""
        pixels = self._stored(index)
        return f"array {pixels.shape} {hashlib.blake2b(pixels.tobytes(), digest_size=16).hexdigest()}"


@dataclass(frozen=True, eq=False)
class Listing:
    """All images of a file.

    Attributes:
        file: the file.
        classes: the names of the classes, or of the labels.
        ids, places, part: of N images.
        labels: (N,) classes, or (N, L), 0 or 1, where an image can have several of L labels; NO_LABEL where it is none.
        left_out: images without a usable label.
    """

    file: Path
    classes: tuple[str, ...]
    ids: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    labels: NDArray[np.int64]
    part: NDArray[np.int8]
    left_out: tuple[LeftOut, ...]

    def split(self, number: int, chosen: NDArray[np.int64], groups: NDArray[np.int64] | None) -> Split:
        """The split of some of the images. number: of its part."""
        ids = tuple(self.ids[at] for at in chosen)
        loader = _Loader(self.file, ids, tuple(self.places[at] for at in chosen), self.labels[chosen])
        found = Split(PARTS[number], self.labels[chosen], ids, loader, loader.source)
        return found if groups is None else replace(found, groups=groups[chosen])

    def all(self) -> Split:
        """All images as one split."""
        return self.split(TRAIN, np.arange(len(self.ids)), None)


def listed(spec: FileSpec) -> Listing:
    """List the images of a file. Raises DatasetError."""
    file = spec.root
    found = read(file)
    counts = {each_of(arrays.labels.shape) for arrays in found.values()}
    if len(counts) > 1:
        words = " and ".join(map(str, sorted(counts)))
        raise DatasetError(f"The parts of {file} have {words} labels for each image. Save all with the same labels.")
    labels = np.concatenate([_labels(arrays) for arrays in found.values()])
    ids = tuple(f"{part}/{at}" for part, arrays in found.items() for at in range(len(arrays.images)))
    places = tuple((part, at) for part, arrays in found.items() for at in range(len(arrays.images)))
    part = np.repeat([PARTS.index(name) for name in found], [len(each.images) for each in found.values()])
    of_one = labels.ndim == 1
    count = int(labels.max(initial=-1)) + 1 if of_one else labels.shape[1]
    bad = tuple(LeftOut(ids[at], _NO_CLASS if of_one else _NO_LABELS) for at in np.flatnonzero(~_usable(labels)))
    sizes = tuple(len(found[name].images) if name in found else 0 for name in PARTS)
    known = names_of(plain(file.stem), sizes, count)
    classes = known or tuple(f"{'class' if of_one else 'label'} {number}" for number in range(count))
    return Listing(file, classes, ids, places, labels, part.astype(np.int8), bad)


def _labels(arrays: Arrays) -> NDArray[np.int64]:
    """(N,) classes, or (N, L) 0 or 1 for several labels; NO_LABEL where there is none."""
    several = each_of(arrays.labels.shape) > 1
    values = arrays.labels if several else arrays.labels.reshape(-1)
    if several and values.size > MOST_CELLS:
        raise DatasetError(f"There are {values.size:,} labels times images; at most {MOST_CELLS:,} can be used.")
    found = np.full(values.shape, NO_LABEL, np.int64)
    whole = np.isfinite(values) & (values == np.floor(values)) & (values >= 0)
    fits = whole & (values < (2 if several else _MOST_CLASSES))
    found[fits] = values[fits].astype(np.int64)
    return found


def _usable(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,) whether an image has a class, or says of each label whether it has it."""
    return np.asarray((labels != NO_LABEL) if labels.ndim == 1 else (labels != NO_LABEL).all(axis=1))


def opened(spec: FileSpec) -> Dataset:
    """The data set, with the parts that the file gives. Raises DatasetError."""
    found = listed(spec)
    _refuse_other(spec, found)
    left = refuse_unusable(spec, found.left_out)
    if len(found.classes) < 2:
        raise DatasetError(f"{found.file} has one class only. Training needs at least 2.")
    division, usable = _division(spec, found)

    def split(number: int) -> Split:
        return found.split(number, usable[division.of(number)], _wide(division.group, usable, len(found.ids)))

    test = split(TEST) if (division.part == TEST).any() else None
    notes = (*left, *division.notes, *_about(found))
    return Dataset(plain(found.file.stem), found.classes, split(TRAIN), split(VAL), notes, test=test)


def _refuse_other(spec: FileSpec, found: Listing) -> None:
    """Raise DatasetError where the file has several labels for an image and the spec expects one, or the opposite."""
    if found.labels.ndim == 2 and spec.task != "labels":
        raise DatasetError(
            f"{found.file} has {len(found.classes)} labels for each image, and one is expected. Choose several labels "
            'on the Train page, or "several": "columns" in a config.'
        )
    if found.labels.ndim == 1 and spec.task == "labels":
        raise DatasetError(
            f"{found.file} has one label for each image, and several are expected. Choose one label on the Train page, "
            'or "several": "no" in a config.'
        )


def _division(spec: FileSpec, found: Listing) -> tuple[Any, NDArray[np.int64]]:
    """How the images with labels are divided, and their indices."""
    usable = np.flatnonzero(_usable(found.labels))
    part = found.part[usable]
    given = Given(part if (part != TRAIN).any() else None)
    return divide(spec, [found.ids[at] for at in usable], found.labels[usable], found.classes, given), usable


def _wide(group: NDArray[np.int64] | None, usable: NDArray[np.int64], size: int) -> NDArray[np.int64] | None:
    if group is None:
        return None
    wide = np.full(size, -1, np.int64)
    wide[usable] = group
    return wide


def _about(found: Listing) -> list[str]:
    shape = read(found.file)["train"].images.shape
    gray = ["Its images are grayscale: the three channels are the same."] if len(shape) == 3 or shape[3] == 1 else []
    if found.classes[:1] not in (("class 0",), ("label 0",)):
        named = "The classes are called as MedMNIST calls those of a file of this name with so many images."
    else:
        what = "classes" if found.labels.ndim == 1 else "labels"
        named = f"The file has no names of {what}: they are called by their number."
    several = notes_of(found.labels[_usable(found.labels)]) if found.labels.ndim == 2 else []
    return [*gray, *several, *([named] if found.classes else [])]


def contents_of(spec: FileSpec) -> Contents:
    """What the file holds, also what cannot be trained on. Raises DatasetError."""
    found = listed(spec)
    everything = found.all()
    division, usable = _division(spec, found)
    part, used = division.part[division.part >= 0], usable[division.part >= 0]
    by_choice = [LeftOut(found.ids[at], BY_CHOICE) for at in usable[division.part < 0]]
    labels = found.labels[used]
    held = {name for number, name in enumerate(PARTS) if number < TEST or (part == number).any()}

    def source(index: int) -> str:
        return str(everything.source(int(used[index])))

    return Contents(
        plain(found.file.stem),
        found.classes,
        tuple(name for name in PARTS if name in held),
        [found.ids[at] for at in used],
        source,
        part,
        labels.astype(np.int32) if labels.ndim == 1 else np.full(len(used), NO_LABEL, np.int32),
        left_out=(*found.left_out, *by_choice),
        notes=(*division.notes, *_about(found)),
        pixels=lambda index: everything.load(int(used[index])).image,
        several=labels.astype(np.int8) if labels.ndim == 2 else None,
    )


def parts_of(contents: Contents) -> Mapping[str, NDArray[np.int64]]:
    """The indices of the images of each part that has some."""
    found = {name: np.flatnonzero(contents.part == number) for number, name in enumerate(contents.parts)}
    return {name: places for name, places in found.items() if len(places)}
