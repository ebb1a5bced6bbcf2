"""Data sets of image files with labels: how they are divided and read, and the range of their values."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Split, stratified_split
from explorer.data.depth import Decided
from explorer.data.formats.spec import TRAIN_AND_VAL, FileSpec, Labelled
from explorer.data.images import decode
from explorer.data.inspection import Files, Looking, inspect
from explorer.data.listing import shown_in
from explorer.data.sample import Sample


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. root: the folder that names of samples are relative to."""

    root: Path
    files: Labelled
    depth: Decided

    def __call__(self, index: int) -> Sample:
        path, label = self.files[index]
        name = shown_in(self.root, path)
        return Sample(decode(path, name, self.depth).pixels, label=label, id=name)

    def source(self, index: int) -> Path:
        """The file of a sample."""
        return self.files[index][0]


def divided(files: Labelled, classes: tuple[str, ...], spec: FileSpec) -> tuple[Labelled, Labelled, list[str]]:
    """The files for training, those for validation, and notes about classes that are too small for both."""
    labels = np.array([label for _, label in files], np.int64)
    train, val = stratified_split(labels, spec.val_fraction, spec.seed)
    counts = np.bincount(labels, minlength=len(classes))
    alone = [name for name, count in zip(classes, counts, strict=True) if count == 1]
    notes = [f"{name} has one image only: it trains and is not validated." for name in alone]
    return [files[i] for i in train], [files[i] for i in val], notes


def opened(
    spec: FileSpec,
    name: str,
    classes: tuple[str, ...],
    parts: tuple[Labelled, Labelled],
    notes: Iterable[str],
    looking: Looking | None,
) -> Dataset:
    """The data set of listed files, with one range for all images with more than 8 bits.

    Where the time that `looking` allows is too short for all files, the range is that of those that were looked at, and
    a note says so.

    Args:
        spec: where the files are, and how their values are to be read.
        name: the name of the data set.
        classes: the names of the classes.
        parts: the files for training and for validation.
        notes: what was noticed while the files were listed.
        looking: how closely the files are looked at.
    """
    root = spec.images
    ids = [tuple(shown_in(root, path) for path, _ in part) for part in parts]
    listed = [
        (name, path)
        for names, part in zip(ids, parts, strict=True)
        for name, (path, _) in zip(names, part, strict=True)
    ]
    seen = inspect(listed, looking or Looking())
    depth = seen.range() if spec.depth == "auto" else spec.depth
    notes = [*notes, *seen.notes(depth)]
    if seen.left and spec.needs_range:
        notes.append(
            f"{len(seen.looks):,} of {seen.total:,} images were looked at in {seen.seconds:.0f} s. The others may hold "
            "larger values, and the range of values is then larger: a run looks at all of them when it starts."
        )
    train, val = (split_of(part, files, root, depth) for part, files in zip(TRAIN_AND_VAL, parts, strict=True))
    return Dataset(name, classes, train, val, tuple(notes), depth, seen)


def split_of(name: str, files: Labelled, root: Path, depth: Decided) -> Split:
    """A split of listed files.

    Args:
        name: "train" or "val".
        files: the files with their labels.
        root: the folder that their names are relative to.
        depth: how values of more than 8 bits become pixels.
    """
    loader = _Loader(root, files, depth)
    ids = tuple(shown_in(root, path) for path, _ in files)
    labels = np.array([label for _, label in files], np.int64)
    reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"
    return Split(name, labels, ids, loader, loader.source, reading)


def files_of(dataset: Dataset) -> Files:
    """All files that a data set reads, with the ids of their samples."""
    return [
        (split.ids[index], source)
        for split in (dataset.train, dataset.val)
        for index in range(len(split))
        if isinstance(source := split.source(index), Path)
    ]
