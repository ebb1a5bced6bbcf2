"""Data sets of image files with labels: how they are divided, read, and brought to one range of values."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from explorer.base.names import shown
from explorer.data.dataset import Dataset, Split, stratified_split
from explorer.data.depth import Decided
from explorer.data.formats.spec import FileSpec, Labelled
from explorer.data.images import decode
from explorer.data.inspection import Files, Looking, inspect
from explorer.data.sample import Sample


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. root: where the names of samples begin."""

    root: Path
    files: tuple[tuple[Path, int], ...]
    depth: Decided

    def __call__(self, index: int) -> Sample:
        path, label = self.files[index]
        name = _name(path, self.root)
        return Sample(decode(path, name, self.depth).pixels, label=label, id=name)

    def source(self, index: int) -> Path:
        """The file of a sample."""
        return self.files[index][0]


def _name(path: Path, root: Path) -> str:
    """What a sample is called: its path in the data set, as it is shown."""
    return shown((path.relative_to(root) if path.is_relative_to(root) else path).as_posix())


def divided(files: Labelled, classes: tuple[str, ...], spec: FileSpec) -> tuple[Labelled, Labelled, list[str]]:
    """The files for training and for validation, each class with its share, and notes about classes without one."""
    labels = np.array([label for _, label in files], np.int64)
    train, val = stratified_split(labels, spec.val_fraction, spec.seed)
    counts = np.bincount(labels, minlength=len(classes))
    alone = [name for name, count in zip(classes, counts, strict=True) if count == 1]
    notes = [f"{name} has one image only: it trains and is not validated." for name in alone]
    return [files[i] for i in train], [files[i] for i in val], notes


def of_files(dataset: str, root: Path, classes: tuple[str, ...], parts: tuple[Labelled, Labelled]) -> Dataset:
    """A data set whose range of values is not decided yet, see `with_range`. root: where names of samples begin."""
    train, val = (_split(name, root, files) for name, files in zip(("train", "val"), parts, strict=True))
    return Dataset(dataset, classes, train, val)


def _split(name: str, root: Path, files: Labelled) -> Split:
    labels = np.array([label for _, label in files], np.int64)
    loader = _Loader(root, tuple(files), "by_image")
    return Split(name, labels, tuple(_name(path, root) for path, _ in files), loader, loader.source)


def with_range(dataset: Dataset, spec: FileSpec, looking: Looking | None) -> Dataset:
    """The data set with one range for all images with more than 8 bits, and notes about what its files hold.

    Where the time that `looking` allows is too short for all files, the range is that of those that were looked at, and
    a note says so.
    """
    seen = inspect(files_of(dataset), looking or Looking())
    depth = seen.range() if spec.depth == "auto" else spec.depth
    notes = [*dataset.notes, *seen.notes(depth)]
    if seen.left and spec.needs_range:
        notes.append(
            f"{len(seen.looks):,} of {seen.total:,} images were looked at in {seen.seconds:.0f} s. The others may hold "
            "larger values, and the range of values is then larger: a run looks at all of them when it starts."
        )
    train, val = (_with_range(split, depth) for split in (dataset.train, dataset.val))
    return replace(dataset, train=train, val=val, notes=tuple(notes), depth=depth, inspection=seen)


def _with_range(split: Split, depth: Decided) -> Split:
    assert isinstance(split.load, _Loader)
    loader = replace(split.load, depth=depth)
    reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"
    return replace(split, load=loader, source=loader.source, reading=reading)


def files_of(dataset: Dataset) -> Files:
    """All files that a data set reads, by the ids of their samples."""
    return [
        (split.ids[index], source)
        for split in (dataset.train, dataset.val)
        for index in range(len(split))
        if isinstance(source := split.source(index), Path)
    ]
