"""Images without labels that are to be predicted: those of a folder, or those that a table names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.base.names import existing, expanded, shown
from explorer.base.words import counted
from explorer.data.contents import NO_LABEL, LeftOut
from explorer.data.dataset import DatasetError, Split
from explorer.data.depth import Decided
from explorer.data.finder import Misplaced
from explorer.data.formats.csv_file import CsvSpec, Encoding, images_in
from explorer.data.images import decode
from explorer.data.listing import images_below
from explorer.data.roots import allowed_roots, refuse_outside
from explorer.data.sample import Sample
from explorer.data.table_files import finder_in, located

NAMED = 5  # ids that a message names


@dataclass(frozen=True, eq=False)
class Unlabeled:
    """N images to predict, in their order.

    Attributes:
        root: The folder that the names of files are relative to.
        ids: What they are called, as in the table, or the names of their files.
        files: The names of their files as the file system has them.
        left_out: What a table names and the folder lacks, and why.
        notes: What was noticed, in sentences.
    """

    root: Path
    ids: tuple[str, ...]
    files: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    def split(self, depth: Decided) -> Split:
        """The images as a split without labels. depth: how values of more than 8 bits become pixels."""
        loader = _Loader(self.root, self.files, depth)
        labels = np.full(len(self.ids), NO_LABEL, np.int64)
        reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"
        return Split("images", labels, self.ids, loader, loader.source, reading)


@dataclass(frozen=True, eq=False)
class _Loader:
    root: Path
    files: Sequence[str]
    depth: Decided

    def __call__(self, index: int) -> Sample:
        name = shown(self.files[index])
        return Sample(decode(self.source(index), name, self.depth).pixels, id=name)

    def source(self, index: int) -> Path:
        """The file of an image."""
        return self.root / self.files[index]


def in_folder(path: str, *, inside: bool = False) -> Unlabeled:
    """All images of a folder and of the folders in it, by name.

    Args:
        path: The folder.
        inside: Whether links that lead out of the folders that pages may read are refused.

    Raises:
        DatasetError: It cannot be read, or holds no images.
        OutsideRoots: A link leads elsewhere.
    """
    root = existing(expanded(path))
    if not root.is_dir():
        raise DatasetError(f"There is no folder {root}. Check the path.")
    enter = _entering(root) if inside else None
    listed = images_below(root, enter)
    if inside:
        refuse_outside([file for file in listed.images if file.is_symlink()], root.resolve())
    if not listed.images:
        raise DatasetError(f"There are no images in {root}. Choose another folder.")
    files = tuple(file.relative_to(root).as_posix() for file in listed.images)
    return Unlabeled(root, tuple(map(shown, files)), files, notes=listed.left_out(root.name))


def _entering(root: Path) -> Callable[[Path], object]:
    return lambda folder: refuse_outside([folder], root.resolve())


def in_table(
    path: str, folder: str = "", image_column: str = "", encoding: Encoding = "", *, inside: bool = False
) -> Unlabeled:
    """The images that a table names, in its order.

    They are found as those of a table of labels: by path, by the last parts of a path from elsewhere, or by an id.
    Where several fit, those in a folder of test images are preferred. Names that are repeated count once.

    Args:
        path: A CSV, TSV or Parquet file with a header.
        folder: Where names begin; empty for the folder of the table.
        image_column: The column of names; empty for the first one with a usual name, else for the first one.
        encoding: Of a CSV file; empty for UTF-8.
        inside: Whether only the folders that pages may read are looked into.

    Raises:
        DatasetError: The table cannot be read, or none of its images is there.
    """
    spec = CsvSpec(path=path, folder=folder, image_column=image_column, encoding=encoding)
    names = names_in(spec)
    root = spec.images
    if not root.is_dir():
        raise DatasetError(f"There is no folder {root}. Check the path.")
    roots = (root.resolve(), *allowed_roots()) if inside else ()
    finder = finder_in(root, roots)
    begin = f"{str(root).rstrip('/')}/"
    ids: list[str] = []
    files: list[str] = []
    left_out: list[LeftOut] = []
    once = dict.fromkeys(names)
    for name in once:
        try:
            found = located(finder, name, name, root, roots, "test")
        except Misplaced:  # all images of this name are in folders of other parts
            found = located(finder, name, name, root, roots)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            ids.append(name)
            files.append(found.removeprefix(begin))
    if not ids:
        name = spec.root.name
        raise DatasetError(f"{name} names no image of {root}. {left_out[0].reason} Choose the folder of images.")
    repeated = len(names) - len(once)
    notes = (
        (f"{counted(repeated, 'row repeats', 'rows repeat')} an image, which is predicted once.",) if repeated else ()
    )
    return Unlabeled(root, tuple(ids), tuple(files), tuple(left_out), notes)


def names_in(spec: CsvSpec) -> Sequence[str]:
    """The names of images in a table, in its order. Raises DatasetError."""
    lines, names = images_in(spec)
    if not names:
        raise DatasetError(f"{spec.root} has no images: there is no row below the header.")
    bad = next((line for line, name in zip(lines, names, strict=True) if not name or "\0" in name), None)
    if bad is not None:
        raise DatasetError(f"{spec.root}, line {bad}: the name of the image is empty or damaged. Correct it.")
    return names
