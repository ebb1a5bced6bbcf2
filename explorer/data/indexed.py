"""Labeled files as names and numbers: a million of them are listed without an object for each."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import shown
from explorer.data.formats.spec import Labelled
from explorer.data.listing import shown_in

_BETWEEN = "\0"  # in no name


class IndexedFiles(Sequence[tuple[Path, int]]):
    """Files below a root with their labels; paths are made when they are asked for.

    Attributes:
        root: the folder.
        names: paths relative to it, as the system has them.
        labels: (N,) int64 classes, or (N, L), 0 or 1, where a file can have several of L labels; its label is then -1.
    """

    def __init__(self, root: Path, names: list[str], labels: NDArray[np.int64]) -> None:
        self.root, self.names, self.labels = root, names, labels

    @classmethod
    def of(cls, root: Path, runs: Iterable[tuple[Path, list[str], int]]) -> "IndexedFiles":
        """The files of several folders. runs: for each a folder below the root, the names in it, and their label."""
        names: list[str] = []
        labels: list[int] = []
        counts: list[int] = []
        for folder, some, label in runs:
            prefix = folder.relative_to(root).as_posix() + "/" if folder != root else ""
            names += [prefix + name for name in some]
            labels.append(label)
            counts.append(len(some))
        return cls(root, names, np.repeat(np.array(labels, np.int64), counts))

    @classmethod
    def joined(cls, root: Path, parts: Sequence["IndexedFiles"]) -> "IndexedFiles":
        """The files of several parts, one after the other."""
        labels = np.concatenate([np.zeros(0, np.int64), *(part.labels for part in parts)])
        return cls(root, [name for part in parts for name in part.names], labels)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> tuple[Path, int]: ...

    @overload
    def __getitem__(self, place: slice) -> "IndexedFiles": ...

    def __getitem__(self, place: int | slice) -> "tuple[Path, int] | IndexedFiles":
        if isinstance(place, slice):
            return IndexedFiles(self.root, self.names[place], self.labels[place])
        return self.root / self.names[place], int(self.labels[place]) if self.labels.ndim == 1 else -1

    @property
    def ids(self) -> list[str]:
        """The names as they are shown."""
        # All at once, because most sets have no name that is shown otherwise.
        return shown(_BETWEEN.join(self.names)).split(_BETWEEN) if self.names else []


def ids_of(files: Labelled, root: Path) -> list[str]:
    """The names of files relative to a folder, as they are shown."""
    if isinstance(files, IndexedFiles) and files.root == root:
        return files.ids
    return [shown_in(root, path) for path, _ in files]


def labels_of(files: Labelled) -> NDArray[np.int64]:
    """The labels of files, (N,) classes or (N, L) where a file can have several labels."""
    return files.labels if isinstance(files, IndexedFiles) else np.array([label for _, label in files], np.int64)


def taken(files: Labelled, places: Sequence[int]) -> Labelled:
    """The files at these places."""
    if isinstance(files, IndexedFiles):
        return IndexedFiles(files.root, [files.names[place] for place in places], files.labels[list(places)])
    return [files[place] for place in places]
